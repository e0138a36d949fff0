/** The one port between PlateKit and a neural network runtime (Node, web, and a fake in tests). */

export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** What a model is fed: 8-bit RGB pixels, shape [batch, height, width, 3]. Normalisation happens inside the graph. */
export interface PixelTensor {
  readonly data: Uint8Array;
  readonly shape: readonly [batch: number, height: number, width: number, channels: 3];
}

/** A network and its card. `run` resolves to the outputs the card names. */
export interface Model<Card extends ModelCard = ModelCard> {
  readonly card: Card;
  run(input: PixelTensor): Promise<Readonly<Record<string, Tensor>>>;
}

interface CommonCard {
  readonly schema: 1;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the .onnx file, hex: a card and a file of different exports are refused. */
  readonly sha256: string;
  readonly input: {
    readonly name: "image";
    readonly type: "uint8";
    readonly layout: "NHWC";
    readonly colour: "RGB";
    readonly normalisation: string;
  };
  readonly training: {
    readonly data: readonly { readonly name: string; readonly licence: string; readonly images: number }[];
    readonly seed: number;
    readonly commit: string;
  };
  /** Measured by `platekit bench`, with the command that printed them. */
  readonly figures: Readonly<Record<string, unknown>>;
}

/**
 * Detector: `output` has shape [1, 14, cells]; cells run over the strides in order, each level row by row.
 * Channels: score logit; distances left, top, right, bottom from the cell centre to the box sides (in strides);
 * eight offsets x1 y1 .. x4 y4 from the cell centre to the corners (in strides); logit of "two lines".
 */
export interface DetectorCard extends CommonCard {
  readonly task: "detector";
  /** The longer image side is scaled to `longSide`, both sides padded to a multiple of `multiple` with grey `pad`. */
  readonly resize: {
    readonly rule: "letterbox";
    readonly longSide: number;
    readonly multiple: number;
    readonly pad: number;
  };
  readonly outputs: readonly ["output"];
  readonly strides: readonly number[];
  readonly threshold: number;
  readonly nmsIou: number;
}

/**
 * Recognizer: `characters` [batch, slots, 1 + alphabet.length] logits, class 0 = empty slot;
 * `region` [batch, regions.length] logits; `lines` [batch, 2] logits (one, two);
 * `legibility` [batch, 3] logits (full, partial, none).
 */
export interface RecognizerCard extends CommonCard {
  readonly task: "recognizer";
  /** The plate is warped to exactly this size, with `margin` of its own width and height added on every side. */
  readonly resize: {
    readonly rule: "stretch";
    readonly width: number;
    readonly height: number;
    readonly margin: number;
  };
  readonly outputs: readonly ["characters", "region", "lines", "legibility"];
  readonly slots: number;
  /** One entry a class; entries are single Unicode characters. */
  readonly alphabet: readonly string[];
  /** Region codes of the region head, in order. */
  readonly regions: readonly string[];
  readonly calibration: Calibration;
  /** Without it, every detection is taken for a plate. */
  readonly plateCheck?: PlateCheck;
}

/** How a detection that was read is told from something else: logistic regression over PLATE_FEATURES of confidence.ts. */
export interface PlateCheck {
  readonly weights: readonly number[];
  readonly bias: number;
  /** Least probability of being a plate, 0..1, that is reported. */
  readonly threshold: number;
}

/** How slot logits become the probability that the whole text is right; see confidence.ts. */
export interface Calibration {
  /** Divides the slot logits before the softmax. */
  readonly temperature: number;
  /** Logistic regression over the features named in confidence.ts, applied to the sequence probability's logit. */
  readonly weights: readonly number[];
  readonly bias: number;
}

export type ModelCard = DetectorCard | RecognizerCard;
