/** From a frame to the plates in it: the stages in order, each exported so that a caller can time or replace one. */
import {
  calibrateCandidates,
  calibratedConfidence,
  confidenceFeatures,
  logisticProbability,
  plateFeatures,
} from "./confidence.ts";
import { type DecodedPlate, type DecodeOptions, decodePlate } from "./decode.ts";
import { detectPlates } from "./detect.ts";
import { PlateKitError } from "./errors.ts";
import type { ReadEvidence } from "./fuse.ts";
import type { Image } from "./image.ts";
import { type Look, lookClosely, lookOnce } from "./looks.ts";
import { framingsOf, mergeCrops, sharpened, type WeightedCrop } from "./merge-crops.ts";
import type { Calibration, DetectorCard, Model, PlateCheck, RecognizerCard } from "./model.ts";
import { doubtOf, measurePlate, type PlateQuality } from "./quality.ts";
import type { Detection, PlateRead } from "./read.ts";
import { recognizePlates, type SlotPosteriors } from "./recognize.ts";

export interface PlateModels {
  readonly detector: Model<DetectorCard>;
  readonly recognizer: Model<RecognizerCard>;
}

/** How detections are read; see DecodeOptions for regions and candidates. */
export interface ReadDetectionsOptions extends DecodeOptions {
  /** Reads of less confidence are left out, 0..1. Default 0: everything, plates that could not be read included. */
  readonly minConfidence?: number;
}

export interface ReadPlatesOptions extends ReadDetectionsOptions {
  /** Least detection confidence, 0..1; the detector card's by default. */
  readonly detectionThreshold?: number;
}

/**
 * Reads every plate in a frame, most confident detection first; an empty list when there are none.
 *
 * @throws PlateKitError OPTION_INVALID for options out of range; MODEL_FAILED or MODEL_MISMATCH when a network does
 *   not run or does not answer as its card says.
 */
export async function readPlates(
  frame: Image,
  models: PlateModels,
  options: ReadPlatesOptions = {},
): Promise<PlateRead[]> {
  const { detectionThreshold } = options;
  requireOptions(options);
  const detections = await detectPlates(
    frame,
    models.detector,
    detectionThreshold === undefined ? {} : { threshold: detectionThreshold },
  );
  return readDetections(frame, detections, models.recognizer, options);
}

/**
 * Reads plates whose places are known, in the order given. A plate on which nothing can be read comes back with the
 * text `""` and confidence 0, so that it can still be blurred or counted. What the card's `plateCheck` finds improbable to be
 * a plate at all, from the detection's confidence and from what was read there, is left out. Unsure plates are looked at
 * once or twice more (looks.ts).
 *
 * The number of lines is the recognizer's, which sees the plate at a better size than the detector.
 *
 * @throws PlateKitError as `readPlates`.
 */
export async function readDetections(
  frame: Image,
  detections: readonly Detection[],
  recognizer: Model<RecognizerCard>,
  options: ReadDetectionsOptions = {},
): Promise<PlateRead[]> {
  requireOptions(options);
  const { crops, looks } = await lookClosely(frame, detections, recognizer, options);
  return composeReads(frame, detections, crops, looks, recognizer.card, options).map(({ read }) => read);
}

/** A read with what it rests on. */
export interface EvidencedRead {
  readonly read: PlateRead;
  readonly evidence: ReadEvidence;
}

/**
 * As `readDetections`, but in one look at each plate, and each read with its posteriors and measures: fusing the reads of several
 * frames needs them, and gives more than several looks at one.
 *
 * @throws PlateKitError as `readPlates`.
 */
export async function readDetectionsWithEvidence(
  frame: Image,
  detections: readonly Detection[],
  recognizer: Model<RecognizerCard>,
  options: ReadDetectionsOptions = {},
): Promise<EvidencedRead[]> {
  requireOptions(options);
  const { crops, looks } = await lookOnce(frame, detections, recognizer, options);
  return composeReads(frame, detections, crops, looks, recognizer.card, options);
}

/** The reads that are plates and sure enough; one crop and one look a detection. */
function composeReads(
  frame: Image,
  detections: readonly Detection[],
  crops: readonly Image[],
  looks: readonly Look[],
  { resize, calibration, plateCheck }: RecognizerCard,
  { minConfidence = 0 }: ReadDetectionsOptions,
): EvidencedRead[] {
  const reads = detections.map((found, index) => {
    const { posteriors, decoded } = looks[index]!;
    const crop = crops[index]!;
    const detection: Detection = { ...found, lines: decoded.lines };
    const quality = measurePlate(crop, detection, frame, resize);
    return {
      read: composeRead(detection, decoded, quality, calibration),
      evidence: { posteriors, quality, crop },
    };
  });
  return reads.filter(
    ({ read, evidence }) => read.confidence >= minConfidence && isPlate(read, evidence.posteriors, plateCheck),
  );
}

/**
 * Reads one plate in the mean of its straightened pictures, sharpened, once in each of several framings (merge-crops.ts). The reads have
 * the place and the measures of `best`.
 *
 * @throws RangeError as `mergeCrops`.
 * @throws PlateKitError as `readPlates`.
 */
export async function readMergedCrops(
  crops: readonly WeightedCrop[],
  { read, evidence: { quality } }: EvidencedRead,
  recognizer: Model<RecognizerCard>,
  options: DecodeOptions = {},
): Promise<EvidencedRead[]> {
  const all = await recognizePlates(framingsOf(sharpened(mergeCrops(crops))), recognizer);
  return all.map((posteriors) => {
    const decoded = decodePlate(posteriors, options);
    const detection: Detection = { ...read.detection, lines: decoded.lines };
    return {
      read: composeRead(detection, decoded, quality, recognizer.card.calibration),
      evidence: { posteriors, quality },
    };
  });
}

/** Whether a detection is a plate, judged together with what was read there. */
export function isPlate(
  { text, detection }: Pick<PlateRead, "text" | "detection">,
  { legibility }: SlotPosteriors,
  check: PlateCheck | undefined,
): boolean {
  if (check === undefined) return true;
  const features = plateFeatures(detection.confidence, legibility.full, text.length);
  return logisticProbability(features, check) >= check.threshold;
}

/** Everything known of one plate as its read: the confidence calibrated, the doubt named. */
export function composeRead(
  detection: Detection,
  decoded: DecodedPlate,
  quality: PlateQuality,
  calibration: Calibration,
): PlateRead {
  const { text, display, region, regionConfidence, characters, candidates, formatMismatch } = decoded;
  const circumstances = { plateHeightPx: quality.plateHeightPx, detectionConfidence: detection.confidence };
  // Certainty that a plate is empty is not certainty of a text.
  const confidence = text === "" ? 0 : calibratedConfidence(confidenceFeatures(decoded, circumstances), calibration);
  return {
    text,
    display,
    confidence,
    region,
    regionConfidence,
    detection,
    characters,
    candidates: text === "" ? [] : calibrateCandidates(candidates, confidence),
    doubt: doubtOf(quality, formatMismatch),
  };
}

function requireOptions({ minConfidence = 0, candidates = 1 }: ReadDetectionsOptions): void {
  if (!(minConfidence >= 0 && minConfidence <= 1)) {
    throw new PlateKitError("OPTION_INVALID", `minConfidence must be from 0 to 1, found ${minConfidence}.`);
  }
  if (!Number.isInteger(candidates) || candidates < 1) {
    throw new PlateKitError("OPTION_INVALID", `candidates must be a whole number of 1 or more, found ${candidates}.`);
  }
}
