/** Models without a network: they answer with tensors a test made, and remember what they were fed. */
import type { DetectorCard, Model, ModelCard, PixelTensor, RecognizerCard, Tensor } from "../../src/core/model.ts";

export interface FakeModel<Card extends ModelCard> extends Model<Card> {
  readonly inputs: readonly PixelTensor[];
}

/** A model that answers every input with what `answer` makes of it. */
export function fakeModel<Card extends ModelCard>(
  card: Card,
  answer: (input: PixelTensor) => Record<string, Tensor>,
): FakeModel<Card> {
  const inputs: PixelTensor[] = [];
  return {
    card,
    inputs,
    async run(input) {
      inputs.push(input);
      return answer(input);
    },
  };
}

const common = {
  schema: 1,
  version: "0.0.0",
  sha256: "0".repeat(64),
  input: { name: "image", type: "uint8", layout: "NHWC", colour: "RGB", normalisation: "none" },
  training: { data: [], seed: 0, commit: "none" },
  figures: {},
} as const;

export const detectorCard: DetectorCard = {
  ...common,
  task: "detector",
  name: "fake-detector",
  resize: { rule: "letterbox", longSide: 64, multiple: 32, pad: 114 },
  outputs: ["output"],
  strides: [8, 16, 32],
  threshold: 0.5,
  nmsIou: 0.5,
};

export const recognizerCard: RecognizerCard = {
  ...common,
  task: "recognizer",
  name: "fake-recognizer",
  resize: { rule: "stretch", width: 64, height: 32, margin: 0.1 },
  outputs: ["characters", "region", "lines", "legibility"],
  slots: 12,
  alphabet: [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
  regions: ["de", "fr", "gb"],
  calibration: { temperature: 1, weights: [], bias: 0 },
};

/** A plate a fake detector reports; coordinates in input pixels. */
export interface FakePlate {
  readonly box: readonly [number, number, number, number];
  readonly corners?: readonly (readonly [number, number])[];
  readonly logit?: number;
  readonly lines?: 1 | 2;
  /** Which of the card's strides reports it. */
  readonly level?: number;
}

/** Encodes plates as a detector's output for one input size: the inverse of `decodeDetections`, every other cell silent. */
export function detectorOutput(
  plates: readonly FakePlate[],
  inputWidth: number,
  inputHeight: number,
  card: DetectorCard,
): Tensor {
  const sizes = card.strides.map((stride) => (inputWidth / stride) * (inputHeight / stride));
  const cells = sizes.reduce((sum, size) => sum + size, 0);
  const data = new Float32Array(14 * cells);
  data.fill(-20, 0, cells);
  for (const { box, corners, logit = 3, lines = 1, level = 0 } of plates) {
    const stride = card.strides[level]!;
    const [x, y, width, height] = box;
    const column = Math.floor((x + width / 2) / stride);
    const row = Math.floor((y + height / 2) / stride);
    const start = sizes.slice(0, level).reduce((sum, size) => sum + size, 0);
    const cell = start + row * (inputWidth / stride) + column;
    const centreX = (column + 0.5) * stride;
    const centreY = (row + 0.5) * stride;
    const points = corners ?? [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ];
    const channels = [
      logit,
      (centreX - x) / stride,
      (centreY - y) / stride,
      (x + width - centreX) / stride,
      (y + height - centreY) / stride,
      ...points.flatMap(([px, py]) => [(px! - centreX) / stride, (py! - centreY) / stride]),
      lines === 2 ? 4 : -4,
    ];
    channels.forEach((value, channel) => {
      data[channel * cells + cell] = value;
    });
  }
  return { data, shape: [1, 14, cells] };
}

/** What a fake recognizer answers for one crop. */
export interface FakeText {
  readonly text: string;
  /** How much the logit of the text's characters exceeds the others'. */
  readonly certainty?: number;
  /** The same of the first character alone. */
  readonly firstCertainty?: number;
  readonly region?: string;
  readonly lines?: 1 | 2;
}

/** Encodes texts as a recognizer's outputs, one a crop. */
export function recognizerOutputs(texts: readonly FakeText[], card: RecognizerCard): Record<string, Tensor> {
  const classes = 1 + card.alphabet.length;
  const outputs = {
    characters: zeros([texts.length, card.slots, classes]),
    region: zeros([texts.length, card.regions.length]),
    lines: zeros([texts.length, 2]),
    legibility: zeros([texts.length, 3]),
  };
  texts.forEach(({ text, certainty = 12, firstCertainty = certainty, region, lines = 1 }, plate) => {
    for (let slot = 0; slot < card.slots; slot++) {
      const index = slot < text.length ? 1 + card.alphabet.indexOf(text[slot]!) : 0;
      outputs.characters.data[(plate * card.slots + slot) * classes + index] = slot === 0 ? firstCertainty : certainty;
    }
    if (region !== undefined) {
      outputs.region.data[plate * card.regions.length + card.regions.indexOf(region)] = certainty;
    }
    outputs.lines.data[plate * 2 + lines - 1] = certainty;
    outputs.legibility.data[plate * 3 + (text === "" ? 2 : 0)] = certainty;
  });
  return outputs;
}

function zeros(shape: readonly number[]): Tensor {
  return { data: new Float32Array(shape.reduce((product, side) => product * side, 1)), shape };
}

/** Numbers in 0..1 that are the same on every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
