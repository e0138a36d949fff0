/** One frame of a video to the reads in it, in one thread: found in the small picture, read in the whole one. */

import { readWeight } from "../core/fuse.ts";
import type { Box, Point, Quad } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import type { WeightedCrop } from "../core/merge-crops.ts";
import type { EvidencedRead } from "../core/pipeline.ts";
import type { Detection } from "../core/read.ts";
import type { FrameRead } from "../core/track.ts";
import { isInside } from "../core/zone.ts";
import type { Engine } from "./engine.ts";

export interface FrameJob {
  /** Over shared memory, so that it is not copied. */
  readonly image: Image;
  /** The same, scaled for the detector; null where there is none. */
  readonly small: Image | null;
  /** Plates whose middle lies outside are not read; fewer than three corners: everywhere. Full-frame pixels. */
  readonly roi: readonly Point[];
  /** Find plates only. */
  readonly detectOnly: boolean;
}

/** Pictures of one plate in several frames, to be read together in the place of `best`. */
export interface MergedJob {
  readonly crops: readonly WeightedCrop[];
  readonly best: EvidencedRead;
}

/** Empty from engines that can't. */
export type MergedReply = readonly EvidencedRead[];

export async function runMergedJob({ crops, best }: MergedJob, engine: Engine): Promise<MergedReply> {
  return (await engine.readMerged?.(crops, best)) ?? [];
}

export interface FrameReply {
  readonly reads: readonly FrameRead[];
  /** Within the region of interest, also when nothing was read. */
  readonly detections: readonly Detection[];
  /** Milliseconds of processor time in this thread: what a busy machine does not stretch. */
  readonly ms: { readonly detect: number; readonly read: number };
}

export async function runFrameJob({ image, small, roi, detectOnly }: FrameJob, engine: Engine): Promise<FrameReply> {
  const startMs = threadCpuMs();
  const found = await engine.detect(small ?? image);
  const detections = found
    .map((detection) => (small === null ? detection : enlarged(detection, image, small)))
    .filter(({ box: [x, y, width, height] }) => isInside([x + width / 2, y + height / 2], roi));
  const detectedMs = threadCpuMs();
  const evidenced = detectOnly ? [] : await readAll(engine, image, detections);
  const reads = evidenced.map(({ read, evidence }) => ({ read, evidence, weight: readWeight(read, evidence) }));
  return { reads, detections, ms: { detect: detectedMs - startMs, read: threadCpuMs() - detectedMs } };
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function readAll(
  engine: Engine,
  image: Image,
  detections: readonly Detection[],
): Promise<readonly (EvidencedRead | { read: EvidencedRead["read"]; evidence: null })[]> {
  if (detections.length === 0) return [];
  if (engine.readWithEvidence) return engine.readWithEvidence(image, detections);
  return (await engine.read(image, detections)).map((read) => ({ read, evidence: null }));
}

/** A detection in the small picture, in pixels of the whole one. */
function enlarged(detection: Detection, image: Image, small: Image): Detection {
  const scaleX = image.width / small.width;
  const scaleY = image.height / small.height;
  const [x, y, width, height] = detection.box;
  const box: Box = [x * scaleX, y * scaleY, width * scaleX, height * scaleY];
  const corners = detection.corners.map(([cx, cy]) => [cx * scaleX, cy * scaleY]) as unknown as Quad; // four in, four out
  return { ...detection, box, corners };
}
