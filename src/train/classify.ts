/** Runs a finished network over pictures and scores it. */
import type { LabelledPictures } from "./batches.ts";
import { inferenceGraph } from "./inference-graph.ts";
import { encodeOnnx } from "./onnx-encode.ts";
import type { GraphSession, TrainingRuntime } from "./runtime.ts";
import { meanCrossEntropy, mostProbable, type Scores, scorePredictions } from "./scores.ts";
import type { Network } from "./sequential.ts";

/** Enough to keep the matrix products busy, little enough to fit the processor's caches. */
const BATCH_SIZE = 32;

export interface Evaluation extends Scores {
  readonly loss: number;
  /** [count, classes]. */
  readonly probabilities: Float32Array;
  readonly predicted: Int32Array;
}

/** Probabilities [count, classes] of every picture, by a session of an {@link inferenceGraph}. */
export async function classifyPictures(
  session: GraphSession,
  { pixels, height, width, channels }: Omit<LabelledPictures, "labels">,
  classCount: number,
): Promise<Float32Array> {
  const size = height * width * channels;
  const count = pixels.length / size;
  const probabilities = new Float32Array(count * classCount);
  for (let start = 0; start < count; start += BATCH_SIZE) {
    const end = Math.min(count, start + BATCH_SIZE);
    const image = { data: pixels.subarray(start * size, end * size), shape: [end - start, height, width, channels] };
    const outputs = await session.run({ image });
    probabilities.set(outputs.probabilities!.data, start * classCount); // inferenceGraph names it
  }
  return probabilities;
}

/** Scores these weights as the file that they would be saved as: what is measured is what users get. */
export async function evaluateWeights(
  network: Network,
  weights: Float32Array,
  pictures: LabelledPictures,
  runtime: TrainingRuntime,
): Promise<Evaluation> {
  const classCount = network.outputShape[0]!; // networks for classes end in a vector, see trainingGraph
  const session = await runtime.load(encodeOnnx(inferenceGraph(network, weights)));
  try {
    const probabilities = await classifyPictures(session, pictures, classCount);
    const predicted = mostProbable(probabilities, classCount);
    const loss = meanCrossEntropy(probabilities, pictures.labels);
    return { ...scorePredictions(pictures.labels, predicted, classCount), loss, probabilities, predicted };
  } finally {
    await session.close();
  }
}
