/**
 * PlateKit beside fast-alpr: the same pictures, the same process, one thread, in turn.
 *
 *     node bench/peers.ts DATASET PEERS [--limit N] [--models DIR] [--json]
 *
 * DATASET is a folder that `platekit bench` reads; PEERS holds fast-alpr's ONNX files. Prints accuracy on Latin plates,
 * scenes end to end and crops by the reader alone, with an exact McNemar test of the paired results, and speed as ratio.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Judgement, judge } from "../src/cli/bench-judge.ts";
import { givenDetection, measure, plateQuad, type ReaderUnderTest } from "../src/cli/bench-run.ts";
import { detectPlates } from "../src/core/detect.ts";
import type { Image } from "../src/core/image.ts";
import { matchDetections, mcNemarTest, median } from "../src/core/metrics.ts";
import { readDetections } from "../src/core/pipeline.ts";
import type { Detection, PlateRead } from "../src/core/read.ts";
import { recognizePlates } from "../src/core/recognize.ts";
import { rectifyPlate } from "../src/core/rectify.ts";
import { readDataset, type Sample } from "../src/node/dataset.ts";
import { decodeImage } from "../src/node/decode-image.ts";
import { loadModels } from "../src/node/load-model.ts";
import { createPeer, type Peer } from "./peer-fast-alpr.ts";

const LATIN = /^[0-9A-ZÄÖÜ]+$/;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { limit: { type: "string" }, models: { type: "string" }, json: { type: "boolean", default: false } },
});
const [folder, peers] = positionals;
if (folder === undefined || peers === undefined) {
  console.error("usage: node bench/peers.ts DATASET PEERS [--limit N] [--models DIR] [--json]");
  process.exit(2);
}

const { detector, recognizer } = await loadModels(values.models);
const ours: Peer = {
  detect: (frame) => detectPlates(frame, detector),
  read: (frame, detections) => readDetections(frame, detections, recognizer),
};
const theirs = await createPeer(peers);

async function open(path: string): Promise<Image> {
  return decodeImage(await readFile(path), path);
}

function underTest(engine: Peer): ReaderUnderTest {
  const answer = (frame: Image, plates: readonly PlateRead[]) => ({
    width: frame.width,
    height: frame.height,
    plates,
    ms: 0,
  });
  return {
    async read(path) {
      const frame = await open(path);
      return answer(frame, await engine.read(frame, await engine.detect(frame)));
    },
    async readPlateAt(path, quad) {
      const frame = await open(path);
      return answer(frame, await engine.read(frame, [givenDetection(quad)]));
    },
  };
}

/** Milliseconds of CPU that this process has used: on a busy machine wall time would measure the others. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Speed {
  /** Medians, milliseconds. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of the ratios. */
  readonly ratio: number;
  /** Ratio of the sums: an unsure plate takes up to three looks, which no median shows. */
  readonly ratioOfSums: number;
}

/** CPU milliseconds of both sides over the same inputs, in turn, so that a slow moment meets both. */
async function compareSpeed<Input>(
  inputs: readonly Input[],
  our: (input: Input) => Promise<unknown>,
  their: (input: Input) => Promise<unknown>,
): Promise<Speed> {
  const times: [number, number][] = [];
  for (const input of inputs) {
    const start = cpuMs();
    await our(input);
    const middle = cpuMs();
    await their(input);
    times.push([middle - start, cpuMs() - middle]);
  }
  const warm = times.slice(Math.min(5, times.length - 1));
  const [ours, theirs] = [warm.map(([time]) => time), warm.map(([, time]) => time)];
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    ours: median(ours),
    theirs: median(theirs),
    ratio: median(warm.map(([a, b]) => a / b)),
    ratioOfSums: sum(ours) / sum(theirs),
  };
}

interface Row {
  readonly name: string;
  readonly plates: number;
  readonly ours: number;
  readonly theirs: number;
  /** Two-sided exact McNemar test. */
  readonly p: number;
}

/** Exact reads of the Latin plates of two runs over the same samples. */
function compareTexts(name: string, our: readonly Judgement[], their: readonly Judgement[]): Row {
  let [plates, both, onlyOurs, onlyTheirs] = [0, 0, 0, 0];
  our.forEach((judgement, index) => {
    judgement.truths.forEach((verdict, plate) => {
      if (!verdict.hasText || !LATIN.test(verdict.truth.text ?? "")) return;
      plates++;
      const other = their[index]!.truths[plate]!.exact; // the same sample judged twice
      if (verdict.exact && other) both++;
      else if (verdict.exact) onlyOurs++;
      else if (other) onlyTheirs++;
    });
  });
  return { name, plates, ours: both + onlyOurs, theirs: both + onlyTheirs, p: mcNemarTest(onlyOurs, onlyTheirs) };
}

function detectionRates(judgements: readonly Judgement[]): { readonly recall: number; readonly precision: number } {
  let [plates, found, boxes] = [0, 0, 0];
  for (const { sample, plates: reads } of judgements) {
    const truths = sample.plates.map(({ box }) => box);
    found += matchDetections(
      reads.map(({ detection }) => detection),
      truths,
      0.5,
    ).pairs.length;
    plates += truths.length;
    boxes += reads.length;
  }
  return { recall: found / plates, precision: found / boxes };
}

const { samples: all } = await readDataset(folder);
const limit = values.limit === undefined ? all.length : Number(values.limit);
function spread(samples: readonly Sample[]): Sample[] {
  const step = Math.max(1, samples.length / limit);
  return Array.from({ length: Math.min(limit, samples.length) }, (_, index) => samples[Math.floor(index * step)]!);
}
const scenes = spread(all.filter(({ kind }) => kind !== "crop"));
const crops = spread(all.filter(({ kind }) => kind === "crop"));

async function run(samples: readonly Sample[], engine: Peer): Promise<Judgement[]> {
  const { outcomes, problems } = await measure(samples, underTest(engine), 1);
  for (const problem of problems) console.error(problem.message);
  return outcomes.map(judge);
}

const [ourScenes, theirScenes] = [await run(scenes, ours), await run(scenes, theirs)];
const [ourCrops, theirCrops] = [await run(crops, ours), await run(crops, theirs)];
const ofSet = (judgements: readonly Judgement[], name: string) =>
  judgements.filter(({ sample }) => sample.dataset === name);
const sets = [...new Set(crops.map(({ dataset }) => dataset))].sort();
const texts = [
  compareTexts("scenes, end to end", ourScenes, theirScenes),
  compareTexts("crops, reader alone", ourCrops, theirCrops),
  ...sets.map((name) => compareTexts(name, ofSet(ourCrops, name), ofSet(theirCrops, name))),
].filter(({ plates }) => plates > 0);
const twoLines = ({ sample }: Judgement) => sample.plates[0]?.lines === 2;
texts.splice(2, 0, compareTexts("crops, two lines", ourCrops.filter(twoLines), theirCrops.filter(twoLines)));

const frames = await Promise.all(
  spread(scenes)
    .slice(0, 60)
    .map(({ path }) => open(path)),
);
const plates = await Promise.all(
  spread(crops)
    .slice(0, 200)
    .map(async (sample) => ({ frame: await open(sample.path), detection: givenDetection(plateQuad(sample)) })),
);
const readOurs = ({ frame, detection }: { frame: Image; detection: Detection }) =>
  recognizePlates([rectifyPlate(frame, detection, recognizer.card.resize)], recognizer);
const speed = {
  "detector with letterbox": await compareSpeed(frames, ours.detect, theirs.detect),
  "reader net with crop": await compareSpeed(plates, readOurs, ({ frame, detection }) =>
    theirs.read(frame, [detection]),
  ),
  "reader with grammar and doubt": await compareSpeed(
    plates,
    ({ frame, detection }) => ours.read(frame, [detection]),
    ({ frame, detection }) => theirs.read(frame, [detection]),
  ),
  "picture to text": await compareSpeed(
    frames,
    async (frame) => ours.read(frame, await ours.detect(frame)),
    async (frame) => theirs.read(frame, await theirs.detect(frame)),
  ),
};
const detection = { ours: detectionRates(ourScenes), theirs: detectionRates(theirScenes) };
await detector.close();
await recognizer.close();

if (values.json) {
  console.log(JSON.stringify({ texts, detection, speed }, null, 1));
} else {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(8);
  console.log("exact, Latin plates             plates     ours fast-alpr  McNemar p");
  for (const { name, plates, ours, theirs, p } of texts) {
    console.log(
      `  ${name.padEnd(28)} ${String(plates).padStart(6)} ${percent(ours / plates)}  ${percent(theirs / plates)}  ${p.toPrecision(2)}`,
    );
  }
  console.log(
    `\ndetection, IoU 0.5: recall ${percent(detection.ours.recall)} against ${percent(detection.theirs.recall)}`,
  );
  console.log(
    `                 precision ${percent(detection.ours.precision)} against ${percent(detection.theirs.precision)}`,
  );
  console.log("\nCPU time, one thread, median     ours ms  fast-alpr ms  ratio  of sums");
  for (const [name, { ours, theirs, ratio, ratioOfSums }] of Object.entries(speed)) {
    console.log(
      `  ${name.padEnd(30)} ${ours.toFixed(2).padStart(7)} ${theirs.toFixed(2).padStart(13)} ${ratio.toFixed(2).padStart(6)} ${ratioOfSums.toFixed(2).padStart(8)}`,
    );
  }
}
