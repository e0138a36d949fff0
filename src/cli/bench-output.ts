/** The figures of a benchmark as JSON (the fields others read) and as a table for people. */
import type { Rate } from "../core/metrics.ts";
import type { Figures, RunFigures } from "./bench-figures.ts";

/** `end-to-end`: scenes and negatives, found and read. `crops`: the reader alone, told where the plate is. */
export type RunName = "end-to-end" | "crops";

export const RUN_TITLES: Readonly<Record<RunName, string>> = {
  "end-to-end": "Scenes and negatives, end to end",
  crops: "Crops, reader alone",
};

/** One pass over a dataset. */
export interface Run {
  readonly name: RunName;
  readonly figures: RunFigures;
  /** CPU time of the whole process, workers included, over the pictures. */
  readonly cpuMsPerImage: number | null;
}

/** Figures as JSON; rates 0..1, null where there is nothing to take them over. */
export interface FiguresJson {
  readonly images: number;
  readonly plates: number;
  readonly texts: number;
  readonly exact: number | null;
  readonly exactFolded: number | null;
  readonly characterErrorRate: number | null;
  readonly top5: number | null;
  readonly detectionRecall: number | null;
  readonly detectionPrecision: number | null;
  readonly wrongTexts: number;
  readonly calibrationError: number | null;
  readonly coverageAt99: number | null;
  readonly coverageAt999: number | null;
  readonly msPerImage: { readonly median: number; readonly p95: number } | null;
  readonly cpuMsPerImage: number | null;
  readonly withoutPlate: number;
  readonly falseTexts: number;
}

export interface RunJson extends FiguresJson {
  readonly run: RunName;
  readonly latin: FiguresJson;
  readonly byDataset: Readonly<Record<string, FiguresJson>>;
  readonly byRegion: Readonly<Record<string, FiguresJson>>;
  readonly byLines: Readonly<Record<string, FiguresJson>>;
  readonly byHeight: Readonly<Record<string, FiguresJson>>;
}

/** One object for the first run; a second run (the crops) stands in it as `crops`, with the same fields. */
export function benchJson(runs: readonly [Run, ...Run[]]): RunJson & { readonly crops?: RunJson } {
  const [first, second] = runs;
  return second === undefined ? runJson(first) : { ...runJson(first), crops: runJson(second) };
}

function runJson({ name, figures, cpuMsPerImage }: Run): RunJson {
  const groups = (map: ReadonlyMap<string, Figures>) =>
    Object.fromEntries([...map].map(([key, group]) => [key, figuresJson(group, null)]));
  return {
    run: name,
    ...figuresJson(figures.all, cpuMsPerImage),
    latin: figuresJson(figures.latin, null),
    byDataset: groups(figures.byDataset),
    byRegion: groups(figures.byRegion),
    byLines: groups(figures.byLines),
    byHeight: groups(figures.byHeight),
  };
}

/** CPU time is the process's, so it is known for a whole run only, and null for its groups. */
function figuresJson(figures: Figures, cpuMsPerImage: number | null): FiguresJson {
  return {
    images: figures.images,
    plates: figures.plates,
    texts: figures.texts,
    exact: share(figures.exact),
    exactFolded: share(figures.exactFolded),
    characterErrorRate: characterErrorRate(figures),
    top5: share(figures.top5),
    detectionRecall: share(figures.recall),
    detectionPrecision: share(figures.precision),
    wrongTexts: figures.wrongTexts,
    calibrationError: figures.calibrationError,
    coverageAt99: figures.coverageAt99,
    coverageAt999: figures.coverageAt999,
    msPerImage: figures.msPerImage,
    cpuMsPerImage,
    withoutPlate: figures.withoutPlate,
    falseTexts: figures.falseTexts,
  };
}

/** A dataset may hold a hundred regions; those with most plates are printed. */
const PRINTED_REGIONS = 20;

/** The printed form of all runs, ending in a newline. */
export function benchText(runs: readonly Run[]): string {
  return runs.map(runText).join("\n");
}

function runText({ name, figures, cpuMsPerImage }: Run): string {
  const { all, latin } = figures;
  const blocks = [
    `${RUN_TITLES[name]}: ${all.images} pictures, ${all.plates} plates, ${all.texts} with text`,
    columns(summaryRows(all, cpuMsPerImage), 3),
    groupTable("by dataset", figures.byDataset),
    groupTable("by region", new Map([...figures.byRegion].slice(0, PRINTED_REGIONS))) +
      moreRegions(figures.byRegion.size),
    groupTable("by lines", new Map([...figures.byLines, ["Latin only", latin]])),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** Name, value, 95 % interval and counts of the figures of a whole run. */
export function summaryRows(figures: Figures, cpuMsPerImage: number | null): [string, string, string, string][] {
  const rate = (name: string, value: Rate | null): [string, string, string, string][] =>
    value === null || value.total === 0
      ? []
      : [[name, percent(share(value)), intervalText(value), `${value.hits} of ${value.total}`]];
  const { characterErrors, msPerImage } = figures;
  return [
    ...rate("exact", figures.exact),
    ...rate("exact, I = 1 and O = 0", figures.exactFolded),
    ...rate("within five candidates", figures.top5),
    [
      "character errors",
      percent(characterErrorRate(figures)),
      "",
      `${characterErrors.edits} of ${characterErrors.characters}`,
    ],
    ...rate("detection recall, IoU 0.5", figures.recall),
    ...rate("detection precision", figures.precision),
    ["wrong texts", String(figures.wrongTexts), "", "reported, and on no plate of the picture"],
    ...(figures.withoutPlate === 0
      ? []
      : [
          [
            "texts on nothing",
            String(figures.falseTexts),
            "",
            `confidence above 0.5, in ${figures.withoutPlate} pictures without a plate`,
          ] as [string, string, string, string],
        ]),
    ["calibration error", percent(figures.calibrationError), "", "expected, over 10 bins of confidence"],
    ["coverage at 99 % right", percent(figures.coverageAt99), "", "of the plates with text"],
    ["coverage at 99.9 % right", percent(figures.coverageAt999), "", "of the plates with text"],
    ...(msPerImage === null
      ? []
      : [
          [
            "ms a picture",
            msPerImage.median.toFixed(1),
            "",
            `median; p95 ${msPerImage.p95.toFixed(1)}; CPU ${cpuMsPerImage?.toFixed(1) ?? "-"}`,
          ] as [string, string, string, string],
        ]),
  ];
}

function moreRegions(count: number): string {
  return count > PRINTED_REGIONS ? `\n  and ${count - PRINTED_REGIONS} more regions, with --json or --report` : "";
}

function groupTable(title: string, groups: ReadonlyMap<string, Figures>): string {
  const detects = [...groups.values()].some(({ recall }) => recall !== null);
  const head = [title, "pictures", "plates", "texts", "exact", "95 %", "folded", "char. err."];
  const rows = [...groups].map(([name, group]) => [
    name,
    String(group.images),
    String(group.plates),
    String(group.texts),
    percent(share(group.exact)),
    intervalText(group.exact),
    percent(share(group.exactFolded)),
    percent(characterErrorRate(group)),
    ...(detects ? [percent(share(group.recall)), intervalText(group.recall)] : []),
    String(group.wrongTexts),
  ]);
  return columns([[...head, ...(detects ? ["recall", "95 %"] : []), "wrong"], ...rows], 0);
}

/** Lines of padded cells: the first column to the left, the rest to the right, from `leftFrom` on to the left again. */
function columns(rows: readonly (readonly string[])[], leftFrom: number): string {
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  const isLeft = (index: number) => index === 0 || (leftFrom > 0 && index >= leftFrom);
  return rows
    .map((row) =>
      `  ${row.map((cell, index) => (isLeft(index) ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))).join("  ")}`.trimEnd(),
    )
    .join("\n");
}

/** A rate as a share; null when it does not exist or is taken over nothing. */
export function share(rate: Rate | null): number | null {
  return rate === null || rate.total === 0 ? null : rate.rate;
}

/** Edits over characters of the truth, 0 or more; null without characters. */
export function characterErrorRate({ characterErrors: { edits, characters } }: Figures): number | null {
  return characters === 0 ? null : edits / characters;
}

/** `70.1 %`, or `-` for nothing. */
export function percent(value: number | null): string {
  return value === null ? "-" : `${(value * 100).toFixed(1)} %`;
}

/** The Wilson 95 % interval as `65.8–74.1`, in per cent. */
export function intervalText(rate: Rate | null): string {
  if (rate === null || rate.total === 0) return "";
  return `${(rate.low * 100).toFixed(1)}–${(rate.high * 100).toFixed(1)}`;
}
