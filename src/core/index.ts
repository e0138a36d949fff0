/** The public API of the pure core: one line a name. */
export type { ErrorCode } from "./errors.ts";
export { PlateKitError } from "./errors.ts";
export type { FormatMatch, PlateBadge, PlateColours, PlateFont, PlateFormat, VehicleKind } from "./formats.ts";
export { coversRegion, displayText, formatsOf, layoutText, matchFormats, regionLikelihood } from "./formats.ts";
export type { Box, Point, Quad } from "./geometry.ts";
export type { Image } from "./image.ts";
export type {
  Calibration,
  DetectorCard,
  Model,
  ModelCard,
  PixelTensor,
  RecognizerCard,
  Tensor,
} from "./model.ts";
export type { Candidate, CharacterRead, Detection, Doubt, PlateRead } from "./read.ts";
export { sampleText } from "./sample-format.ts";
