/** The public API of the pure core: one line a name. */

export type { CalibrationSample, ReadCircumstances } from "./confidence.ts";
export {
  CONFIDENCE_FEATURES,
  calibrateCandidates,
  calibratedConfidence,
  confidenceFeatures,
  fitCalibration,
} from "./confidence.ts";
export type { DecodedPlate, DecodeEvidence, DecodeOptions } from "./decode.ts";
export { decodePlate } from "./decode.ts";
export type { DetectOptions, Letterboxed, LetterboxSize } from "./detect.ts";
export { decodeDetections, detectPlates, letterbox, letterboxSize, toFrame } from "./detect.ts";
export type { Edit } from "./edit-distance.ts";
export { alignTexts, levenshtein } from "./edit-distance.ts";
export type { ErrorCode } from "./errors.ts";
export { PlateKitError } from "./errors.ts";
export type { FormatMatch, PlateBadge, PlateColours, PlateFont, PlateFormat, VehicleKind } from "./formats.ts";
export { coversRegion, displayText, formatsOf, layoutText, matchFormats, regionLikelihood } from "./formats.ts";
export type { FusableRead, FusedText, FuseOptions, FusionCalibration, ReadEvidence } from "./fuse.ts";
export { FUSION_CALIBRATION, FUSION_FEATURES, fuseReads, readWeight } from "./fuse.ts";
export type { FusedPosteriors, WeightedPosteriors } from "./fuse-posteriors.ts";
export { fusePosteriors } from "./fuse-posteriors.ts";
export type { Box, Homography, Point, Quad } from "./geometry.ts";
export {
  applyHomography,
  boxOfQuad,
  clipBox,
  clipPolygon,
  expandQuad,
  homography,
  invertHomography,
  iou,
  isConvex,
  nms,
  polygonArea,
  quadOfBox,
  signedArea,
} from "./geometry.ts";
export type { Image } from "./image.ts";
export { crop, greyscale, pixelBox, resize, resizeInto } from "./image.ts";
export type { Answer, CalibrationBin, Confusion, Matching, Rate, RiskPoint, TextPair } from "./metrics.ts";
export {
  calibrationBins,
  calibrationError,
  characterErrorRate,
  confusions,
  coverageAt,
  foldLookAlikes,
  isAmongFirst,
  isExact,
  isExactFolded,
  matchDetections,
  mcNemarTest,
  median,
  plainText,
  quantile,
  rateOf,
  riskCoverage,
  wilsonInterval,
} from "./metrics.ts";
export type {
  Calibration,
  DetectorCard,
  Model,
  ModelCard,
  PixelTensor,
  RecognizerCard,
  Tensor,
} from "./model.ts";
export type { MotionGate, MotionOptions } from "./motion.ts";
export { gateMotion, MOTION_DEFAULTS, OPEN_GATE } from "./motion.ts";
export type { MadePassage, Passage, PassageOptions } from "./passage.ts";
export { PASSAGE_DEFAULTS } from "./passage.ts";
export type { PassageState } from "./passages.ts";
export { finishPassages, NO_PASSAGES, updatePassages } from "./passages.ts";
export type { EvidencedRead, PlateModels, ReadDetectionsOptions, ReadPlatesOptions } from "./pipeline.ts";
export { composeRead, readDetections, readDetectionsWithEvidence, readPlates } from "./pipeline.ts";
export type { PlateQuality } from "./quality.ts";
export { doubtOf, measurePlate, QUALITY_LIMITS } from "./quality.ts";
export type { Candidate, CharacterRead, Detection, Doubt, PlateRead } from "./read.ts";
export type { SlotPosteriors } from "./recognize.ts";
export { posteriorsOf, recognizePlates } from "./recognize.ts";
export { outsideShare, rectifyPlate } from "./rectify.ts";
export { sampleText } from "./sample-format.ts";
export type { ScoredText } from "./slot-beam.ts";
export { bestTexts } from "./slot-beam.ts";
export type { FrameRead, PathPoint, Track, TrackerState, TrackOptions, TrackRead } from "./track.ts";
export { finishTracks, holdTracks, NO_TRACKS, TRACK_DEFAULTS, trackCorners, updateTracks } from "./track.ts";
export type { CountingLine, Direction } from "./zone.ts";
export { crossing, isInside } from "./zone.ts";
