import assert from "node:assert/strict";
import { test } from "node:test";
import { PlateKitError } from "../../src/core/errors.ts";
import type { Image } from "../../src/core/image.ts";
import { PASSAGE_DEFAULTS } from "../../src/core/passage.ts";
import { finishTracks, NO_TRACKS, type Track, updateTracks } from "../../src/core/track.ts";
import type { MergedJob } from "../../src/node/frame-job.ts";
import { readMerged } from "../../src/node/watch-merge.ts";
import { seededRandom } from "../core/seeded-random.ts";
import { simulatedRead } from "../core/simulated-traffic.ts";

/** A track of a plate that stands, seen in so many frames with so many misread characters; each with a grey picture. */
function trackOf(frames: number, misreadRate: number, hasCrops = true): Track {
  const random = seededRandom(frames);
  let state = NO_TRACKS;
  for (let i = 0; i < frames; i++) {
    const corners = [
      [100, 100],
      [241, 100],
      [241, 130],
      [100, 130],
    ] as const;
    const read = simulatedRead("AB123CD", corners, { random, misreadRate });
    const crop: Image = { width: 16, height: 8, data: new Uint8Array(16 * 8 * 3).fill(100 + i) };
    const evidence = hasCrops ? { ...read.evidence!, crop } : read.evidence;
    state = updateTracks(state, [{ ...read, evidence }], 100 * i).state;
  }
  return finishTracks(state).closed[0]!;
}

/** Reads the pictures of every job as AB123CD, twice, and keeps what it was given. */
function reader() {
  const jobs: MergedJob[] = [];
  return {
    jobs,
    readMerged: async (job: MergedJob) => {
      jobs.push(job);
      const { read, evidence } = simulatedRead("AB123CD", job.best.read.detection.corners, { random: seededRandom(1) });
      return [
        { read, evidence: evidence! },
        { read, evidence: evidence! },
      ];
    },
  };
}

test("readMerged: no tracks are no tracks", async () => {
  assert.deepEqual(await readMerged([], reader(), PASSAGE_DEFAULTS), []);
});

const untouched = [
  { name: "a sure text", track: trackOf(12, 0) },
  { name: "a plate of two frames", track: trackOf(2, 0.6) },
  { name: "reads without pictures", track: trackOf(12, 0.6, false) },
];
for (const { name, track } of untouched) {
  test(`readMerged: ${name} is left as it is`, async () => {
    const { jobs, readMerged: read } = reader();
    assert.deepEqual(await readMerged([track], { readMerged: read }, PASSAGE_DEFAULTS), [track]);
    assert.equal(jobs.length, 0);
  });
}

test("readMerged: an unsure text gets the reads of its merged pictures, at the time of the best one, as heavy as all others", async () => {
  const track = trackOf(12, 0.6);
  const { jobs, readMerged: read } = reader();
  const [merged] = await readMerged([track], { readMerged: read }, PASSAGE_DEFAULTS);
  assert.equal(jobs.length, 1);
  assert.deepEqual(
    jobs[0]!.crops.map(({ weight }) => weight),
    track.reads.map(({ weight }) => weight),
  );
  assert.equal(merged!.reads.length, 14);
  const added = merged!.reads.filter((one) => !track.reads.includes(one));
  assert.ok(added.every(({ read }) => read.text === "AB123CD"));
  const total = (reads: Track["reads"]): number => reads.reduce((sum, { weight }) => sum + weight, 0);
  assert.ok(Math.abs(total(added) - total(track.reads)) < 1e-9);
  assert.ok(track.reads.some(({ timeMs }) => timeMs === added[0]!.timeMs && timeMs === added[1]!.timeMs));
  const times = merged!.reads.map(({ timeMs }) => timeMs);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test("readMerged: a thread that dies or an engine that can't merge leaves what the frames say, a broken model does not", async () => {
  const track = trackOf(12, 0.6);
  const failing = (code: "WORKER_FAILED" | "MODEL_FAILED") => ({
    readMerged: () => Promise.reject(new PlateKitError(code, "It failed.")),
  });
  assert.deepEqual(await readMerged([track], failing("WORKER_FAILED"), PASSAGE_DEFAULTS), [track]);
  assert.deepEqual(await readMerged([track], { readMerged: async () => [] }, PASSAGE_DEFAULTS), [track]);
  await assert.rejects(readMerged([track], failing("MODEL_FAILED"), PASSAGE_DEFAULTS), { code: "MODEL_FAILED" });
});
