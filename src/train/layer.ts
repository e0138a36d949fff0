/** What a layer is: shapes, parameters, how it computes, and how it hands gradients back. */
import type { GraphBuilder, Value } from "./graph.ts";

/** A weight tensor of a layer. */
export interface ParameterSpec {
  readonly name: "kernel" | "bias";
  readonly shape: readonly number[];
  /** Glorot's uniform rule from the connections into and out of one unit (as Keras), or zeros. */
  readonly initial: { readonly fanIn: number; readonly fanOut: number } | "zeros";
}

/** Where a layer writes its computation. */
export interface LayerContext {
  readonly graph: GraphBuilder;
  /** A fresh 0/scale mask for every step. Absent at inference, where dropout does nothing. */
  dropMask?(shape: readonly number[], rate: number): Value;
}

/** Gradients of the loss with respect to what went into a layer. */
export interface LayerGradients {
  /** Undefined where nobody needs it: before the first layer. */
  readonly input: Value | undefined;
  /** In the order of the layer's parameters. */
  readonly parameters: readonly Value[];
}

export interface LayerPass {
  readonly output: Value;
  /** Appends the nodes that turn the gradient at `output` into the gradients at the inputs. */
  backward(gradient: Value, needsInput: boolean): LayerGradients;
}

/** Shapes here leave out the batch: [channels, height, width] or [units]. */
export interface Layer {
  /** For summaries: `conv2d 16, 3×3`. */
  readonly summary: string;
  /** @throws RangeError when the layer can't follow one with this output. */
  outputShape(inputShape: readonly number[]): readonly number[];
  parameters(inputShape: readonly number[]): readonly ParameterSpec[];
  /** Appends the forward nodes; `input.shape` is [BATCH, ...inputShape]. */
  forward(context: LayerContext, input: Value, parameters: readonly Value[]): LayerPass;
}
