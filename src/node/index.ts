/**
 * The public API of "platekit/node": one line a name.
 * Importing it stays cheap: image decoding and ONNX Runtime are loaded by the reader's threads, not here.
 */
export type { StepsName } from "../classic/segmentation.ts";
export type { ErrorCode } from "../core/errors.ts";
export { PlateKitError } from "../core/errors.ts";
export type { Box, Point, Quad } from "../core/geometry.ts";
export type { Image } from "../core/image.ts";
export type { Passage } from "../core/passage.ts";
export type { Candidate, CharacterRead, Detection, Doubt, PlateRead } from "../core/read.ts";
export type { CountingLine, Direction } from "../core/zone.ts";
export type { EncodedImage } from "./annotate.ts";
export type { BlurCount, BlurMode, BlurOptions } from "./blur.ts";
export { blurImage, blurVideo } from "./blur.ts";
export type { ExplainedCharacter, ExplainedImage, ExplainedPlate } from "./classic-explain.ts";
export { createClassicReader } from "./classic-reader.ts";
export type { FrameReader, FrameReaderOptions } from "./frame-reader.ts";
export { createFrameReader } from "./frame-reader.ts";
export type { Frame, FrameOptions, FrameSource, FrameStats } from "./frames.ts";
export { openFrames } from "./frames.ts";
export type { ExtraOutputs, ImageRead, ReadTimes } from "./read-job.ts";
export type { EngineName, ReaderOptions } from "./read-settings.ts";
export { READER_DEFAULTS } from "./read-settings.ts";
export type { ReadDetailedOptions, Reader, ReaderSource } from "./reader.ts";
export { createReader } from "./reader.ts";
export type { FrameView, WatchedPassage, WatchOptions, WatchStatus } from "./watch.ts";
export { onWire, watch } from "./watch.ts";
