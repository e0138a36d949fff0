/**
 * Fits what surrounds the cascade (growth of its boxes, weights of the evidence) on the tenth of train's scenes that its
 * training holds back, and shows recall and precision over the limit, by fifths: no place is judged by weights that saw it.
 *
 *     npx node bench/cascade-fit.ts ../shared/data/train [--cascade FILE.xml] [--min-confidence C] [--out search.json]
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { CASCADE_DEFAULTS, findPlaces } from "../src/classic/cascade.ts";
import { type AgreedPlace, type CascadePlan, grown } from "../src/classic/cascade-plan.ts";
import { checkPlaces, evidenceOf, type JudgedPlace, judgePlaces } from "../src/classic/check-place.ts";
import { parseLbpCascade } from "../src/classic/lbp-cascade.ts";
import { type Box, iou } from "../src/core/geometry.ts";
import type { Image } from "../src/core/image.ts";
import { matchDetections } from "../src/core/metrics.ts";
import { defaultCascadePath, loadCascade, ownCascade } from "../src/node/classic-cascade-file.ts";
import type { Sample } from "../src/node/dataset.ts";
import { decodeImage, readImageFile } from "../src/node/decode-image.ts";
import { askedScenes, isAsked, isHeldOut } from "./asked-plates.ts";

const PARTS = 5;
const NAMES = ["bias", "windows", "margin", "text", "aspect", "oddAspect"] as const;
/**
 * Fixed, not fitted: nine in ten of these pictures show one plate, so a fit would learn to take the surest place alone.
 * Half of a lead of two at most costs one plate in eleven of the held-out pictures with several.
 */
const RIVAL = 0.5;
const NO_GROWTH = { width: [0, 0], height: [0, 0] } as const;

/** A place with the plate it is of: asked for, another one, or none. */
interface KnownPlace extends JudgedPlace {
  readonly is: "asked" | "other" | "none";
}

interface Scene {
  readonly sample: Sample;
  readonly places: readonly KnownPlace[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cascade: { type: "string", default: defaultCascadePath() },
    "min-confidence": { type: "string", default: "0.3" },
    out: { type: "string" },
  },
});
const [dataset] = positionals;
if (dataset === undefined) throw new Error("Name the folder train.");
const plan = (await loadCascade(defaultCascadePath())).plan!; // the shipped one has a card
const stages = parseLbpCascade(await readFile(values.cascade, "utf8"));
if (stages === null) throw new Error(`${values.cascade}: not a cascade of local binary patterns.`);
const cascade = ownCascade(stages, plan);
const decode = async ({ path }: Sample): Promise<Image> => decodeImage(await readImageFile(path), path);

const samples = (await askedScenes(dataset)).filter(({ image }) => isHeldOut(image));
const found: AgreedPlace[][] = [];
for (const sample of samples)
  found.push(findPlaces(await decode(sample), cascade, { ...plan, growth: NO_GROWTH }, CASCADE_DEFAULTS));

const growth = fittedGrowth(samples, found);
const scenes: Scene[] = [];
for (const [index, sample] of samples.entries()) {
  const places = found[index]!.map((place) => ({ ...place, box: grown(place.box, { growth }) }));
  const checked = checkPlaces(await decode(sample), places);
  scenes.push({ sample, places: checked.map((place) => ({ ...place, is: whose(place.box, sample) })) });
}
const asked = samples.reduce((sum, { plates }) => sum + plates.filter(isAsked).length, 0);
console.log(`${samples.length} pictures, ${asked} plates, ${scenes.flatMap(({ places }) => places).length} places`);

const minConfidence = Number(values["min-confidence"]);
const byFifths = Array.from({ length: PARTS }, (_, part) => ({
  evidence: fittedEvidence(scenes.filter((_, index) => index % PARTS !== part)),
  scenes: scenes.filter((_, index) => index % PARTS === part),
}));
for (let limit = 0.06; limit < 0.4; limit += 0.02) console.log(figures(limit));
console.log(`chosen: ${figures(minConfidence)}`);
const search = { growth, evidence: fittedEvidence(scenes), minConfidence };
const json = JSON.stringify(search, (_, value) => (typeof value === "number" ? Number(value.toFixed(3)) : value), 2);
console.log(json);
if (values.out !== undefined) await writeFile(values.out, `${json}\n`);

function whose(box: Box, { plates }: Sample): KnownPlace["is"] {
  const best = plates.toSorted((a, b) => iou(box, b.box) - iou(box, a.box))[0];
  if (best === undefined || iou(box, best.box) < 0.5) return "none";
  return isAsked(best) ? "asked" : "other";
}

/** ln of plate over place, against the place's shape, for places that lie over a plate: least squares. */
function fittedGrowth(samples: readonly Sample[], found: readonly (readonly AgreedPlace[])[]): CascadePlan["growth"] {
  const rows: { inputs: number[]; width: number; height: number }[] = [];
  for (const [index, { plates }] of samples.entries()) {
    for (const { box: truth } of plates.filter(isAsked)) {
      const place = found[index]!.toSorted((a, b) => iou(b.box, truth) - iou(a.box, truth))[0];
      if (place === undefined || iou(place.box, truth) < 0.35) continue;
      const [, , width, height] = place.box;
      const inputs = [1, Math.log(width / height) - 1];
      rows.push({ inputs, width: Math.log(truth[2] / width), height: Math.log(truth[3] / height) });
    }
  }
  const fit = (side: "width" | "height"): [number, number] => {
    const gram = [0, 1].map((i) => [0, 1].map((j) => sumOf(rows, ({ inputs }) => inputs[i]! * inputs[j]!)));
    const moments = [0, 1].map((i) => sumOf(rows, (row) => row.inputs[i]! * row[side]));
    return solved(gram, moments) as [number, number];
  };
  return { width: fit("width"), height: fit("height") };
}

/** Logistic regression by Newton's steps, with a weak pull to 0. Places over plates not asked for are left out. */
function fittedEvidence(scenes: readonly Scene[]): CascadePlan["evidence"] {
  const rows = scenes
    .flatMap(({ places }) => places)
    .filter(({ is }) => is !== "other")
    .map((place) => ({ inputs: evidenceOf(place), target: place.is === "asked" ? 1 : 0 }));
  let weights = NAMES.map(() => 0);
  for (let step = 0; step < 20; step++) {
    const chances = rows.map(
      ({ inputs }) => 1 / (1 + Math.exp(-inputs.reduce((sum, v, i) => sum + v * weights[i]!, 0))),
    );
    const gram = NAMES.map((_, i) =>
      NAMES.map((_, j) => {
        const curvature = sumOf(rows, ({ inputs }, r) => inputs[i]! * inputs[j]! * chances[r]! * (1 - chances[r]!));
        return curvature + (i === j ? 0.05 : 0);
      }),
    );
    const slope = NAMES.map(
      (_, i) => sumOf(rows, ({ inputs, target }, r) => inputs[i]! * (target - chances[r]!)) - 0.05 * weights[i]!,
    );
    const change = solved(gram, slope);
    weights = weights.map((weight, i) => weight + change[i]!);
  }
  const fitted = Object.fromEntries(NAMES.map((name, i) => [name, weights[i]!]));
  return { ...fitted, rival: RIVAL } as unknown as CascadePlan["evidence"]; // every name is there
}

function figures(limit: number): string {
  let [right, judged] = [0, 0];
  for (const { evidence, scenes } of byFifths) {
    for (const { sample, places } of scenes) {
      const kept = judgePlaces(places, { evidence, minConfidence: limit });
      const { pairs } = matchDetections(
        kept,
        sample.plates.map(({ box }) => box),
        0.5,
      );
      right += pairs.filter(({ truth }) => isAsked(sample.plates[truth]!)).length;
      judged += kept.length - pairs.filter(({ truth }) => !isAsked(sample.plates[truth]!)).length;
    }
  }
  return `limit ${limit.toFixed(2)}: recall ${(right / asked).toFixed(3)}, precision ${(right / Math.max(1, judged)).toFixed(3)}`;
}

function sumOf<T>(rows: readonly T[], value: (row: T, index: number) => number): number {
  return rows.reduce((sum, row, index) => sum + value(row, index), 0);
}

/** x of A x = b, by elimination with pivots. */
function solved(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, vector[i]!]);
  for (let column = 0; column < rows.length; column++) {
    const pivot = rows
      .slice(column)
      .reduce((best, row) => (Math.abs(row[column]!) > Math.abs(best[column]!) ? row : best));
    rows.splice(rows.indexOf(pivot), 1, rows[column]!);
    rows[column] = pivot;
    for (const [i, row] of rows.entries()) {
      if (i === column) continue;
      const factor = row[column]! / pivot[column]!;
      rows[i] = row.map((value, j) => value - factor * pivot[j]!);
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}
