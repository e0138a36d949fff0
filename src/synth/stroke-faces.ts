/** Own stroke alphabets in the manner of national plate letterings: skeletons, widths, weights, radii and caps per face. */
import { fieldFromStrokes, type GlyphField, type Polyline } from "./glyph-field.ts";
import { SKELETONS, VARIANTS } from "./stroke-skeletons.ts";

export interface StrokeFace {
  /** Stroke width in cap heights. */
  readonly weight: number;
  /** Width of most letters in cap heights; digits may differ. */
  readonly letterWidth: number;
  readonly digitWidth: number;
  /** Corner radius in cap heights; 1 makes full bowls. */
  readonly radius: number;
  readonly roundCaps: boolean;
  /** Height of the middle bars, 0.5 is the middle. */
  readonly waist: number;
  /** Widths of single glyphs, in shares of the face's width. */
  readonly widths: Readonly<Record<string, number>>;
  readonly variants: readonly string[];
}

const PROPORTIONAL = { I: 0.3, "1": 0.62, J: 0.9, L: 0.92, M: 1.22, W: 1.3, E: 0.94, F: 0.92, T: 1 };
const EVEN = { I: 0.32, "1": 0.66, M: 1.08, W: 1.12 };
const MONOSPACED = { I: 0.3, "1": 0.6 };

const BASE: StrokeFace = {
  weight: 0.14,
  letterWidth: 0.62,
  digitWidth: 0.58,
  radius: 0.3,
  roundCaps: false,
  waist: 0.5,
  widths: EVEN,
  variants: [],
};

/** Faces by name. Proportions were read off pictures of plates; none copies a digitised font. */
export const STROKE_FACES: Readonly<Record<string, StrokeFace>> = {
  // Germany since 1995 and its kin: narrow, uneven glyphs hard to change into each other
  "fe-schrift": {
    ...BASE,
    weight: 0.135,
    letterWidth: 0.63,
    digitWidth: 0.585,
    radius: 0.26,
    waist: 0.52,
    widths: { I: 0.62, "1": 0.78, M: 1.02, W: 1.04 },
    variants: [
      "serifI",
      "flagOne",
      "slantSix",
      "slantNine",
      "gapZero",
      "longFour",
      "spurG",
      "slantM",
      "crossQ",
      "openS",
      "squareTwo",
    ],
  },
  // DIN 1451 Mittelschrift: full round bowls
  "din-mittel": {
    ...BASE,
    weight: 0.145,
    letterWidth: 0.66,
    digitWidth: 0.62,
    radius: 0.36,
    widths: PROPORTIONAL,
    variants: ["slantSix", "slantNine", "flagOne", "lowM", "straightR"],
  },
  "din-eng": {
    ...BASE,
    weight: 0.13,
    letterWidth: 0.5,
    digitWidth: 0.48,
    radius: 0.26,
    widths: PROPORTIONAL,
    variants: ["flagOne", "shortM"],
  },
  // United Kingdom: Charles Wright, square bowls, wide strokes
  "charles-wright": {
    ...BASE,
    weight: 0.178,
    letterWidth: 0.635,
    digitWidth: 0.635,
    radius: 0.24,
    widths: { I: 0.28, "1": 0.46 },
    variants: ["flagOne", "spurG", "shortM", "straightR", "lowFive", "neckTwo"],
  },
  "charles-wright-old": {
    ...BASE,
    weight: 0.15,
    letterWidth: 0.72,
    digitWidth: 0.72,
    radius: 0.3,
    widths: MONOSPACED,
    variants: ["flatThree"],
  },
  // North America: embossing dies, rounded ends, squarish bowls
  "us-dies": {
    ...BASE,
    weight: 0.125,
    letterWidth: 0.5,
    digitWidth: 0.48,
    radius: 0.17,
    roundCaps: true,
    widths: { I: 0.6, "1": 0.66, M: 1.1, W: 1.1 },
    variants: ["serifI", "flagOne", "shortM", "flatW"],
  },
  "us-dies-bold": {
    ...BASE,
    weight: 0.155,
    letterWidth: 0.54,
    digitWidth: 0.52,
    radius: 0.14,
    roundCaps: true,
    widths: { I: 0.62, "1": 0.62, M: 1.12, W: 1.12 },
    variants: ["serifI", "serifOne", "flatA", "flatThree"],
  },
  "us-dies-round": {
    ...BASE,
    weight: 0.12,
    letterWidth: 0.5,
    digitWidth: 0.47,
    radius: 0.3,
    roundCaps: true,
    widths: { I: 0.4, "1": 0.4, M: 1.15, W: 1.2 },
    variants: ["barOne", "lowM", "tallW", "curvedSeven"],
  },
  "us-slim": {
    ...BASE,
    weight: 0.1,
    letterWidth: 0.44,
    digitWidth: 0.43,
    radius: 0.14,
    roundCaps: true,
    widths: { I: 0.5, "1": 0.5, M: 1.1, W: 1.1 },
    variants: ["flagOne"],
  },
  // Brazil before 2018: Mandatory, wide and plain
  mandatory: {
    ...BASE,
    weight: 0.15,
    letterWidth: 0.74,
    digitWidth: 0.66,
    radius: 0.32,
    widths: { I: 0.26, "1": 0.5, M: 1.16, W: 1.3 },
    variants: ["flagOne", "straightR", "lowM", "tallW"],
  },
  // France, Spain, Italy, Portugal: plain grotesques
  "france-plain": {
    ...BASE,
    weight: 0.155,
    letterWidth: 0.6,
    digitWidth: 0.56,
    radius: 0.25,
    widths: EVEN,
    variants: ["flagOne", "curvedSeven", "lowM"],
  },
  "spain-plain": {
    ...BASE,
    weight: 0.125,
    letterWidth: 0.56,
    digitWidth: 0.53,
    radius: 0.26,
    widths: PROPORTIONAL,
    variants: ["hookOne", "spurG", "legR"],
  },
  "italy-slim": {
    ...BASE,
    weight: 0.105,
    letterWidth: 0.57,
    digitWidth: 0.55,
    radius: 0.3,
    widths: EVEN,
    variants: ["flagOne", "openFour", "lowM"],
  },
  nordic: {
    ...BASE,
    weight: 0.13,
    letterWidth: 0.58,
    digitWidth: 0.54,
    radius: 0.16,
    widths: EVEN,
    variants: ["flagOne", "squareV", "shortM", "flatA"],
  },
  "dutch-square": {
    ...BASE,
    weight: 0.14,
    letterWidth: 0.56,
    digitWidth: 0.54,
    radius: 0.13,
    widths: EVEN,
    variants: ["flagOne", "roundA", "gapZero", "shortM", "lowFive"],
  },
  "swiss-round": {
    ...BASE,
    weight: 0.13,
    letterWidth: 0.62,
    digitWidth: 0.58,
    radius: 0.4,
    widths: PROPORTIONAL,
    variants: ["hookOne", "slantSix", "slantNine"],
  },
  // China GA 36: wide strokes, square shoulders
  "china-ga": {
    ...BASE,
    weight: 0.115,
    letterWidth: 0.5,
    digitWidth: 0.5,
    radius: 0.2,
    widths: { I: 0.3, "1": 0.5 },
    variants: ["flagOne", "flatThree", "shortM", "spurG"],
  },
  // South-east and south Asia, hand cut
  "vietnam-cut": {
    ...BASE,
    weight: 0.14,
    letterWidth: 0.5,
    digitWidth: 0.5,
    radius: 0.22,
    widths: EVEN,
    variants: ["flagOne", "slantSix", "slantNine"],
  },
  "india-plain": {
    ...BASE,
    weight: 0.13,
    letterWidth: 0.6,
    digitWidth: 0.55,
    radius: 0.34,
    widths: PROPORTIONAL,
    variants: ["flagOne", "joinedK"],
  },
  "maghreb-bold": {
    ...BASE,
    weight: 0.17,
    letterWidth: 0.56,
    digitWidth: 0.54,
    radius: 0.3,
    widths: { "1": 0.62, I: 0.3, M: 1.2, W: 1.3 },
    variants: ["flagOne", "slantSix", "slantNine"],
  },
  "russia-gost": {
    ...BASE,
    weight: 0.13,
    letterWidth: 0.66,
    digitWidth: 0.6,
    radius: 0.28,
    widths: EVEN,
    variants: ["flagOne", "neckTwo", "lowM"],
  },
  "square-hand": {
    ...BASE,
    weight: 0.12,
    letterWidth: 0.56,
    digitWidth: 0.54,
    radius: 0.06,
    widths: EVEN,
    variants: ["serifOne", "joinedK", "squareTwo", "lowFive"],
  },
};

/** Points of one stroke in cap-height units with its rounded corners replaced by elliptical arcs. */
function roundStroke(stroke: string, place: (x: number, y: number) => readonly [number, number], radius: number) {
  const closed = stroke.trimEnd().endsWith("z");
  const corners = stroke
    .replace("z", "")
    .trim()
    .split(/\s+/)
    .map((token) => {
      const [x, y] = token.replace(/[rh]$/, "").split(",").map(Number);
      return { at: place(x!, y!), radius: token.endsWith("r") ? radius : token.endsWith("h") ? radius / 2 : 0 };
    });
  const points: (readonly [number, number])[] = [];
  const count = corners.length;
  corners.forEach((corner, i) => {
    const isEnd = !closed && (i === 0 || i === count - 1);
    if (corner.radius === 0 || isEnd) {
      points.push(corner.at);
      return;
    }
    const before = corners[(i - 1 + count) % count]!;
    const after = corners[(i + 1) % count]!;
    const cut = (other: { at: readonly [number, number]; radius: number }, otherIsEnd: boolean) => {
      const dx = other.at[0] - corner.at[0];
      const dy = other.at[1] - corner.at[1];
      const length = Math.hypot(dx, dy);
      const share = Math.min(corner.radius / length, other.radius > 0 && !otherIsEnd ? 0.5 : 0.92);
      return [corner.at[0] + dx * share, corner.at[1] + dy * share] as const;
    };
    const from = cut(before, !closed && i - 1 === 0);
    const to = cut(after, !closed && i + 1 === count - 1);
    const STEPS = 9;
    for (let step = 0; step <= STEPS; step++) {
      // a quarter of an ellipse as a cubic: handles at 0.5523 of the way to the corner
      const t = step / STEPS;
      const s = 1 - t;
      const c1 = [from[0] + (corner.at[0] - from[0]) * 0.5523, from[1] + (corner.at[1] - from[1]) * 0.5523] as const;
      const c2 = [to[0] + (corner.at[0] - to[0]) * 0.5523, to[1] + (corner.at[1] - to[1]) * 0.5523] as const;
      points.push([
        s * s * s * from[0] + 3 * s * s * t * c1[0] + 3 * s * t * t * c2[0] + t * t * t * to[0],
        s * s * s * from[1] + 3 * s * s * t * c1[1] + 3 * s * t * t * c2[1] + t * t * t * to[1],
      ]);
    }
  });
  return { points: points as Polyline, closed };
}

const UMLAUTS: Readonly<Record<string, string>> = { Ä: "A", Ö: "O", Ü: "U" };

/** Distance field of one glyph of a stroke face, or undefined when the face lacks the character. */
export function strokeGlyph(face: StrokeFace, character: string): GlyphField | undefined {
  const base = UMLAUTS[character] ?? character;
  const variant = face.variants.map((name) => VARIANTS[name]).find((entry) => entry?.[0] === base);
  const skeleton = variant?.[1] ?? SKELETONS[base];
  if (skeleton === undefined) return undefined;
  const usual = base >= "0" && base <= "9" ? face.digitWidth : face.letterWidth;
  const share = face.widths[base] ?? 1;
  // four strokes side by side would close up: M and W are cut lighter, as letterers do
  const weight = "MW".includes(base) ? face.weight * (1 - face.weight) : face.weight;
  const width = Math.max(weight, usual * share);
  const half = weight / 2;
  const top = base === character ? 0 : Math.min(0.24, face.weight * 1.45);
  const height = 1 - top;
  const place = (x: number, y: number): readonly [number, number] => {
    const shifted = y <= 0.5 ? y * 2 * face.waist : face.waist + (y - 0.5) * 2 * (1 - face.waist);
    return [half + x * (width - 2 * half), top + half + shifted * (height - 2 * half)];
  };
  const strokes = skeleton.split(";").map((stroke) => roundStroke(stroke, place, Math.min(face.radius, 1)));
  if (top > 0) {
    // as long as the stroke is wide: square dots, or round ones where caps are round
    const reach = face.roundCaps ? half * 0.2 : half;
    for (const x of [0.24, 0.76]) {
      const dot: Polyline = [
        [x * width - reach, half],
        [x * width + reach, half],
      ];
      strokes.push({ points: dot, closed: false });
    }
  }
  return fieldFromStrokes({ strokes, weight, roundCaps: face.roundCaps, width });
}
