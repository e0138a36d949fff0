/** Fused text against the best single frame, on rendered clips; and the calibration of the fused confidence. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { fitCalibration } from "../src/core/confidence.ts";
import { FUSION_CALIBRATION, FUSION_FEATURES, type FusionCalibration, fuseReads } from "../src/core/fuse.ts";
import { type Box, iou } from "../src/core/geometry.ts";
import { calibrationBins, calibrationError, isExact, isExactFolded, rateOf } from "../src/core/metrics.ts";
import { type MadePassage, PASSAGE_DEFAULTS } from "../src/core/passage.ts";
import { finishPassages, NO_PASSAGES, updatePassages } from "../src/core/passages.ts";
import { type FrameRead, finishTracks, NO_TRACKS, updateTracks } from "../src/core/track.ts";
import type { FrameReader } from "../src/node/frame-reader.ts";
import { readMerged } from "../src/node/watch-merge.ts";
import { type RenderedClip, renderClip } from "./rendered-clip.ts";

interface ClipOutcome {
  readonly clip: Pick<RenderedClip, "text" | "region" | "isNight" | "isHidden" | "isLegible" | "capHeightsPx">;
  /** Texts of the passages that were told: of the plate, and of house numbers and lettering elsewhere in the picture. */
  readonly passages: readonly string[];
  readonly elsewhere: readonly string[];
  /** Of the plate's most confident passage; null when there was none. */
  readonly fused: { readonly text: string; readonly confidence: number } | null;
  /** For the calibration: every passage, also of house numbers, after 2, 4, 8 and all of its reads. */
  readonly samples: readonly { readonly features: readonly number[]; readonly isRight: boolean }[];
  /** The plate's read of the highest confidence, and the share of frames read exactly. */
  readonly single: string;
  readonly exactFrames: number;
}

/** A clip as it was read: all that following and fusing need. */
interface ReadClip extends Omit<RenderedClip, "frames"> {
  readonly seed: number;
  readonly frames: readonly { readonly timeMs: number; readonly box: Box; readonly reads: readonly FrameRead[] }[];
}

/** @param kept a file of clips read before, of the same first seed: they are not drawn and read again, new ones are added. */
export async function benchRendered(
  reader: FrameReader,
  count: number,
  firstSeed: number,
  kept: string | undefined,
): Promise<ClipOutcome[]> {
  const clips = kept !== undefined && existsSync(kept) ? readKept(kept) : [];
  if (clips.length > 0 && clips[0]?.seed !== firstSeed)
    throw new Error(`${kept} begins with seed ${clips[0]?.seed}; give --seed ${clips[0]?.seed} or another file.`);
  const keep = (): void => {
    if (kept !== undefined) writeFileSync(kept, serialize(clips));
  };
  let seed = firstSeed + clips.length;
  let next = clips.length < count ? renderClip(seed) : undefined;
  while (next !== undefined) {
    const reading = readClip(seed, next, reader); // in threads, while the next clip is drawn here
    next = ++seed < firstSeed + count ? renderClip(seed) : undefined;
    clips.push(await reading);
    if (clips.length % 20 !== 0) continue;
    keep();
    process.stderr.write(`${clips.length} clips\n`);
  }
  keep();
  const outcomes: ClipOutcome[] = [];
  for (const clip of clips.slice(0, count)) outcomes.push(await followClip(clip, reader));
  return outcomes;
}

function readKept(file: string): ReadClip[] {
  return withOwnBuffers(deserialize(readFileSync(file))) as ReadClip[]; // written above, by the same version
}

/** Arrays of numbers are views of the whole file, which would be copied with each that is sent to a thread. */
function withOwnBuffers(value: unknown): unknown {
  if (value instanceof Uint8Array || value instanceof Float32Array) return value.slice();
  if (Array.isArray(value)) return value.map(withOwnBuffers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withOwnBuffers(part)]));
}

/** A find that overlaps the drawn plate by this much is of it. */
const PLATE_IOU = 0.3;

async function readClip(seed: number, clip: RenderedClip, reader: FrameReader): Promise<ReadClip> {
  const replies = await Promise.all(
    clip.frames.map(({ image }) => reader.read({ image, small: null, roi: [], detectOnly: false })),
  );
  const frames = clip.frames.map(({ timeMs, box }, i) => ({ timeMs, box, reads: replies[i]!.reads })); // one a frame
  return { ...clip, seed, frames };
}

async function followClip({ frames, ...clip }: ReadClip, reader: FrameReader): Promise<ClipOutcome> {
  let tracker = NO_TRACKS;
  let state = NO_PASSAGES;
  let single = { text: "", confidence: -1 };
  let exact = 0;
  const options = { ...PASSAGE_DEFAULTS, minConfidence: 0 };
  const made: MadePassage[] = [];
  for (const { timeMs, box, reads } of frames) {
    const own = reads.filter(({ read }) => iou(read.detection.box, box) >= PLATE_IOU);
    for (const { read } of own) if (read.confidence > single.confidence) single = read;
    exact += Number(own.some(({ read }) => isExact(clip.text, read.text)));
    const step = updateTracks(tracker, reads, timeMs);
    tracker = step.state;
    const passed = updatePassages(state, tracker, await readMerged(step.closed, reader, options), options);
    state = passed.state;
    made.push(...passed.passages);
  }
  const rest = await readMerged(finishTracks(tracker).closed, reader, options);
  made.push(...finishPassages(state, rest, options).passages);
  const isOfPlate = ({ passage: { best } }: MadePassage): boolean =>
    frames.some(({ timeMs, box }) => timeMs === best.timeMs && iou(best.box, box) >= PLATE_IOU);
  const told = (list: readonly MadePassage[]): string[] =>
    list
      .filter(({ passage }) => passage.confidence >= PASSAGE_DEFAULTS.minConfidence)
      .map(({ passage }) => passage.text);
  const own = made.filter(isOfPlate).sort((a, b) => b.passage.confidence - a.passage.confidence);
  const [main] = own;
  return {
    clip,
    passages: told(own),
    elsewhere: told(made.filter((passage) => !isOfPlate(passage))),
    fused: main === undefined ? null : { text: main.passage.text, confidence: main.passage.confidence },
    samples: made.flatMap(({ reads }) => calibrationSamples(reads, clip.text)),
    single: single.text,
    exactFrames: exact / frames.length,
  };
}

/** A vehicle is judged from its first reads on, as previews are, which know nothing of merged pictures; and by all of them. */
function calibrationSamples(reads: MadePassage["reads"], truth: string): ClipOutcome["samples"] {
  const own = reads.filter(({ evidence }) => evidence?.crop !== undefined);
  const first = [2, 4, 8].filter((count) => count < own.length).map((count) => own.slice(0, count));
  return [...first, reads]
    .map((some) => fuseReads(some))
    .filter(({ text }) => text !== "")
    .map(({ text, features }) => ({ features, isRight: isExact(truth, text) }));
}

/** As in labelled sets, texts are asked only of plates that a person can read; `allClips` counts the others as errors of both. */
export function reportRendered(all: readonly ClipOutcome[]): Record<string, unknown> {
  const outcomes = all.filter(({ clip }) => clip.isLegible);
  const answers = outcomes.flatMap(({ clip, fused }) =>
    fused === null ? [] : [{ confidence: fused.confidence, isRight: isExact(clip.text, fused.text) }],
  );
  const total = outcomes.length;
  const folded = (textOf: (outcome: ClipOutcome) => string): number =>
    outcomes.filter((outcome) => isExactFolded(outcome.clip.text, textOf(outcome))).length;
  return {
    allClips: { clips: all.length, ...exactOf(all) },
    clips: total,
    ...exactOf(outcomes),
    // Regions that draw O and 0, or I and 1, alike can't be told apart by anybody.
    fusedExactFolded: folded(({ fused }) => fused?.text ?? ""),
    bestSingleExactFolded: folded((outcome) => outcome.single),
    meanFrameExact: outcomes.reduce((sum, { exactFrames }) => sum + exactFrames, 0) / Math.max(1, total),
    neverExact: outcomes.filter(({ exactFrames }) => exactFrames === 0).length,
    notFound: outcomes.filter(({ fused }) => fused === null).length,
    toldElsewhere: outcomes.reduce((sum, { elsewhere }) => sum + elsewhere.length, 0),
    onePassage: outcomes.filter(({ passages }) => passages.length === 1).length,
    duplicates: outcomes.reduce((sum, { passages }) => sum + Math.max(0, passages.length - 1), 0),
    calibrationError: calibrationError(calibrationBins(answers)),
    wrongAbove90: answers.filter(({ confidence, isRight }) => confidence >= 0.9 && !isRight).length,
    answersAbove90: answers.filter(({ confidence }) => confidence >= 0.9).length,
    misread: outcomes
      .filter(({ clip, fused }) => !isExact(clip.text, fused?.text ?? ""))
      .map(({ clip, fused, single: best, exactFrames }) => ({
        truth: clip.text,
        fused: fused?.text ?? null,
        confidence: fused?.confidence,
        best,
        exactFrames,
        night: clip.isNight,
      })),
  };
}

function exactOf(outcomes: readonly ClipOutcome[]): Record<"fusedExact" | "bestSingleExact" | "errorRatio", unknown> {
  const total = outcomes.length;
  const fused = outcomes.filter(({ clip, fused: said }) => said !== null && isExact(clip.text, said.text)).length;
  const single = outcomes.filter(({ clip, single: said }) => isExact(clip.text, said)).length;
  return {
    fusedExact: rateOf(fused, total),
    bestSingleExact: rateOf(single, total),
    errorRatio: (total - fused) / Math.max(1, total - single),
  };
}

/** Drawn plates all fit a format, so their reads can't tell what that is worth: the shipped weight stays. */
const GIVEN = FUSION_FEATURES.indexOf("formatMatched");
/** All but shortness can only speak for a text. */
const RISING = FUSION_FEATURES.flatMap((name, i) => (name === "shortness" ? [] : [i]));
const RIDGE = 4;

function fitWeights(samples: ClipOutcome["samples"]): FusionCalibration {
  const given = FUSION_CALIBRATION.weights[GIVEN]!; // one weight a feature
  const { weights, bias } = fitCalibration(
    samples.map(({ features, isRight }) => ({
      features: features.map((value, i) => (i === GIVEN ? 0 : value)),
      offset: given * features[GIVEN]!, // as many as names
      isRight,
    })),
    RIDGE,
    RISING,
  );
  return { weights: weights.map((weight, i) => (i === GIVEN ? given : weight)), bias };
}

/** Weights for fuse.ts, fitted on half of the clips and judged on the other. */
export function fitFusion(outcomes: readonly ClipOutcome[]): Record<string, unknown> {
  const samplesOf = (clips: readonly ClipOutcome[]) => clips.flatMap(({ samples }) => samples);
  const errorWith = ({ weights, bias }: FusionCalibration, list: ClipOutcome["samples"]): number =>
    calibrationError(
      calibrationBins(
        list.map(({ features, isRight }) => ({
          confidence: 1 / (1 + Math.exp(-features.reduce((sum, value, i) => sum + value * weights[i]!, bias))),
          isRight,
        })),
      ),
    );
  const half = Math.floor(outcomes.length / 2); // whole clips, as passages of one are alike
  const heldOut = samplesOf(outcomes.slice(half));
  const whole = fitWeights(samplesOf(outcomes));
  const round = (value: number): number => Math.round(value * 1e3) / 1e3;
  return {
    samples: samplesOf(outcomes).length,
    errorBefore: errorWith(FUSION_CALIBRATION, heldOut),
    errorAfter: errorWith(fitWeights(samplesOf(outcomes.slice(0, half))), heldOut),
    features: FUSION_FEATURES,
    weights: whole.weights.map(round),
    bias: round(whole.bias),
  };
}
