/**
 * A few worker threads that do one job each at a time, started when first needed, replaced when they die.
 * It does not know what a job is; worker-port.ts is its other side.
 */
import { Worker } from "node:worker_threads";
import { PlateKitError } from "../core/errors.ts";
import { type ErrorRecord, errorFromRecord } from "./error-record.ts";

export interface WorkerPool<Job, Reply> {
  /** Starts the first thread and resolves when it is ready; rejects with what kept it from starting. */
  start(): Promise<void>;
  /** Queues a job. `transfer` moves those buffers to the thread instead of copying them. */
  run(job: Job, transfer?: readonly ArrayBuffer[]): Promise<Reply>;
  /** How many jobs more would be begun at once, not queued: 0..size. */
  free(): number;
  /** Jobs under way finish, waiting ones are rejected with READER_CLOSED, threads end. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** Module that each thread runs; it calls `serveJobs`. */
  readonly entry: URL;
  /** Given to every thread as its `workerData`. */
  readonly workerData: unknown;
  /** Most threads at once. */
  readonly size: number;
  /**
   * Megabytes for what a thread made just now, of which most is soon of no use; 48 unless told. Less makes a thread's memory
   * swing less, more makes it collect less often.
   */
  readonly youngMB?: number;
}

/** What a thread posts. */
export type WorkerMessage<Reply> =
  | { readonly kind: "ready" }
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "error"; readonly error: ErrorRecord }
  | { readonly kind: "start-failed"; readonly error: ErrorRecord };

/** What a thread is sent. */
export type PoolMessage<Job> = { readonly kind: "job"; readonly job: Job } | { readonly kind: "close" };

interface PendingJob<Job, Reply> {
  readonly job: Job;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

interface Thread<Job, Reply> {
  readonly worker: Worker;
  /** Settles when the thread is ready, or could not start. */
  readonly ready: Deferred;
  readonly ended: Deferred;
  current: PendingJob<Job, Reply> | undefined;
  failure: Error | undefined;
}

export function createWorkerPool<Job, Reply>(options: WorkerPoolOptions): WorkerPool<Job, Reply> {
  const threads = new Set<Thread<Job, Reply>>();
  const queue: PendingJob<Job, Reply>[] = [];
  let isClosed = false;

  function spawn(): Thread<Job, Reply> {
    // Flags of the main program, as --input-type or --import of a loader, are not meant for our own entry.
    const worker = new Worker(options.entry, {
      workerData: options.workerData,
      execArgv: [],
      resourceLimits: options.youngMB === undefined ? {} : { maxYoungGenerationSizeMb: options.youngMB },
    });
    const thread: Thread<Job, Reply> = {
      worker,
      ready: defer(),
      ended: defer(),
      current: undefined,
      failure: undefined,
    };
    thread.ready.promise.catch(() => {}); // awaited by start() alone; jobs hear of it through `failure`
    worker.on("message", (message: WorkerMessage<Reply>) => receive(thread, message));
    worker.on("messageerror", (cause) => settle(thread)?.reject(workerFailed("sent an unreadable reply", cause)));
    worker.on("error", (cause) => {
      thread.failure ??= workerFailed(cause instanceof Error ? cause.message : String(cause), cause);
    });
    worker.on("exit", (code) => retire(thread, code));
    threads.add(thread);
    return thread;
  }

  function receive(thread: Thread<Job, Reply>, message: WorkerMessage<Reply>): void {
    if (message.kind === "ready") {
      thread.ready.resolve();
      if (!thread.current) thread.worker.unref();
    } else if (message.kind === "start-failed") {
      thread.failure = errorFromRecord(message.error); // the thread ends by itself now
    } else {
      const pending = settle(thread);
      if (message.kind === "reply") pending?.resolve(message.reply);
      else pending?.reject(errorFromRecord(message.error));
      pump();
    }
  }

  /** Takes the finished job off its thread. An idle thread does not keep the process alive. */
  function settle(thread: Thread<Job, Reply>): PendingJob<Job, Reply> | undefined {
    const pending = thread.current;
    thread.current = undefined;
    thread.worker.unref();
    return pending;
  }

  function retire(thread: Thread<Job, Reply>, code: number): void {
    threads.delete(thread);
    const failure = thread.failure ?? workerFailed(`ended with code ${code}`);
    thread.current?.reject(failure);
    thread.current = undefined;
    thread.ready.reject(failure);
    thread.ended.resolve();
    pump();
  }

  /** Hands waiting jobs to idle threads, starting more threads as long as there are jobs for them. */
  function pump(): void {
    while (queue.length > 0 && !isClosed) {
      const idle = [...threads].find((thread) => !thread.current && !thread.failure);
      if (!idle && threads.size >= options.size) return;
      const thread = idle ?? spawn();
      const pending = queue.shift()!; // the loop saw that there is one
      thread.current = pending;
      thread.worker.ref();
      try {
        thread.worker.postMessage({ kind: "job", job: pending.job } satisfies PoolMessage<Job>, [...pending.transfer]);
      } catch (cause) {
        settle(thread); // the job could not be sent: a detached buffer, a value that can't be cloned
        pending.reject(cause instanceof Error ? cause : new Error(String(cause)));
      }
    }
  }

  return {
    async start() {
      const [thread = spawn()] = threads;
      await thread.ready.promise;
    },
    run(job, transfer = []) {
      if (isClosed) return Promise.reject(closedError());
      return new Promise((resolve, reject) => {
        queue.push({ job, transfer, resolve, reject });
        pump();
      });
    },
    free: () => options.size - [...threads].filter(({ current }) => current !== undefined).length,
    async close() {
      isClosed = true;
      for (const pending of queue.splice(0)) pending.reject(closedError());
      for (const { worker } of threads) {
        worker.ref();
        worker.postMessage({ kind: "close" } satisfies PoolMessage<Job>);
      }
      await Promise.all([...threads].map(({ ended }) => ended.promise));
    },
  };
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function defer(): Deferred {
  let settlers: Pick<Deferred, "resolve" | "reject"> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settlers = { resolve, reject };
  });
  return { promise, ...settlers! }; // a promise runs its executor at once
}

function closedError(): PlateKitError {
  return new PlateKitError("READER_CLOSED", "The reader is closed; create another one to read on.");
}

function workerFailed(reason: string, cause?: unknown): PlateKitError {
  return new PlateKitError(
    "WORKER_FAILED",
    `A worker thread died (${reason.split("\n")[0]}); this image was not read, the next one gets a new thread. ` +
      "If it was short of memory, use fewer workers.",
    { cause },
  );
}
