/**
 * How sure a read must be to be acted on without a person: the threshold that keeps wrong answers under a stated rate,
 * chosen from answers whose truth is known.
 */

export interface CheckedAnswer {
  /** 0..1 */
  readonly confidence: number;
  readonly isRight: boolean;
}

export interface ReviewThreshold {
  /** Answers at least this confident need no person; null when the answers can't show that any threshold is good enough. */
  readonly threshold: number | null;
  /** Share of the answers that a person sees. */
  readonly reviewShare: number;
  /** Share of wrong answers among those above the threshold, and its upper bound. */
  readonly wrongShare: number;
  readonly wrongShareBound: number;
  readonly answers: number;
  /** Right answers without a wrong one that it takes to show the rate at all. */
  readonly answersNeeded: number;
}

/** One-sided 95 % quantile of the normal distribution. */
const Z_95 = 1.6448536269514722;

/**
 * The lowest threshold above which wrong answers are, with 95 % certainty, rarer than the rate. With too few answers
 * there is none, and everything is for a person: a rate of 1 in 100,000 takes 300,000 answers to show.
 *
 * The bound is the Poisson one for the count of wrong answers; thresholds are tried from the strictest on.
 *
 * @param maximumWrongShare above 0, such as 1e-5.
 */
export function chooseReviewThreshold(answers: readonly CheckedAnswer[], maximumWrongShare: number): ReviewThreshold {
  if (!(maximumWrongShare > 0 && maximumWrongShare < 1)) {
    throw new RangeError(`A share of wrong answers lies between 0 and 1, found ${maximumWrongShare}.`);
  }
  const sorted = [...answers].sort((a, b) => b.confidence - a.confidence);
  let best: ReviewThreshold = {
    threshold: null,
    reviewShare: 1,
    wrongShare: 0,
    wrongShareBound: 1,
    answers: answers.length,
    answersNeeded: Math.ceil(poissonBound(0) / maximumWrongShare),
  };
  let wrong = 0;
  for (const [index, { confidence, isRight }] of sorted.entries()) {
    wrong += Number(!isRight);
    if (sorted[index + 1]?.confidence === confidence) continue; // no threshold can part equal confidences
    const answered = index + 1;
    const wrongShareBound = poissonBound(wrong) / answered;
    if (wrongShareBound > maximumWrongShare) continue;
    best = {
      ...best,
      threshold: confidence,
      reviewShare: 1 - answered / sorted.length,
      wrongShare: wrong / answered,
      wrongShareBound,
    };
  }
  return best;
}

/** Upper 95 % bound of a Poisson mean of which `count` were seen (chi-squared quantile by Wilson and Hilferty 1931). */
function poissonBound(count: number): number {
  const degrees = 2 * count + 2;
  const spread = 2 / (9 * degrees);
  return (degrees * (1 - spread + Z_95 * Math.sqrt(spread)) ** 3) / 2;
}
