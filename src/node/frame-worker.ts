/** Entry of a frame reader's worker threads: each holds its own engine and does one frame at a time. */
import { workerData } from "node:worker_threads";
import { createEngine } from "./engine.ts";
import {
  type FrameJob,
  type FrameReply,
  type MergedJob,
  type MergedReply,
  runFrameJob,
  runMergedJob,
} from "./frame-job.ts";
import type { FrameWorkerData } from "./frame-reader.ts";
import { serveJobs } from "./worker-port.ts";

const { settings, isMerging } = workerData as FrameWorkerData; // given by frame-reader.ts

await serveJobs<FrameJob | MergedJob, FrameReply | MergedReply>(async () => {
  const engine = await createEngine(settings, isMerging);
  return {
    run: (job) => ("crops" in job ? runMergedJob(job, engine) : runFrameJob(job, engine)),
    close: () => engine.close(),
  };
});
