/** A worker whose jobs are what it should do: for worker-pool.test.ts. */
import { workerData } from "node:worker_threads";
import { PlateKitError } from "../../src/core/errors.ts";
import { serveJobs } from "../../src/node/worker-port.ts";

export type FixtureJob =
  | { readonly do: "echo"; readonly value: unknown; readonly delayMs?: number }
  | { readonly do: "refuse" | "bug" | "exit" | "throw-later" | "unclonable" };

let done = 0;

await serveJobs<FixtureJob, unknown>(async () => {
  if (workerData === "cannot start") throw new PlateKitError("MODEL_MISSING", "no model here");
  if (workerData === "dies at start") process.exit(3);
  return {
    async run(job) {
      done++;
      switch (job.do) {
        case "echo":
          await new Promise((resolve) => setTimeout(resolve, job.delayMs ?? 0));
          return { value: job.value, done };
        case "refuse":
          throw new PlateKitError("IMAGE_UNREADABLE", "not this one");
        case "bug":
          throw new RangeError("a bug");
        case "exit":
          return process.exit(7);
        case "throw-later":
          setTimeout(() => {
            throw new Error("out of the blue");
          });
          return new Promise(() => {});
        case "unclonable":
          return () => {};
      }
    },
    async close() {},
  };
});
