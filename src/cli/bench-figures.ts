/** Sums judged pictures into the figures `bench` prints: rates with their counts, errors, calibration, speed. Pure. */
import {
  type Answer,
  calibrationBins,
  calibrationError,
  coverageAt,
  quantile,
  type Rate,
  type RiskPoint,
  rateOf,
} from "../core/metrics.ts";
import type { Judgement, PlateVerdict, ReadVerdict } from "./bench-judge.ts";

/** The figures of a group of pictures or plates. A rate is null where the question makes no sense. */
export interface Figures {
  readonly images: number;
  /** Plates in the labels. */
  readonly plates: number;
  /** Plates whose whole text is known: what `exact` and the other text rates are taken over. */
  readonly texts: number;
  readonly exact: Rate;
  readonly exactFolded: Rate;
  readonly top5: Rate;
  /** Edits from what was read (nothing, where nothing was) to the truth, and the truth's characters. */
  readonly characterErrors: { readonly edits: number; readonly characters: number };
  readonly recall: Rate | null;
  readonly precision: Rate | null;
  /** Reported texts that no plate of their picture has. */
  readonly wrongTexts: number;
  /** Pictures without a plate, and the texts reported there with a confidence above 0.5. */
  readonly withoutPlate: number;
  readonly falseTexts: number;
  /** Expected calibration error over all texts reported, 10 bins; null without any. */
  readonly calibrationError: number | null;
  /** Share of the plates with text that is answered where the surest answers are right 99 % and 99.9 % of the time. */
  readonly coverageAt99: number | null;
  readonly coverageAt999: number | null;
  readonly msPerImage: { readonly median: number; readonly p95: number } | null;
}

/** A part of a run: the plates, reads and pictures that fall into it. */
interface Part {
  readonly pictures: readonly Judgement[];
  readonly truths: readonly PlateVerdict[];
  readonly reads: readonly ReadVerdict[];
  /** Whether boxes that hit nothing can be told to belong to it. */
  readonly hasPrecision: boolean;
}

/** The figures of one run and of its parts. */
export interface RunFigures {
  readonly all: Figures;
  /** Plates whose text is A-Z, 0-9, Ä Ö Ü only: what peers are compared by. */
  readonly latin: Figures;
  readonly byDataset: ReadonlyMap<string, Figures>;
  readonly byRegion: ReadonlyMap<string, Figures>;
  readonly byLines: ReadonlyMap<string, Figures>;
  readonly byHeight: ReadonlyMap<string, Figures>;
}

/** Confidence above which a text reported where no plate is counts as a false one. */
const CLAIMS_ABOVE = 0.5;
const LATIN = /^[A-Z0-9ÄÖÜ]+$/;
/** Upper ends of the classes of plate height, in pixels of the picture. */
const HEIGHTS_PX = [12, 16, 24, 32, 48, 64, 96] as const;

/** @param detects false for a reader alone, whose boxes are given. */
export function runFigures(judgements: readonly Judgement[], detects: boolean): RunFigures {
  const byPlate = (keyOf: (plate: PlateVerdict) => string) => groupByPlate(judgements, detects, keyOf);
  const datasets = [...groupBy(judgements, ({ sample }) => sample.dataset)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    all: figures(whole(judgements), detects),
    latin:
      byPlate(({ truth, hasText }) => (hasText && LATIN.test(truth.text ?? "") ? "latin" : "other")).get("latin") ??
      figures(whole([]), detects),
    byDataset: new Map(datasets.map(([name, pictures]) => [name, figures(whole(pictures), detects)])),
    byRegion: sorted(byPlate(({ truth }) => truth.region ?? "unknown")),
    byLines: sorted(byPlate(({ truth }) => String(truth.lines ?? "unknown"))),
    byHeight: heightsInOrder(byPlate(({ truth }) => heightClass(truth.box[3]))),
  };
}

function whole(pictures: readonly Judgement[]): Part {
  return {
    pictures,
    truths: pictures.flatMap(({ truths }) => truths),
    reads: pictures.flatMap(({ reads }) => reads),
    hasPrecision: true,
  };
}

/** Plates by a property of their label. A read goes with the plate it lies on; reads on nothing go with no group. */
function groupByPlate(
  judgements: readonly Judgement[],
  detects: boolean,
  keyOf: (plate: PlateVerdict) => string,
): Map<string, Figures> {
  const groups = new Map<string, { pictures: Judgement[]; truths: PlateVerdict[]; reads: ReadVerdict[] }>();
  for (const judgement of judgements) {
    for (const [key, truths] of groupBy(judgement.truths, keyOf)) {
      const group = groups.get(key) ?? { pictures: [], truths: [], reads: [] };
      groups.set(key, group);
      const owned = new Set(truths.map(({ truth }) => truth));
      group.pictures.push(judgement);
      group.truths.push(...truths);
      group.reads.push(...judgement.reads.filter(({ truth }) => truth !== null && owned.has(truth)));
    }
  }
  return new Map([...groups].map(([key, group]) => [key, figures({ ...group, hasPrecision: false }, detects)]));
}

function figures({ pictures, truths, reads, hasPrecision }: Part, detects: boolean): Figures {
  const asked = truths.filter(({ hasText }) => hasText);
  const rate = (of: (plate: PlateVerdict) => boolean) => rateOf(asked.filter(of).length, asked.length);
  const answers = reads.filter(({ verdict }) => verdict !== "unknown");
  const empty = pictures.filter(({ sample }) => sample.plates.length === 0);
  const times = pictures.map(({ ms }) => ms);
  const curve = riskCurve(reads, asked.length);
  const coverage = (accuracy: number) => (asked.length === 0 ? null : coverageAt(curve, accuracy));
  return {
    images: pictures.length,
    plates: truths.length,
    texts: asked.length,
    exact: rate(({ exact }) => exact),
    exactFolded: rate(({ exactFolded }) => exactFolded),
    top5: rate(({ inTop5 }) => inTop5),
    characterErrors: {
      edits: sum(asked.map(({ edits }) => edits)),
      characters: sum(asked.map(({ characters }) => characters)),
    },
    recall: detects ? rateOf(truths.filter(({ detected }) => detected).length, truths.length) : null,
    precision:
      detects && hasPrecision
        ? rateOf(sum(pictures.map(({ boxesRight }) => boxesRight)), sum(pictures.map(({ boxes }) => boxes)))
        : null,
    wrongTexts: reads.filter(({ verdict }) => verdict === "wrong").length,
    withoutPlate: empty.length,
    falseTexts: sum(empty.map((picture) => picture.reads.filter(({ read }) => read.confidence > CLAIMS_ABOVE).length)),
    calibrationError: answers.length === 0 ? null : calibrationError(calibrationBins(answers.map(toAnswer))),
    coverageAt99: coverage(0.99),
    coverageAt999: coverage(0.999),
    msPerImage: times.length === 0 ? null : { median: quantile(times, 0.5), p95: quantile(times, 0.95) },
  };
}

/** A read with a verdict, as the metrics take it. */
export function toAnswer({ read, verdict }: ReadVerdict): Answer {
  return { confidence: read.confidence, isRight: verdict === "right" };
}

/**
 * Risk against coverage, from the surest answer down, one point a distinct confidence (answers of equal confidence
 * are given or withheld together). A text on nothing is a wrong answer but covers no plate.
 *
 * @param plates how many plates there were to answer.
 */
export function riskCurve(reads: readonly ReadVerdict[], plates: number): RiskPoint[] {
  const answers = reads
    .filter(({ verdict }) => verdict !== "unknown")
    .sort((a, b) => b.read.confidence - a.read.confidence);
  const points: RiskPoint[] = [];
  let wrong = 0;
  let covered = 0;
  for (const [index, { read, verdict, answersPlate }] of answers.entries()) {
    if (verdict === "wrong") wrong++;
    if (answersPlate) covered++;
    if (answers[index + 1]?.read.confidence === read.confidence) continue;
    points.push({ confidence: read.confidence, coverage: covered / Math.max(1, plates), risk: wrong / (index + 1) });
  }
  return points;
}

function heightClass(heightPx: number): string {
  const index = HEIGHTS_PX.findIndex((end) => heightPx < end);
  if (index === 0) return `under ${HEIGHTS_PX[0]} px`;
  if (index < 0) return `${HEIGHTS_PX.at(-1)} px and up`;
  return `${HEIGHTS_PX[index - 1]}–${HEIGHTS_PX[index]} px`;
}

function heightsInOrder(groups: ReadonlyMap<string, Figures>): Map<string, Figures> {
  const names = [...HEIGHTS_PX.map((end) => heightClass(end - 1)), heightClass(Number.POSITIVE_INFINITY)];
  return new Map(names.flatMap((name) => (groups.has(name) ? [[name, groups.get(name)!]] : [])));
}

/** The groups with most plates first, those of unknown kind last. */
function sorted(groups: ReadonlyMap<string, Figures>): Map<string, Figures> {
  return new Map(
    [...groups].sort(
      ([a, x], [b, y]) => Number(a === "unknown") - Number(b === "unknown") || y.plates - x.plates || (a < b ? -1 : 1),
    ),
  );
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
