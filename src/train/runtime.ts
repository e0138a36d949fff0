/** The port between training and ONNX Runtime: what onnxruntime-node and onnxruntime-web both can do. */
import type { Tensor } from "../core/model.ts";

/** The array's class says the type: float32, int32 or uint8. */
export interface Feed {
  readonly data: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

export interface GraphSession {
  /** Every output of the graph; all are floats. */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Readonly<Record<string, Tensor>>>;
  close(): Promise<void>;
}

export interface TrainingRuntime {
  /** Makes an .onnx file ready to run. */
  load(onnx: Uint8Array): Promise<GraphSession>;
}
