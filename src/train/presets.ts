/** The two networks that read a character of 28×28 pixels. */
import { conv2d } from "./conv2d.ts";
import type { Layer } from "./layer.ts";
import { dense, dropout, flatten, relu, softmax } from "./layers.ts";
import { maxPool2d } from "./max-pool2d.ts";
import { type Network, sequential } from "./sequential.ts";

export type PresetName = "small" | "tutorial";

/** Pixels a side, in both. */
export const CHARACTER_SIZE = 28;

/** How each preset is made and what pictures it takes. */
export const NETWORKS: Readonly<
  Record<PresetName, { createNetwork(classCount: number): Network; readonly size: number; readonly channels: 1 | 3 }>
> = {
  small: { createNetwork: smallNetwork, size: CHARACTER_SIZE, channels: 1 },
  tutorial: { createNetwork: tutorialNetwork, size: CHARACTER_SIZE, channels: 3 },
};

/**
 * Our own: small kernels on grey pictures, pooled twice. A seventieth of the tutorial's arithmetic a picture.
 * Pooling before relu gives the same numbers and leaves relu a quarter of the work.
 */
export function smallNetwork(classCount: number): Network {
  return sequential(
    [1, CHARACTER_SIZE, CHARACTER_SIZE],
    [
      conv2d(16, 3),
      maxPool2d(2),
      relu(),
      conv2d(32, 3),
      maxPool2d(2),
      relu(),
      flatten(),
      dense(128),
      relu(),
      dropout(0.4),
      dense(classCount),
      softmax(),
    ],
  );
}

/** The tutorial's Keras network: large kernels, no pooling before the end, about 0.86 million parameters at 36 classes. */
export function tutorialNetwork(classCount: number): Network {
  return sequential(
    [3, CHARACTER_SIZE, CHARACTER_SIZE],
    [
      ...convolution(16, 22),
      ...convolution(32, 16),
      ...convolution(64, 8),
      ...convolution(64, 4),
      maxPool2d(4),
      dropout(0.4),
      flatten(),
      dense(128),
      relu(),
      dense(classCount),
      softmax(),
    ],
  );
}

function convolution(filters: number, size: number): Layer[] {
  return [conv2d(filters, size), relu()];
}
