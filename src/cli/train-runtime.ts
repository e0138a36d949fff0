/** Binds training to onnxruntime-node. The browser's binding differs in the import alone. */
import "../node/no-telemetry.ts";
import * as ort from "onnxruntime-node";
import { PlateKitError } from "../core/errors.ts";
import type { Feed, TrainingRuntime } from "../train/runtime.ts";

/** @param threads of one step; a small network gains nothing from a second. */
export function createTrainingRuntime(threads: number): TrainingRuntime {
  const options: ort.InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    logSeverityLevel: 3,
    // Moments that fade to denormals would slow Adam down many times; threads that spin take a core from others.
    extra: { session: { set_denormal_as_zero: "1", intra_op: { allow_spinning: "0" } } },
  };
  return {
    async load(onnx) {
      const session = await ort.InferenceSession.create(onnx, options).catch(failed("prepare"));
      return {
        async run(feeds) {
          const tensors = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensorOf(feed)]));
          const outputs = await session.run(tensors).catch(failed("run"));
          return Object.fromEntries(
            // Graphs of src/train have float outputs only.
            Object.entries(outputs).map(([name, { data, dims }]) => [
              name,
              { data: data as Float32Array, shape: dims },
            ]),
          );
        },
        close: () => session.release(),
      };
    },
  };
}

function tensorOf({ data, shape }: Feed): ort.Tensor {
  if (data instanceof Float32Array) return new ort.Tensor("float32", data, shape);
  return data instanceof Int32Array ? new ort.Tensor("int32", data, shape) : new ort.Tensor("uint8", data, shape);
}

function failed(what: string): (cause: unknown) => never {
  return (cause) => {
    const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0];
    throw new PlateKitError(
      "TRAINING_FAILED",
      `ONNX Runtime could not ${what} a training graph (${reason}); try a smaller --batch.`,
      { cause },
    );
  };
}
