/**
 * Fits the recognizer's calibration on labelled pictures: `platekit bench DATASET --fit-calibration FILE`.
 * Reads in this thread, as the features of a confidence do not leave the reader's.
 */
import {
  type CalibrationSample,
  CONFIDENCE_FEATURES,
  calibratedConfidence,
  confidenceFeatures,
  fitCalibration,
  logisticProbability,
  plateFeatures,
  RISING_FEATURES,
} from "../core/confidence.ts";
import { detectPlates } from "../core/detect.ts";
import { PlateKitError } from "../core/errors.ts";
import { lookClosely } from "../core/looks.ts";
import { calibrationBins, calibrationError, matchDetections } from "../core/metrics.ts";
import type { Calibration, PlateCheck } from "../core/model.ts";
import { composeRead, type PlateModels } from "../core/pipeline.ts";
import { measurePlate } from "../core/quality.ts";
import type { Detection, PlateRead } from "../core/read.ts";
import type { Sample } from "../node/dataset.ts";
import { decodeImage, readImageFile } from "../node/decode-image.ts";
import { DETECTED_IOU, judge } from "./bench-judge.ts";
import { givenDetection, measure, type ReaderUnderTest } from "./bench-run.ts";

/** A read of known truth, and the set it comes from. */
export interface LabelledFeatures extends CalibrationSample {
  readonly dataset: string;
}

/** What the file holds: the card's `calibration` and `plateCheck`, how good it is, and the reads it was fitted on. */
export interface CalibrationFit {
  readonly calibration: Calibration;
  /** Null where the samples hold no scenes with both plates and other things found. */
  readonly plateCheck: PlateCheck | null;
  readonly features: readonly string[];
  /** Expected calibration errors, 10 bins: uncalibrated, and of weights fitted on the other half of the reads. */
  readonly errorBefore: number;
  readonly errorHeldOut: number;
  readonly reads: readonly LabelledFeatures[];
}

/** The text's own probability, which needs no weights: a card that is to be fitted has none that count. */
const PLAIN: Calibration = { temperature: 1, weights: [], bias: 0 };

/**
 * Least probability of being a plate. On the tuning split recall is 0.905 at precision 0.91 there; 0.2 gives 0.918 and
 * 0.88, 0.45 gives 0.891 and 0.94.
 */
const PLATE_THRESHOLD = 0.3;

const CONFIDENCE_RIDGE = 10;

/**
 * Features and verdicts of all texts read in the samples, those on plates of unknown text left out; and the check of
 * plates, fitted first: what it leaves out is no read.
 */
export async function collectFeatures(
  samples: readonly Sample[],
  models: PlateModels,
  regions: readonly string[],
  onRead: () => void = () => {},
): Promise<{
  reads: LabelledFeatures[];
  plateCheck: PlateCheck | null;
  problems: readonly PlateKitError[];
}> {
  const placeOf = new Map<PlateRead, readonly number[]>();
  const featuresOf = new Map<PlateRead, readonly number[]>();
  const readPicture = async (path: string, given?: Detection) => {
    const frame = await decodeImage(await readImageFile(path), path);
    const detections = given === undefined ? await detectPlates(frame, models.detector) : [given];
    const { recognizer } = models;
    const { crops, looks } = await lookClosely(frame, detections, recognizer, { regions });
    const plates = detections.map((detection, index) => {
      const { posteriors, decoded } = looks[index]!; // one look a detection
      const quality = measurePlate(crops[index]!, detection, frame, recognizer.card.resize);
      const read = composeRead(detection, decoded, quality, PLAIN);
      const { plateHeightPx } = quality;
      const { full } = posteriors.legibility;
      placeOf.set(read, plateFeatures(detection.confidence, full, read.text.length));
      featuresOf.set(read, confidenceFeatures(decoded, { plateHeightPx, detectionConfidence: detection.confidence }));
      return read;
    });
    return { width: frame.width, height: frame.height, plates, ms: 0 };
  };
  const reader: ReaderUnderTest = {
    read: (path) => readPicture(path),
    readPlateAt: (path, quad) => readPicture(path, givenDetection(quad)),
  };
  const { outcomes, problems } = await measure(samples, reader, 1, onRead);
  const places = outcomes.flatMap(({ sample, plates }) =>
    sample.kind === "crop" ? [] : placesOf(sample, plates, placeOf),
  );
  const isFittable = new Set(places.map(({ isRight }) => isRight)).size === 2;
  const plateCheck = isFittable ? { ...fitCalibration(places), threshold: PLATE_THRESHOLD } : null;
  const isKept = (read: PlateRead) =>
    plateCheck === null || logisticProbability(placeOf.get(read)!, plateCheck) >= plateCheck.threshold;
  const reads = outcomes.flatMap((outcome) =>
    judge({ ...outcome, plates: outcome.plates.filter(isKept) })
      .reads.filter(({ verdict }) => verdict !== "unknown")
      .map(({ read, verdict }) => ({
        dataset: outcome.sample.dataset,
        isRight: verdict === "right",
        features: featuresOf.get(read)!, // every read was made above
      })),
  );
  return { reads, plateCheck, problems };
}

/** Every detection of a scene with whether it is a plate. */
function placesOf(
  sample: Sample,
  plates: readonly PlateRead[],
  featuresOf: ReadonlyMap<PlateRead, readonly number[]>,
): CalibrationSample[] {
  const boxes = sample.plates.map(({ box }) => box);
  const detections = plates.map(({ detection }) => detection);
  const found = new Set(matchDetections(detections, boxes, DETECTED_IOU).pairs.map(({ detection }) => detection));
  return plates.map((read, index) => ({ features: featuresOf.get(read)!, isRight: found.has(index) }));
}

/**
 * Fits the weights, and says by two halves (every other read) how they do on reads they have not seen.
 *
 * @throws PlateKitError DATASET_INVALID with less than 10 reads, or when all are right or all wrong.
 */
export function fitReads(
  reads: readonly LabelledFeatures[],
  temperature: number,
  plateCheck: PlateCheck | null = null,
): CalibrationFit {
  const right = reads.filter(({ isRight }) => isRight).length;
  if (reads.length < 10 || right === 0 || right === reads.length) {
    throw new PlateKitError(
      "DATASET_INVALID",
      `A calibration needs right and wrong reads, ten at least; found ${right} right of ${reads.length}. Use a larger dataset.`,
    );
  }
  const halves = [0, 1].map((half) => reads.filter((_, index) => index % 2 === half));
  const heldOut = halves.flatMap((half, index) => {
    const weights = fitConfidence(halves[1 - index]!); // two halves
    return half.map((read) => answer(read, weights));
  });
  return {
    calibration: { temperature, ...fitConfidence(reads) },
    plateCheck,
    features: CONFIDENCE_FEATURES,
    errorBefore: calibrationError(calibrationBins(reads.map((read) => answer(read, PLAIN)))),
    errorHeldOut: calibrationError(calibrationBins(heldOut)),
    reads,
  };
}

/** Few scenes are among the reads, and chance in them must not set the weight of what tells scenes from crops. */
function fitConfidence(reads: readonly CalibrationSample[]) {
  return fitCalibration(
    reads,
    CONFIDENCE_RIDGE,
    RISING_FEATURES.map((name) => CONFIDENCE_FEATURES.indexOf(name)),
  );
}

function answer({ features, isRight }: CalibrationSample, weights: Omit<Calibration, "temperature">) {
  return { confidence: calibratedConfidence(features, weights), isRight };
}
