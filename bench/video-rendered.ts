/** Fused text against the best single frame, on rendered clips; and the calibration of the fused confidence. */
import { fitCalibration } from "../src/core/confidence.ts";
import { FUSION_CALIBRATION, FUSION_FEATURES, fuseReads } from "../src/core/fuse.ts";
import { iou } from "../src/core/geometry.ts";
import { calibrationBins, calibrationError, isExact, rateOf } from "../src/core/metrics.ts";
import {
  finishPassages,
  type MadePassage,
  NO_PASSAGES,
  PASSAGE_DEFAULTS,
  updatePassages,
} from "../src/core/passage.ts";
import { finishTracks, NO_TRACKS, updateTracks } from "../src/core/track.ts";
import type { FrameReader } from "../src/node/frame-reader.ts";
import { readMerged } from "../src/node/watch-merge.ts";
import { type RenderedClip, renderClip } from "./rendered-clip.ts";

interface ClipOutcome {
  readonly clip: Pick<RenderedClip, "text" | "region" | "isNight" | "isHidden" | "capHeightsPx">;
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

export async function benchRendered(reader: FrameReader, count: number, firstSeed: number): Promise<ClipOutcome[]> {
  const outcomes: ClipOutcome[] = [];
  let next = renderClip(firstSeed);
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const reading = watchClip(next, reader); // in threads, while the next clip is drawn here
    if (seed + 1 < firstSeed + count) next = renderClip(seed + 1);
    outcomes.push(await reading);
    if (outcomes.length % 20 === 0) process.stderr.write(`${outcomes.length} clips\n`);
  }
  return outcomes;
}

/** A find that overlaps the drawn plate by this much is of it. */
const PLATE_IOU = 0.3;

async function watchClip({ frames, ...clip }: RenderedClip, reader: FrameReader): Promise<ClipOutcome> {
  let tracker = NO_TRACKS;
  let state = NO_PASSAGES;
  let single = { text: "", confidence: -1 };
  let exact = 0;
  const options = { ...PASSAGE_DEFAULTS, minConfidence: 0 };
  const replies = await Promise.all(
    frames.map(({ image }) => reader.read({ image, small: null, roi: [], detectOnly: false })),
  );
  const made: MadePassage[] = [];
  for (const [i, { timeMs, box }] of frames.entries()) {
    const { reads } = replies[i]!; // one a frame
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

/** A vehicle is judged from its first reads on, as previews are. */
function calibrationSamples(reads: MadePassage["reads"], truth: string): ClipOutcome["samples"] {
  const counts = new Set([2, 4, 8, reads.length]);
  return [...counts]
    .filter((count) => count <= reads.length)
    .map((count) => fuseReads(reads.slice(0, count)))
    .filter(({ text }) => text !== "")
    .map(({ text, features }) => ({ features, isRight: isExact(truth, text) }));
}

export function reportRendered(outcomes: readonly ClipOutcome[]): Record<string, unknown> {
  const right = outcomes.filter(({ clip, fused }) => fused !== null && isExact(clip.text, fused.text)).length;
  const single = outcomes.filter((outcome) => isExact(outcome.clip.text, outcome.single)).length;
  const total = outcomes.length;
  const answers = outcomes.flatMap(({ clip, fused }) =>
    fused === null ? [] : [{ confidence: fused.confidence, isRight: isExact(clip.text, fused.text) }],
  );
  const wrong = (rate: { hits: number; total: number }): number => rate.total - rate.hits;
  return {
    clips: total,
    fusedExact: rateOf(right, total),
    bestSingleExact: rateOf(single, total),
    meanFrameExact: outcomes.reduce((sum, { exactFrames }) => sum + exactFrames, 0) / Math.max(1, total),
    errorRatio: wrong(rateOf(right, total)) / Math.max(1, wrong(rateOf(single, total))),
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

/** Weights for fuse.ts, fitted on half of the clips and judged on the other. */
export function fitFusion(outcomes: readonly ClipOutcome[]): Record<string, unknown> {
  const samplesOf = (clips: readonly ClipOutcome[]) => clips.flatMap(({ samples }) => samples);
  const samples = samplesOf(outcomes);
  const errorWith = (
    { weights, bias }: { readonly weights: readonly number[]; readonly bias: number },
    list: ClipOutcome["samples"],
  ): number =>
    calibrationError(
      calibrationBins(
        list.map(({ features, isRight }) => ({
          confidence: 1 / (1 + Math.exp(-features.reduce((sum, value, i) => sum + value * weights[i]!, bias))),
          isRight,
        })),
      ),
    );
  const half = Math.floor(outcomes.length / 2); // whole clips, as passages of one are alike
  const fitted = fitCalibration(samplesOf(outcomes.slice(0, half)), 4);
  const whole = fitCalibration(samples, 4);
  const round = (value: number): number => Math.round(value * 1e4) / 1e4;
  return {
    samples: samples.length,
    errorBefore: errorWith(FUSION_CALIBRATION, samplesOf(outcomes.slice(half))),
    errorAfter: errorWith(fitted, samplesOf(outcomes.slice(half))),
    features: FUSION_FEATURES,
    weights: whole.weights.map(round),
    bias: round(whole.bias),
  };
}
