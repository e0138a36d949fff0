/** Finds plates: letterbox in, detector run, cells decoded and mapped back to the frame. Does not read them. */
import { PlateKitError } from "./errors.ts";
import {
  type Box,
  boxOfQuad,
  clipBox,
  iou,
  isConvex,
  nms,
  type Point,
  type Quad,
  quadOfBox,
  signedArea,
} from "./geometry.ts";
import { type Image, resizeInto } from "./image.ts";
import type { DetectorCard, Model, PixelTensor, Tensor } from "./model.ts";
import type { Detection } from "./read.ts";

export interface DetectOptions {
  /** Least detection confidence, 0..1; the card's own by default. */
  readonly threshold?: number;
}

/** Sizes in whole pixels of a frame scaled for the detector, and of the padded input it fills from the top left. */
export interface LetterboxSize {
  readonly contentWidth: number;
  readonly contentHeight: number;
  readonly inputWidth: number;
  readonly inputHeight: number;
}

/** A frame as the detector takes it; dividing input coordinates by the scales gives frame coordinates. */
export interface Letterboxed extends LetterboxSize {
  /** Shape [1, inputHeight, inputWidth, 3]. */
  readonly input: PixelTensor;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Score, four box sides, eight corner offsets, two-line logit: see DetectorCard. */
const CHANNELS = 14;

/** More boxes than any frame holds; bounds the suppression, which compares every pair. */
const MAX_CANDIDATES = 1000;

/** Corners that bound something else than the box are a failed regression, and the box is the better plate. */
const MIN_CORNER_IOU = 0.5;

/**
 * Scales the longer side to exactly `longSide`, up or down (training does the same, so that small pictures look alike),
 * and pads both sides up to a multiple of `multiple`. Halves round up; no side is shorter than one pixel.
 */
export function letterboxSize(
  width: number,
  height: number,
  { longSide, multiple }: Pick<DetectorCard["resize"], "longSide" | "multiple">,
): LetterboxSize {
  const scale = longSide / Math.max(width, height);
  const contentWidth = Math.max(1, Math.round(width * scale));
  const contentHeight = Math.max(1, Math.round(height * scale));
  return {
    contentWidth,
    contentHeight,
    inputWidth: Math.ceil(contentWidth / multiple) * multiple,
    inputHeight: Math.ceil(contentHeight / multiple) * multiple,
  };
}

/**
 * The frame resized into the top left of the detector's input, grey to the right and below.
 *
 * @param spare memory to use again, if it has the size needed.
 */
export function letterbox(frame: Image, card: DetectorCard, spare?: Uint8Array): Letterboxed {
  const size = letterboxSize(frame.width, frame.height, card.resize);
  const { contentWidth, contentHeight, inputWidth, inputHeight } = size;
  const length = inputWidth * inputHeight * 3;
  const data = (spare?.length === length ? spare : new Uint8Array(length)).fill(card.resize.pad);
  resizeInto(frame, data, inputWidth, contentWidth, contentHeight);
  return {
    ...size,
    input: { data, shape: [1, inputHeight, inputWidth, 3] },
    scaleX: contentWidth / frame.width,
    scaleY: contentHeight / frame.height,
  };
}

/**
 * Decodes the detector's output into detections in input pixels, overlaps suppressed, most confident first.
 *
 * @param output shape [1, 14, cells], channels as DetectorCard says.
 * @param threshold least confidence, 0..1.
 * @throws PlateKitError MODEL_MISMATCH when the shape does not follow from the input size and the card's strides.
 */
export function decodeDetections(
  output: Tensor,
  inputWidth: number,
  inputHeight: number,
  card: DetectorCard,
  threshold: number,
): Detection[] {
  const cells = requireCells(output, inputWidth, inputHeight, card);
  const { data } = output;
  // Compared as logits: the sigmoid is then needed for the few cells that pass.
  const minLogit = Math.log(threshold / (1 - threshold));
  let candidates: Detection[] = [];
  let first = 0;
  for (const stride of card.strides) {
    const columns = inputWidth / stride;
    const count = columns * (inputHeight / stride);
    for (let i = 0; i < count; i++) {
      const cell = first + i;
      if (!(data[cell]! >= minLogit)) continue;
      const centreX = ((i % columns) + 0.5) * stride;
      const centreY = (Math.floor(i / columns) + 0.5) * stride;
      const detection = decodeCell(data, cell, cells, centreX, centreY, stride);
      if (detection !== null) candidates.push(detection);
    }
    first += count;
  }
  candidates.sort((a, b) => b.confidence - a.confidence);
  candidates = candidates.slice(0, MAX_CANDIDATES);
  const kept = nms(
    candidates.map((candidate) => candidate.box),
    candidates.map((candidate) => candidate.confidence),
    card.nmsIou,
  );
  return kept.map((index) => candidates[index]!);
}

/** One cell's detection in input pixels, or null when its box is empty or not a number. */
function decodeCell(
  data: Float32Array,
  cell: number,
  cells: number,
  centreX: number,
  centreY: number,
  stride: number,
): Detection | null {
  const channel = (index: number): number => data[index * cells + cell]!;
  const left = centreX - channel(1) * stride;
  const top = centreY - channel(2) * stride;
  const width = centreX + channel(3) * stride - left;
  const height = centreY + channel(4) * stride - top;
  if (!(width > 0 && height > 0 && Number.isFinite(left + top + width + height))) return null;
  const corner = (index: number): Point => [
    centreX + channel(5 + 2 * index) * stride,
    centreY + channel(6 + 2 * index) * stride,
  ];
  const box: Box = [left, top, width, height];
  return {
    box,
    corners: trustedCorners([corner(0), corner(1), corner(2), corner(3)], box),
    lines: channel(13) > 0 ? 2 : 1,
    confidence: 1 / (1 + Math.exp(-channel(0))),
  };
}

/** The corners when they can be those of the plate in `box`, else the box's own. */
function trustedCorners(corners: Quad, box: Box): Quad {
  const isPlate = isConvex(corners) && signedArea(corners) > 0 && iou(boxOfQuad(corners), box) >= MIN_CORNER_IOU;
  return isPlate ? corners : quadOfBox(box);
}

function requireCells(output: Tensor, inputWidth: number, inputHeight: number, card: DetectorCard): number {
  let cells = 0;
  for (const stride of card.strides) cells += (inputWidth / stride) * (inputHeight / stride);
  const [batch, channels, found] = output.shape;
  const isRight = output.shape.length === 3 && batch === 1 && channels === CHANNELS && found === cells;
  if (!isRight || output.data.length !== CHANNELS * cells) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `Detector "${card.name}" answered an input of ${inputWidth}x${inputHeight} with shape [${output.shape.join(", ")}], ` +
        `not [1, ${CHANNELS}, ${cells}]. Use the card and .onnx of one export.`,
    );
  }
  return cells;
}

/** Maps a detection from input to frame pixels; the box is clipped to the frame, the corners may lie outside. */
export function toFrame(detection: Detection, letterboxed: Letterboxed, frame: Image): Detection {
  const { scaleX, scaleY } = letterboxed;
  const [x, y, width, height] = detection.box;
  const corners = detection.corners.map(([cx, cy]) => [cx / scaleX, cy / scaleY]) as unknown as Quad; // four in, four out
  const box: Box = [x / scaleX, y / scaleY, width / scaleX, height / scaleY];
  return { ...detection, box: clipBox(box, frame.width, frame.height), corners };
}

/**
 * Input memory that no run uses, one a detector: 0.4 MB a frame would make the collector of a video's thread run all the time,
 * and its memory swell between its runs.
 */
const spares = new WeakMap<Model<DetectorCard>, Uint8Array>();

/**
 * Finds the plates of a frame, most confident first; an empty list when there are none.
 *
 * @throws PlateKitError OPTION_INVALID for a threshold outside 0..1, MODEL_FAILED when the network does not run,
 * MODEL_MISMATCH when its output is not what the card says.
 */
export async function detectPlates(
  frame: Image,
  detector: Model<DetectorCard>,
  options: DetectOptions = {},
): Promise<Detection[]> {
  const { card } = detector;
  const threshold = options.threshold ?? card.threshold;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new PlateKitError("OPTION_INVALID", `The detection threshold must be from 0 to 1, not ${threshold}.`);
  }
  const letterboxed = letterbox(frame, card, spares.get(detector));
  spares.delete(detector); // a run beside this one takes memory of its own
  const { input, inputWidth, inputHeight } = letterboxed;
  const outputs = await detector.run(input).catch((cause: unknown) => {
    if (cause instanceof PlateKitError) throw cause;
    throw new PlateKitError(
      "MODEL_FAILED",
      `Detector "${card.name}" failed on input ${input.shape.join("x")}. Check that card and .onnx come from the same export.`,
      { cause },
    );
  });
  spares.set(detector, input.data);
  const output = outputs.output;
  if (output === undefined) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `Detector "${card.name}" gave no tensor named "output". Use the card and .onnx of one export.`,
    );
  }
  return (
    decodeDetections(output, inputWidth, inputHeight, card, threshold)
      .map((detection) => toFrame(detection, letterboxed, frame))
      // A box wholly in the padding is no plate of the frame.
      .filter(({ box }) => box[2] >= 1 && box[3] >= 1)
  );
}
