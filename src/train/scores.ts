/** How well classes were told apart: accuracy, F1, confusions. */

/** Counts of predictions. */
export interface Scores {
  readonly count: number;
  readonly accuracy: number;
  /** F1 over all decisions together; with one class a picture it equals the accuracy. */
  readonly microF1: number;
  /** Mean of the classes' own F1, so that a rare class weighs as much as a common one. Classes never seen don't count. */
  readonly macroF1: number;
  /** [truth][predicted] as one row after another. */
  readonly confusion: Uint32Array;
}

/**
 * @param labels the truth, 0..classCount-1.
 * @param predicted as many.
 * @throws RangeError when the lists differ in length.
 */
export function scorePredictions(labels: Int32Array, predicted: Int32Array, classCount: number): Scores {
  if (labels.length !== predicted.length) {
    throw new RangeError(`${predicted.length} predictions do not answer ${labels.length} labels.`);
  }
  const confusion = new Uint32Array(classCount * classCount);
  for (const [i, label] of labels.entries()) {
    const cell = label * classCount + predicted[i]!;
    confusion[cell] = confusion[cell]! + 1;
  }
  let right = 0;
  let f1Sum = 0;
  let seen = 0;
  for (let label = 0; label < classCount; label++) {
    const hits = confusion[label * classCount + label]!;
    let truths = 0;
    let guesses = 0;
    for (let other = 0; other < classCount; other++) {
      truths += confusion[label * classCount + other]!;
      guesses += confusion[other * classCount + label]!;
    }
    right += hits;
    if (truths + guesses === 0) continue;
    seen++;
    f1Sum += (2 * hits) / (truths + guesses);
  }
  const count = labels.length;
  const accuracy = count === 0 ? 0 : right / count;
  // Every wrong answer is one false positive and one false negative, so micro precision, recall and F1 are the accuracy.
  return { count, accuracy, microF1: accuracy, macroF1: seen === 0 ? 0 : f1Sum / seen, confusion };
}

/** The most probable class of each row, the first of equals. */
export function mostProbable(probabilities: Float32Array, classCount: number): Int32Array {
  const classes = new Int32Array(probabilities.length / classCount);
  for (let row = 0; row < classes.length; row++) {
    let best = 0;
    for (let i = 1; i < classCount; i++) {
      if (probabilities[row * classCount + i]! > probabilities[row * classCount + best]!) best = i;
    }
    classes[row] = best;
  }
  return classes;
}

/** Mean of -log of the probability given to the truth; a probability of 0 counts as 1e-7, as in Keras. */
export function meanCrossEntropy(probabilities: Float32Array, labels: Int32Array): number {
  if (labels.length === 0) return 0;
  const classCount = probabilities.length / labels.length;
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    // Written so that NaN stays NaN: Math.max would, a comparison would not.
    sum -= Math.log(Math.max(probabilities[row * classCount + label]!, 1e-7));
  }
  return sum / labels.length;
}
