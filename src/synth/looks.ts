/**
 * How regions letter and decorate their plates, beyond what the format registry states. A region without an entry takes
 * the default of its font family: every registered region can be drawn.
 */
import type { PlateFont, PlateFormat } from "../core/formats.ts";

/** What stands in the place of a separator. */
export type SeparatorLook = "gap" | "dash" | "dot" | "seal" | "shield" | "star" | "emblem" | "none";

export interface Look {
  /** Faces in use, each as likely. */
  readonly faces: readonly string[];
  /** Cap height as a share of the plate's height, one line. */
  readonly cap?: number;
  readonly stretch?: readonly [from: number, to: number];
  /** Between glyphs, in cap heights. */
  readonly spacing?: readonly [from: number, to: number];
  readonly gap?: readonly [from: number, to: number];
  readonly monospaced?: boolean;
  /** What replaces printed separators, by separator. */
  readonly separators?: Readonly<Record<string, SeparatorLook>>;
  /** Share of plates with an outline. */
  readonly border?: number;
  /** Share of plates with embossed letters. */
  readonly embossed?: number;
  /** Share of hand-painted or home-made plates. */
  readonly homemade?: number;
  /** Share of the home-made ones that are lettered light on black, whatever is issued. */
  readonly dark?: number;
  readonly align?: "centre" | "justify";
  readonly glyphs?: Readonly<Record<string, string>>;
}

/** Plain grotesques that stand in for a hundred local plate makers. */
export const GENERIC_FACES = [
  "din-mittel",
  "din-eng",
  "france-plain",
  "spain-plain",
  "nordic",
  "swiss-round",
  "india-plain",
  "barlow-condensed",
  "barlow-semi-condensed",
  "roboto-condensed",
  "archivo-narrow",
  "oswald",
  "bebas-neue",
  "fjalla-one",
  "saira-condensed",
  "pt-sans-narrow",
  "plex-condensed",
  "overpass",
  "arimo-bold",
] as const;

/** Faces of plates that a shop or the owner made. */
export const HOMEMADE_FACES = [
  "arimo",
  "arimo-bold",
  "roboto-condensed",
  "pt-sans-narrow",
  "bebas-neue",
  "league-gothic",
  "francois-one",
  "antonio",
  "fjalla-one",
  "archivo-narrow",
  "yantramanav",
  "gudea",
  "khand",
  "teko",
  "oswald",
  "square-hand",
  "patrick-hand",
  "chakra-petch",
  "quantico",
  "russo-one",
  "saira-stencil",
  "overpass",
  "barlow",
] as const;

export const US_FACES = [
  "us-dies",
  "us-dies",
  "us-dies-bold",
  "us-dies-round",
  "us-slim",
  "rajdhani",
  "saira-extra-condensed",
  "barlow-condensed",
  "roboto-mono",
  "oswald",
  "big-shoulders",
  "share-tech-mono",
  "plex-condensed",
] as const;

const FONT_LOOKS: Readonly<Record<PlateFont, Look>> = {
  "fe-schrift": {
    faces: ["fe-schrift"],
    cap: 0.69,
    monospaced: true,
    spacing: [0.07, 0.12],
    gap: [0.3, 0.5],
    border: 1,
    embossed: 0.95,
  },
  din: { faces: ["din-mittel", "din-eng", "swiss-round", "overpass"], cap: 0.69, border: 0.9, embossed: 0.9 },
  "driver-gothic": { faces: US_FACES, cap: 0.5, spacing: [0.09, 0.17], gap: [0.25, 0.5], border: 0.2, embossed: 0.7 },
  "charles-wright": {
    faces: ["charles-wright", "charles-wright", "charles-wright", "charles-wright-old", "arimo-bold"],
    cap: 0.71,
    spacing: [0.12, 0.17],
    gap: [0.36, 0.5],
    monospaced: true,
    border: 0.3,
    embossed: 0.1,
  },
  mandatory: {
    faces: ["mandatory", "mandatory", "din-mittel", "overpass"],
    cap: 0.5,
    spacing: [0.12, 0.2],
    border: 0.6,
    embossed: 0.9,
  },
  cyrillic: { faces: ["russia-gost", "din-mittel"], cap: 0.62, spacing: [0.12, 0.2], border: 1, embossed: 0.7 },
  arabic: { faces: ["noto-naskh", "noto-arabic", "noto-kufi"], cap: 0.5, border: 0.8, embossed: 0.7 },
  han: { faces: ["china-ga"], cap: 0.64, spacing: [0.16, 0.24], monospaced: true, border: 1, embossed: 0.95 },
  hangul: { faces: ["roboto-condensed", "archivo-narrow", "din-eng"], cap: 0.6, border: 0.5, embossed: 0.6 },
  kana: { faces: ["din-mittel", "overpass"], cap: 0.5, border: 0.3, embossed: 0.95 },
  thai: { faces: ["din-eng", "roboto-condensed"], cap: 0.45, border: 1, embossed: 0.9 },
  generic: { faces: GENERIC_FACES, cap: 0.67, border: 0.75, embossed: 0.75 },
};

const REGION_LOOKS: Readonly<Record<string, Look>> = {
  de: { faces: ["fe-schrift", "fe-schrift", "fe-schrift", "fe-schrift", "din-mittel"], separators: { " ": "seal" } },
  at: { faces: ["din-eng", "din-mittel", "plex-condensed"], cap: 0.6, separators: { "-": "shield" }, border: 1 },
  fr: {
    faces: ["france-plain", "france-plain", "pt-sans-narrow", "barlow-condensed", "din-mittel"],
    cap: 0.7,
    separators: { "-": "dash" },
    border: 0.35,
    embossed: 0.5,
  },
  es: { faces: ["spain-plain", "din-eng", "share-tech"], cap: 0.7, border: 1, embossed: 0.9 },
  it: { faces: ["italy-slim", "italy-slim", "share-tech"], cap: 0.72, stretch: [1, 1.15], border: 0.3, embossed: 0.95 },
  pt: { faces: ["din-eng", "spain-plain", "archivo-narrow"], separators: { "-": "dash" }, border: 1 },
  nl: { faces: ["dutch-square", "dutch-square", "din-mittel"], border: 1, separators: { "-": "dash" } },
  be: { faces: ["din-mittel", "nordic", "overpass"], border: 1, separators: { "-": "dash" } },
  lu: { faces: ["din-mittel", "overpass", "plex-condensed"], border: 1 },
  ch: { faces: ["swiss-round", "din-mittel"], separators: { "·": "dot" }, border: 0.2 },
  se: { faces: ["nordic", "fjalla-one", "saira-condensed"], border: 1 },
  no: { faces: ["nordic", "din-mittel", "overpass"], border: 0.5 },
  dk: { faces: ["nordic", "din-mittel", "plex-condensed"], border: 1 },
  fi: { faces: ["nordic", "din-mittel", "archivo-narrow"], separators: { "-": "dash" }, border: 1 },
  pl: { faces: ["din-eng", "din-mittel", "barlow-condensed"], border: 1, separators: { " ": "star" } },
  cz: { faces: ["din-mittel", "din-eng", "overpass"], border: 1, separators: { " ": "seal" } },
  sk: { faces: ["din-mittel", "fe-schrift"], border: 1, separators: { " ": "shield", "-": "dash" } },
  si: { faces: ["din-mittel", "din-eng", "overpass"], border: 1, separators: { " ": "shield", "-": "dash" } },
  hr: { faces: ["din-mittel", "nordic"], border: 1, separators: { " ": "shield", "-": "dash" } },
  rs: { faces: ["din-mittel", "din-eng"], border: 1, separators: { " ": "shield", "-": "dash" } },
  ro: { faces: ["din-mittel", "din-eng", "fe-schrift"], cap: 0.68, border: 1 },
  hu: {
    faces: ["din-mittel", "nordic", "barlow-semi-condensed"],
    border: 1,
    separators: { "-": "dash", " ": "shield" },
  },
  tr: { faces: ["din-mittel", "arimo-bold", "overpass"], border: 1, embossed: 0.8 },
  ua: { faces: ["din-mittel", "russia-gost", "din-eng"], border: 1 },
  cn: { faces: ["china-ga", "china-ga", "din-eng"], separators: { "·": "dot", " ": "gap" } },
  tn: {
    faces: ["din-mittel", "maghreb-bold", "overpass", "arimo-bold", "mandatory", "bebas-neue"],
    glyphs: { T: "تونس" },
    cap: 0.6,
    border: 0.7,
    embossed: 0.6,
    homemade: 0.3,
  },
  dz: {
    faces: ["maghreb-bold", "din-mittel", "arimo-bold", "overpass", "roboto-condensed", "francois-one", "bebas-neue"],
    cap: 0.6,
    border: 0.6,
    embossed: 0.6,
    homemade: 0.4,
  },
  in: {
    faces: ["india-plain", "din-mittel", ...HOMEMADE_FACES],
    cap: 0.58,
    border: 0.5,
    embossed: 0.3,
    homemade: 0.6,
    dark: 0.15,
  },
  pk: {
    faces: ["india-plain", "us-dies-bold", ...HOMEMADE_FACES],
    cap: 0.5,
    border: 0.5,
    embossed: 0.5,
    homemade: 0.4,
    dark: 0.5,
  },
  bd: { faces: HOMEMADE_FACES, cap: 0.4, homemade: 0.5 },
  vn: { faces: ["vietnam-cut", "vietnam-cut", "din-eng", "nordic"], border: 1, embossed: 0.9 },
  eg: { faces: ["noto-naskh", "noto-arabic", "noto-kufi"], cap: 0.4 },
  br: { faces: ["mandatory", "mandatory", "mandatory", "din-mittel", "overpass"] },
  za: { faces: ["din-mittel", "arimo-bold", "roboto-condensed", "us-dies-bold"], cap: 0.62, border: 0.5 },
  au: {
    faces: ["us-dies", "us-dies-bold", "din-eng", "nordic", "fjalla-one", "barlow-condensed"],
    cap: 0.58,
    border: 0.5,
    embossed: 0.7,
  },
  nz: { faces: ["din-mittel", "us-dies-bold", "arimo-bold"], cap: 0.62 },
  il: { faces: ["din-mittel", "arimo-bold", "overpass", "swiss-round"], cap: 0.66, border: 0.9 },
  ca: { faces: US_FACES, cap: 0.5, embossed: 0.9 },
};

/** The look of a format: its region's entry over its font's default; `us-ca` falls back to `us`. */
export function lookOf(format: PlateFormat): Look {
  const own = REGION_LOOKS[format.region] ?? REGION_LOOKS[format.region.split("-")[0]!];
  return { ...FONT_LOOKS[format.font], ...own };
}
