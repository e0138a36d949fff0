/**
 * Fits the weights by which the classic engine judges paths through a plate's shapes, on labelled crops of plates on one
 * line: those that make the true texts most probable among all that are found. Prints them, and how many plates read right.
 *
 *     npx node bench/paths-fit.ts DATASET... [--characters FILE.onnx] [--unseen 0.1] [--read 0.04]
 *
 * `unseen`: the share of texts that the net was not trained on (`platekit cut --held`); `read`: those of them that are
 * only read, not fitted on.
 */
import { parseArgs } from "node:util";
import { plateCrop } from "../src/classic/plate-crop.ts";
import { plateViews } from "../src/classic/plate-views.ts";
import { logPrior, type SeenPlate, seePlate, TEXT_WEIGHT, VIEW_WEIGHT } from "../src/classic/read-paths.ts";
import { PATH_TERMS, PATH_WEIGHTS, type PathWeights, pathTerms, textsAlong } from "../src/classic/shape-paths.ts";
import { textShare } from "../src/cli/cut.ts";
import { quadOfBox } from "../src/core/geometry.ts";
import { defaultCharactersPath, loadCharacterModel } from "../src/node/classic-characters.ts";
import { readDataset } from "../src/node/dataset.ts";
import { decodeImage, readImageFile } from "../src/node/decode-image.ts";
import { isAsked } from "./asked-plates.ts";

const NAMES = [...PATH_TERMS, "text", "view"] as const;
const STEPS = 400;
const ROUNDS = 2;
const RATE = 0.05;
/** Pulls weights towards where they started, per plate. */
const PULL = 0.3;

interface Found {
  readonly text: string;
  /** In the order of NAMES. */
  readonly terms: readonly number[];
}

interface Plate {
  readonly text: string;
  readonly views: readonly SeenPlate[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    characters: { type: "string", default: defaultCharactersPath() },
    unseen: { type: "string", default: "0.1" },
    read: { type: "string", default: "0.04" },
  },
});
if (positionals.length === 0) throw new Error("Name a folder of labelled crops.");
const model = await loadCharacterModel(values.characters);
const { alphabet } = model.card;

const plates: (Plate & { readonly place: number })[] = [];
const datasets = await Promise.all(positionals.map((dataset) => readDataset(dataset)));
for (const { path, plates: truths } of datasets.flatMap(({ samples }) => samples)) {
  for (const truth of truths) {
    const { text, box, corners } = truth;
    if (!isAsked(truth) || text === null || textShare(text) >= Number(values.unseen)) continue;
    const image = await decodeImage(await readImageFile(path), path);
    const crop = plateCrop(image, { box, corners: corners ?? quadOfBox(box), lines: 1, confidence: 1 }, "robust");
    const views: SeenPlate[] = [];
    for (const view of crop === null ? [] : plateViews(crop)) views.push(await seePlate(view, model));
    plates.push({ text, views, place: textShare(text) });
  }
}
await model.close();
const isRead = ({ place }: { readonly place: number }): boolean => place < Number(values.read);

let weights: number[] = NAMES.map((name) => ({ ...PATH_WEIGHTS, text: TEXT_WEIGHT, view: VIEW_WEIGHT })[name]);
console.log(`as they are: ${figures()}`);
for (let round = 1; round <= ROUNDS; round++) {
  weights = fitted(
    plates.filter((plate) => !isRead(plate)).map((plate) => ({ text: plate.text, found: textsOf(plate) })),
    weights,
  );
  console.log(`round ${round}: ${figures()}`);
}
console.log(
  JSON.stringify(Object.fromEntries(NAMES.map((name, i) => [name, Number(weights[i]!.toFixed(2))])), null, 2),
);

function textsOf({ views }: Plate): Found[] {
  const path = Object.fromEntries(NAMES.map((name, i) => [name, weights[i]!])) as unknown as PathWeights;
  return views.flatMap(({ shapes, rows, view }) =>
    textsAlong(shapes, rows, alphabet, 60, undefined, path).map((found) => ({
      text: found.text,
      terms: [...pathTerms(shapes, rows, alphabet, found), logPrior(shapes, found, []), view.best.score],
    })),
  );
}

/** Adam over the mean ln of the true texts' shares, of plates where they are found. */
function fitted(
  all: readonly { readonly text: string; readonly found: readonly Found[] }[],
  start: number[],
): number[] {
  const usable = all.filter(({ text, found }) => found.some((one) => one.text === text));
  const scale = NAMES.map((_, i) => spread(usable.flatMap(({ found }) => found.map(({ terms }) => terms[i]!))));
  const [at, first, second] = [[...start], NAMES.map(() => 0), NAMES.map(() => 0)];
  for (let step = 1; step <= STEPS; step++) {
    const gradient = NAMES.map((_, i) => (PULL * (at[i]! - start[i]!) * scale[i]! ** 2) / usable.length);
    for (const { text, found } of usable) {
      const shares = sharesOf(found, at);
      const right = found.reduce((sum, one, k) => sum + (one.text === text ? shares[k]! : 0), 0);
      for (const [k, one] of found.entries()) {
        const excess = shares[k]! - (one.text === text ? shares[k]! / Math.max(right, 1e-12) : 0);
        for (let i = 0; i < at.length; i++) gradient[i]! += (excess * one.terms[i]!) / usable.length;
      }
    }
    for (let i = 0; i < at.length; i++) {
      const slope = gradient[i]! * scale[i]!; // in spreads, so that one rate suits all
      first[i] = 0.9 * first[i]! + 0.1 * slope;
      second[i] = 0.99 * second[i]! + 0.01 * slope * slope;
      const move = first[i]! / (1 - 0.9 ** step) / (Math.sqrt(second[i]! / (1 - 0.99 ** step)) + 1e-8);
      at[i]! -= (RATE * (1 - step / (STEPS + 50)) * move) / scale[i]!;
    }
  }
  return at;
}

function sharesOf(found: readonly Found[], at: readonly number[]): number[] {
  const logits = found.map(({ terms }) => terms.reduce((sum, term, i) => sum + term * at[i]!, 0));
  const most = Math.max(...logits);
  const shares = logits.map((logit) => Math.exp(logit - most));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

function spread(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, numbers.length);
  return Math.sqrt(variance) + 1e-6;
}

function figures(): string {
  const share = (some: readonly Plate[]): string => {
    const right = some.filter((plate) => {
      const found = textsOf(plate);
      const shares = sharesOf(found, weights);
      return found[shares.indexOf(Math.max(...shares))]?.text === plate.text;
    });
    return `${right.length} of ${some.length} (${((100 * right.length) / some.length).toFixed(1)} %)`;
  };
  return `fitted on ${share(plates.filter((plate) => !isRead(plate)))}, only read ${share(plates.filter(isRead))}`;
}
