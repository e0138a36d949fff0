/**
 * Fits the confidence of the classic engine: on labelled crops of plates on one line that the character net has not seen,
 * how often a text of such features is right. Prints the weights for the net's card, and the calibration error of plates
 * that were not fitted on, ten parts by text.
 *
 *     npx node bench/classic-confidence.ts DATASET... [--characters FILE.onnx] [--more DATASET...] [--unseen 0.1] [--out FILE.json]
 *
 * `more`: datasets of which the net has seen all texts but a share of `unseen` (`platekit cut --held`); fitted on as well,
 * the error is told of both apart.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { plateCrop } from "../src/classic/plate-crop.ts";
import { READ_FEATURES, readFeatures } from "../src/classic/read-confidence.ts";
import { readPaths } from "../src/classic/read-paths.ts";
import { textShare } from "../src/cli/cut.ts";
import { type CalibrationSample, fitCalibration, logisticProbability } from "../src/core/confidence.ts";
import { quadOfBox } from "../src/core/geometry.ts";
import { calibrationBins, calibrationError } from "../src/core/metrics.ts";
import { defaultCharactersPath, loadCharacterModel } from "../src/node/classic-characters.ts";
import { readDataset } from "../src/node/dataset.ts";
import { decodeImage, readImageFile } from "../src/node/decode-image.ts";
import { isAsked } from "./asked-plates.ts";

const FOLDS = 10;
const RIDGE = 1;
const RISING = READ_FEATURES.map((_, index) => index);

interface JudgedRead extends CalibrationSample {
  readonly fold: number;
  /** Named by `--more`. */
  readonly isMore: boolean;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    characters: { type: "string", default: defaultCharactersPath() },
    more: { type: "string", multiple: true, default: [] },
    unseen: { type: "string", default: "0.1" },
    out: { type: "string" },
  },
});
if (positionals.length === 0) throw new Error("Name a folder of labelled crops.");
const model = await loadCharacterModel(values.characters);
const reads: JudgedRead[] = [];
for (const dataset of positionals) reads.push(...(await readsOf(dataset, false)));
for (const dataset of values.more) reads.push(...(await readsOf(dataset, true)));
await model.close();

const heldOut = reads.map((read) => {
  const fit = fitCalibration(
    reads.filter(({ fold }) => fold !== read.fold),
    RIDGE,
    RISING,
  );
  return { ...read, confidence: logisticProbability(read.features, fit) };
});
for (const isMore of [false, true]) {
  const answers = heldOut.filter((read) => read.isMore === isMore);
  if (answers.length === 0) continue;
  const right = answers.filter(({ isRight }) => isRight).length;
  const error = calibrationError(calibrationBins(answers)).toFixed(3);
  console.log(`${isMore ? "more" : "first"}: ${right} of ${answers.length} right, calibration error held out ${error}`);
}
const { weights, bias } = fitCalibration(reads, RIDGE, RISING);
const calibration = { bias: rounded(bias), weights: weights.map(rounded) };
console.log(JSON.stringify(calibration));
if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(calibration)}\n`);

/** Plates on which nothing is found are told as such by their empty text, and have no confidence to fit. */
async function readsOf(dataset: string, isMore: boolean): Promise<JudgedRead[]> {
  const { samples } = await readDataset(dataset);
  const found: JudgedRead[] = [];
  for (const { path, kind, plates } of samples) {
    for (const truth of kind === "crop" ? plates : []) {
      const { text, box, corners } = truth;
      if (!isAsked(truth) || text === null || (isMore && textShare(text) >= Number(values.unseen))) continue;
      const image = await decodeImage(await readImageFile(path), path);
      const crop = plateCrop(image, { box, corners: corners ?? quadOfBox(box), lines: 1, confidence: 1 }, "robust");
      if (crop === null) continue;
      const { ranked, characters, leftOut } = await readPaths(crop, model, { regions: [], regionStrict: false });
      const [best] = ranked;
      if (best === undefined) continue;
      const probabilities = characters.map(({ confidence }) => confidence);
      found.push({
        features: readFeatures({ text: best.confidence, characters: probabilities, leftOut }),
        isRight: best.text === text,
        fold: Math.floor(1000 * textShare(text)) % FOLDS,
        isMore,
      });
    }
  }
  return found;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
