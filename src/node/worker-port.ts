/** The thread's side of worker-pool.ts: does jobs one after the other until told to close. */
import { type MessagePort, parentPort } from "node:worker_threads";
import { errorRecord } from "./error-record.ts";
import type { PoolMessage, WorkerMessage } from "./worker-pool.ts";

export interface JobServer<Job, Reply> {
  /** Does one job. The reply is copied to the other side: native libraries' buffers, as sharp's, can't be moved. */
  run(job: Job): Promise<Reply>;
  close(): Promise<void>;
}

/** Makes the server ready, says so, and serves. A start that fails is reported and ends the thread. */
export async function serveJobs<Job, Reply>(start: () => Promise<JobServer<Job, Reply>>): Promise<void> {
  const port = parentPort as MessagePort; // this module is only loaded as a worker's entry
  const post = (message: WorkerMessage<Reply>): void => port.postMessage(message);
  let server: JobServer<Job, Reply> | undefined;
  // Listening before the start is over keeps jobs that arrive meanwhile; the chain does them in order.
  let chain = Promise.resolve();
  port.on("message", (message: PoolMessage<Job>) => {
    chain = chain.then(() => serve(message));
  });

  async function serve(message: PoolMessage<Job>): Promise<void> {
    if (!server) return;
    if (message.kind === "close") {
      await server.close();
      port.close();
      return;
    }
    try {
      post({ kind: "reply", reply: await server.run(message.job) });
    } catch (error) {
      post({ kind: "error", error: errorRecord(error) });
    }
  }

  chain = start().then(
    (started) => {
      server = started;
      post({ kind: "ready" });
    },
    (error: unknown) => {
      post({ kind: "start-failed", error: errorRecord(error) });
      port.close();
    },
  );
  await chain;
}
