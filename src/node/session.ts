/** How every network runs here: on one thread, for a worker thread of its own. */
import "./no-telemetry.ts";
import * as ort from "onnxruntime-node";
import { firstLine } from "../core/bind-session.ts";
import { PlateKitError } from "../core/errors.ts";

/**
 * Binds the bytes of a network to ONNX Runtime.
 *
 * @param name what the error calls it.
 * @param advice what the error says to do.
 * @throws PlateKitError MODEL_MISMATCH when ONNX Runtime does not take it.
 */
export function createSession(onnx: Uint8Array, name: string, advice: string): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(onnx, {
    // One thread a session and one session a worker thread: two spinning threads on busy cores are slower than one.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${name}: ONNX Runtime cannot load it (${firstLine(cause)}); ${advice}.`,
      {
        cause,
      },
    );
  });
}
