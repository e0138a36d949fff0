/**
 * The figures of video: passages on labelled clips, fused text on rendered ones, speed, and a soak of live streams.
 *
 *     node bench/video.ts [--clips ../shared/data/videos] [--motion]      passages, single frames, speed
 *     node bench/video.ts --rendered 200 [--seed 1] [--fit] [--reads F]   fused text against the best single frame; what was
 *                                                                         read is kept in F, and taken from there next time
 *     node bench/video.ts --speed FILE                                    what a frame costs, and where the time goes
 *     node bench/video.ts --soak 10 [--streams 4] [--fps 5] [--clip F]    lag, drops and memory of live streams; their curves
 *                         [--curve F.svg]                                 are drawn to F.svg
 *
 * Options for all: --workers N (default 2), --models DIR. Prints one JSON object; progress goes to standard error.
 */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { createFrameReader } from "../src/node/frame-reader.ts";
import { soakCurveSvg } from "./soak-curve.ts";
import { benchClip, benchClips } from "./video-clips.ts";
import { benchRendered, fitFusion, reportRendered } from "./video-rendered.ts";
import { benchSoak } from "./video-soak.ts";

const { values } = parseArgs({
  options: {
    clips: { type: "string", default: "../shared/data/videos" },
    motion: { type: "boolean", default: false },
    rendered: { type: "string" },
    seed: { type: "string", default: "1" },
    fit: { type: "boolean", default: false },
    reads: { type: "string" },
    speed: { type: "string" },
    soak: { type: "string" },
    streams: { type: "string", default: "4" },
    fps: { type: "string", default: "5" },
    clip: { type: "string" },
    curve: { type: "string" },
    workers: { type: "string", default: "2" },
    models: { type: "string" },
  },
});

await using reader = await createFrameReader({
  workers: Number(values.workers),
  ...(values.models === undefined ? {} : { modelsFolder: values.models }),
});

async function run(): Promise<Record<string, unknown>> {
  if (values.rendered !== undefined) {
    const outcomes = await benchRendered(reader, Number(values.rendered), Number(values.seed), values.reads);
    return { ...reportRendered(outcomes), ...(values.fit ? { fit: fitFusion(outcomes) } : {}) };
  }
  if (values.soak !== undefined) {
    const report = await benchSoak(reader, {
      clip: values.clip ?? join(values.clips, "theaiguys_license_plate.mp4"),
      ...{ streams: Number(values.streams), fps: Number(values.fps), minutes: Number(values.soak) },
      onSample: (sample) => process.stderr.write(`${JSON.stringify(sample)}\n`),
    });
    if (values.curve !== undefined) writeFileSync(values.curve, soakCurveSvg(report));
    return { ...report };
  }
  if (values.speed !== undefined)
    return { ...(await benchClip(values.speed, basename(values.speed), [], reader, values.motion)) };
  const clips = await benchClips(values.clips, reader, values.motion);
  const expected = clips.reduce((sum, clip) => sum + clip.expected.length, 0);
  return {
    clips,
    expected,
    exact: clips.reduce((sum, clip) => sum + clip.exact, 0),
    duplicates: clips.reduce((sum, clip) => sum + clip.duplicates, 0),
  };
}

process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`);
