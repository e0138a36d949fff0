/** Picks what a report shows of what went wrong: pure, from the judged pictures. */
import type { Box } from "../core/geometry.ts";
import type { PlateRead } from "../core/read.ts";
import type { Sample, TruthPlate } from "../node/dataset.ts";
import type { Judgement } from "./bench-judge.ts";

/** `misread`: found, wrong text. `missed`: a plate not found or not answered. `false read`: a text where no plate is. */
export type FailureKind = "misread" | "missed" | "false read";

export const FAILURE_KINDS: readonly FailureKind[] = ["misread", "missed", "false read"];

/** One thing that went wrong, and where to look at it. */
export interface Failure {
  readonly kind: FailureKind;
  readonly sample: Sample;
  readonly truth: TruthPlate | null;
  readonly read: PlateRead | null;
  /** Where it is in the stored picture. */
  readonly box: Box;
}

/** On crops without a plate the reader always says something; from this confidence on it claims to know. */
const CLAIMS_FROM_CONFIDENCE = 0.5;

/** All failures, the worst of each kind first: the surest wrong reads, the largest plates missed. */
export function listFailures(judgements: readonly Judgement[]): Failure[] {
  const failures = judgements.flatMap(failuresOf);
  const worst = ({ kind, read, box }: Failure) => (kind === "missed" ? box[3] : (read?.confidence ?? 0));
  return failures.sort((a, b) => FAILURE_KINDS.indexOf(a.kind) - FAILURE_KINDS.indexOf(b.kind) || worst(b) - worst(a));
}

function failuresOf({ sample, truths, reads }: Judgement): Failure[] {
  const wholePicture: Box = [0, 0, sample.width, sample.height];
  const isCrop = sample.kind === "crop";
  const plates = truths.flatMap(({ truth, hasText, exact, detected, read }): Failure[] => {
    const box = isCrop ? wholePicture : truth.box;
    if (hasText && !exact) return [{ kind: read === null ? "missed" : "misread", sample, truth, read, box }];
    return !isCrop && !hasText && !detected ? [{ kind: "missed", sample, truth, read, box }] : [];
  });
  const falseReads = reads.flatMap(({ read, truth, verdict }): Failure[] => {
    const isFalse = truth === null && verdict === "wrong" && !(isCrop && read.confidence <= CLAIMS_FROM_CONFIDENCE);
    return isFalse
      ? [{ kind: "false read", sample, truth: null, read, box: isCrop ? wholePicture : read.detection.box }]
      : [];
  });
  return [...plates, ...falseReads];
}

/** At most `limit` of them, every kind getting its turn, so that a frequent kind does not crowd out the others. */
export function takeEvenly(failures: readonly Failure[], limit: number): Failure[] {
  const byKind = FAILURE_KINDS.map((kind) => failures.filter((failure) => failure.kind === kind));
  const taken: Failure[] = [];
  for (let rank = 0; taken.length < Math.min(limit, failures.length); rank++) {
    for (const kind of byKind) if (rank < kind.length && taken.length < limit) taken.push(kind[rank]!);
  }
  return taken.sort((a, b) => failures.indexOf(a) - failures.indexOf(b));
}
