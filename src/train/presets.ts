/** The two networks that read a character of 28×28 pixels. */
import { conv2d } from "./conv2d.ts";
import type { Layer } from "./layer.ts";
import { dense, dropout, flatten, relu, softmax } from "./layers.ts";
import { maxPool2d } from "./max-pool2d.ts";
import { type Network, sequential } from "./sequential.ts";

export type PresetName = "small" | "tutorial";

/** Pixels a side, in both. */
export const CHARACTER_SIZE = 28;

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
