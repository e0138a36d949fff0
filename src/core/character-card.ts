/** What a network that reads single characters promises: the classic engine's CNN, trained by `platekit train`. */

/**
 * Card of a character network. Its graph takes `image`, uint8 [batch, height, width, channels], and gives
 * `probabilities`, float [batch, alphabet.length], which total 1 a row. Scaling to 0..1 happens inside.
 */
export interface CharacterCard {
  readonly schema: 1;
  readonly task: "characters";
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the .onnx file, hex. */
  readonly sha256: string;
  readonly input: {
    readonly name: "image";
    readonly type: "uint8";
    readonly layout: "NHWC";
    /** One channel of luminance as core's `greyscale`, or three. White characters on black. */
    readonly colour: "grey" | "RGB";
    readonly normalisation: string;
  };
  /** Pictures are stretched to exactly this size. */
  readonly resize: { readonly rule: "stretch"; readonly width: number; readonly height: number };
  readonly outputs: readonly ["probabilities"];
  /** Class names in the order of the outputs; one character each unless the training folders said otherwise. */
  readonly alphabet: readonly string[];
  /**
   * From what is known of a plate's text to how often such a text is right: logit = bias + weights · features, which
   * READ_FEATURES of the classic engine name. Fitted on plates the net has not seen; without it the text's share among
   * all texts stands as it is.
   */
  readonly calibration?: { readonly bias: number; readonly weights: readonly number[] };
  readonly training: {
    readonly data: readonly { readonly name: string; readonly licence: string; readonly images: number }[];
    readonly preset: string;
    readonly seed: number;
    /** The epoch whose weights these are, and how many were trained. */
    readonly epoch: number;
    readonly epochs: number;
    readonly batch: number;
    readonly learningRate: number;
    readonly shift: number;
  };
  /** Measured on the validation half of the training folders, which also chose the epoch. */
  readonly figures: Readonly<Record<string, number>>;
}
