/** Entry of a reader's worker threads: each holds its own engine and does one image at a time. */
import { workerData } from "node:worker_threads";
import { createEngine } from "./engine.ts";
import { type ImageRead, type ReadJob, runReadJob } from "./read-job.ts";
import type { ReadSettings } from "./read-settings.ts";
import { serveJobs } from "./worker-port.ts";

const settings = workerData as ReadSettings; // given by reader.ts

await serveJobs<ReadJob, ImageRead>(async () => {
  const engine = await createEngine(settings);
  return {
    run: (job) => runReadJob(job, engine, settings),
    close: () => engine.close(),
  };
});
