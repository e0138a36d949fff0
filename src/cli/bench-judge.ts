/**
 * Holds the reads of one picture against its labels: which plates were found and read, which reads were wrong.
 * Pure; sums nothing (bench-figures.ts).
 */

import { levenshtein } from "../core/edit-distance.ts";
import { type Box, iou } from "../core/geometry.ts";
import { isAmongFirst, isExact, isExactFolded, matchDetections, plainText } from "../core/metrics.ts";
import type { PlateRead } from "../core/read.ts";
import type { Sample, TruthPlate } from "../node/dataset.ts";

/** What the engine said of one labelled picture. */
export interface Outcome {
  readonly sample: Sample;
  readonly plates: readonly PlateRead[];
  /** From file to reads, wall clock. */
  readonly ms: number;
}

/** How one plate of the labels fared. */
export interface PlateVerdict {
  readonly truth: TruthPlate;
  /** Whether the whole text is known; a plate without counts for detection only. */
  readonly hasText: boolean;
  /** A reported plate lies on it with IoU >= 0.5. Meaningless in a crop. */
  readonly detected: boolean;
  /** The read that counts for it: the one with its text, else the surest one lying on it. */
  readonly read: PlateRead | null;
  readonly exact: boolean;
  /** Exact with I = 1 and O = 0. */
  readonly exactFolded: boolean;
  /** The text is among the first five candidates of a read of the picture. */
  readonly inTop5: boolean;
  /** Edits from the read (nothing when there is none) to the truth, and characters of the truth. */
  readonly edits: number;
  readonly characters: number;
}

/** How one reported text fared. */
export interface ReadVerdict {
  readonly read: PlateRead;
  /** The plate of the labels it lies on, if any. */
  readonly truth: TruthPlate | null;
  /** `unknown`: it lies on a plate whose text nobody wrote down. */
  readonly verdict: "right" | "wrong" | "unknown";
  /** It is the read that counts for a plate with text. */
  readonly answersPlate: boolean;
}

export interface Judgement extends Outcome {
  readonly truths: readonly PlateVerdict[];
  readonly reads: readonly ReadVerdict[];
  /** Reported plates, with or without text, and how many of them lie on a plate. */
  readonly boxes: number;
  readonly boxesRight: number;
}

/** A read belongs to the plate it overlaps most, from this IoU on; lower than for detection, to place sloppy boxes. */
const BELONGS_IOU = 0.1;
export const DETECTED_IOU = 0.5;

/** Whether a plate's text can be asked for: complete and not marked as illegible. */
export function hasFullText(truth: TruthPlate): boolean {
  return truth.text !== null && !truth.text.includes("?") && truth.legible !== "partial" && truth.legible !== "none";
}

/** Judges one picture. Texts are compared in upper case without separators; reads without text are boxes only. */
export function judge(outcome: Outcome): Judgement {
  const { sample, plates } = outcome;
  const boxes = sample.plates.map(({ box }) => box);
  const { pairs } = matchDetections(
    plates.map(({ detection }) => detection),
    boxes,
    DETECTED_IOU,
  );
  const answers = plates.filter((read) => plainText(read.text) !== "").sort((a, b) => b.confidence - a.confidence);
  const owners = new Map(answers.map((read) => [read, ownerOf(read, sample, boxes)]));
  const truths = sample.plates.map((truth, index) =>
    judgePlate(
      truth,
      pairs.some((pair) => pair.truth === index),
      answers,
      owners,
    ),
  );
  const counted = new Set(truths.flatMap(({ hasText, read }) => (hasText && read !== null ? [read] : [])));
  const texts = new Set(sample.plates.filter(hasFullText).map(({ text }) => text));
  const reads = answers.map((read): ReadVerdict => {
    const truth = owners.get(read) ?? null;
    const open = truth !== null && !hasFullText(truth);
    const verdict = texts.has(plainText(read.text)) ? "right" : open ? "unknown" : "wrong";
    return { read, truth, verdict, answersPlate: counted.has(read) };
  });
  return { ...outcome, truths, reads, boxes: plates.length, boxesRight: pairs.length };
}

function judgePlate(
  truth: TruthPlate,
  detected: boolean,
  answers: readonly PlateRead[],
  owners: ReadonlyMap<PlateRead, TruthPlate | null>,
): PlateVerdict {
  const text = truth.text ?? "";
  const read =
    answers.find((answer) => isExact(text, answer.text)) ??
    answers.find((answer) => owners.get(answer) === truth) ??
    null;
  const candidates = (answer: PlateRead) => [answer.text, ...answer.candidates.map((candidate) => candidate.text)];
  return {
    truth,
    hasText: hasFullText(truth),
    detected,
    read,
    exact: read !== null && isExact(text, read.text),
    exactFolded: answers.some((answer) => isExactFolded(text, answer.text)),
    // The first candidate is the text itself; said twice it must not take a place of the five.
    inTop5: answers.some((answer) => isAmongFirst(text, [...new Set(candidates(answer))], 5)),
    edits: levenshtein(plainText(read?.text ?? ""), text),
    characters: [...text].length,
  };
}

/** A crop is its plate: whatever is read there belongs to it, wherever the box lies. */
function ownerOf(read: PlateRead, sample: Sample, boxes: readonly Box[]): TruthPlate | null {
  if (sample.kind === "crop") return sample.plates[0] ?? null;
  let best = -1;
  let bestIou = BELONGS_IOU;
  for (const [index, box] of boxes.entries()) {
    const overlap = iou(box, read.detection.box);
    if (overlap >= bestIou) [best, bestIou] = [index, overlap];
  }
  return sample.plates[best] ?? null;
}
