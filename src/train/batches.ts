/** From stored pictures to what a training step is fed: shuffled, shifted, scaled, in the graph's layout. */
import { elementCount } from "./graph.ts";
import { createRandom, type Random, shuffledOrder } from "./random.ts";
import type { Feed } from "./runtime.ts";
import type { MaskInput } from "./training-graph.ts";

/** Pictures of one size with the number of their class. */
export interface LabelledPictures {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** 8-bit, shape [count, height, width, channels]. */
  readonly pixels: Uint8Array;
  /** One for each picture, 0..classes-1. */
  readonly labels: Int32Array;
}

/** Which pictures a step sees. */
export interface Batch {
  readonly images: Feed;
  readonly labels: Feed;
}

/** Tells the streams of one epoch apart; a changed number changes every training. */
const STREAM = { order: 1, shift: 2, dropout: 3 } as const;

/**
 * One epoch's batches: all pictures once, in an order and with shifts that depend on `seed` and `epoch` alone.
 * The last batch may be smaller.
 *
 * @param shift largest shift as a share of width and height; 0 for none.
 */
export function* epochBatches(
  pictures: LabelledPictures,
  { batchSize, shift, seed, epoch }: { batchSize: number; shift: number; seed: number; epoch: number },
): Generator<Batch> {
  const { height, width, channels, pixels, labels } = pictures;
  const order = shuffledOrder(labels.length, createRandom(seed, epoch, STREAM.order));
  const random = createRandom(seed, epoch, STREAM.shift);
  const size = height * width * channels;
  for (let start = 0; start < order.length; start += batchSize) {
    const chosen = order.subarray(start, start + batchSize);
    const images = new Float32Array(chosen.length * size);
    for (const [row, index] of chosen.entries()) {
      const picture = { height, width, channels, pixels: pixels.subarray(index * size, (index + 1) * size) };
      const dx = (2 * random() - 1) * shift * width;
      const dy = (2 * random() - 1) * shift * height;
      writeShifted(picture, dx, dy, images.subarray(row * size, (row + 1) * size));
    }
    yield {
      images: { data: images, shape: [chosen.length, channels, height, width] },
      labels: { data: Int32Array.from(chosen, (index) => labels[index]!), shape: [chosen.length] },
    };
  }
}

/**
 * Writes a picture moved by a part of a pixel: target(x, y) = source(x + dx, y + dy) / 255, linear between pixels,
 * the edge repeated beyond it (Keras: `fill_mode="nearest"`).
 *
 * @param target channel by channel, `channels * height * width` numbers of 0..1.
 */
export function writeShifted(
  source: Omit<LabelledPictures, "labels">,
  dx: number,
  dy: number,
  target: Float32Array,
): void {
  const { height, width, channels, pixels } = source;
  const columns = shiftedTaps(width, dx);
  const rows = shiftedTaps(height, dy);
  let out = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const upper = rows.first[y]! * width;
      const lower = rows.second[y]! * width;
      for (let x = 0; x < width; x++) {
        const left = columns.first[x]!;
        const right = columns.second[x]!;
        const at = (position: number) => pixels[position * channels + channel]!;
        const top = at(upper + left) + (at(upper + right) - at(upper + left)) * columns.share;
        const bottom = at(lower + left) + (at(lower + right) - at(lower + left)) * columns.share;
        target[out++] = (top + (bottom - top) * rows.share) / 255;
      }
    }
  }
}

/** For each position along an axis the two it lies between, and how far towards the second. */
function shiftedTaps(size: number, shift: number): { first: Int32Array; second: Int32Array; share: number } {
  const whole = Math.floor(shift);
  const clamp = (position: number) => Math.min(size - 1, Math.max(0, position));
  return {
    first: Int32Array.from({ length: size }, (_, i) => clamp(i + whole)),
    second: Int32Array.from({ length: size }, (_, i) => clamp(i + whole + 1)),
    share: shift - whole,
  };
}

/** The stream that an epoch's dropout masks are drawn from. */
export function dropoutRandom(seed: number, epoch: number): Random {
  return createRandom(seed, epoch, STREAM.dropout);
}

/** Draws each mask for `batchSize` pictures: 0 with the mask's rate, else what keeps the mean. */
export function drawMasks(masks: readonly MaskInput[], batchSize: number, random: Random): Record<string, Feed> {
  return Object.fromEntries(
    masks.map(({ name, shape, rate }) => {
      const data = new Float32Array(batchSize * elementCount(shape));
      const scale = 1 / (1 - rate);
      for (let i = 0; i < data.length; i++) data[i] = random() < rate ? 0 : scale;
      return [name, { data, shape: [batchSize, ...shape] }];
    }),
  );
}
