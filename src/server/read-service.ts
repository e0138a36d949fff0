/** Reading for requests: one reader with its threads, a bounded queue in front of it, and one reading service for all routes. */
import type { ImageRead } from "../node/read-job.ts";
import { createReader, type Reader } from "../node/reader.ts";
import { RequestProblem } from "./problem.ts";

export interface ReadRequest {
  /** Given away: empty afterwards. */
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly regions: readonly string[];
  readonly regionStrict: boolean;
  readonly crops: boolean;
}

export interface ReadService {
  /** @throws PlateKitError as Reader.readDetailed; RequestProblem 503 when too much waits already. */
  read(request: ReadRequest): Promise<ImageRead>;
  /** Pictures under way and waiting. */
  waiting(): number;
  close(): Promise<void>;
}

export interface ReadServiceOptions {
  readonly workers: number;
  readonly modelsFolder?: string | undefined;
  /** Load the models now rather than with the first picture. Default true: a server without models should not start. */
  readonly isWarm?: boolean;
  /** Pictures that may wait. */
  readonly maxWaiting?: number;
  /** Bytes that may wait. */
  readonly maxWaitingBytes?: number;
}

const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 512 * 1024 * 1024;

/** @throws PlateKitError MODEL_MISSING or MODEL_MISMATCH. */
export async function createReadService(options: ReadServiceOptions): Promise<ReadService> {
  const {
    workers,
    modelsFolder,
    isWarm = true,
    maxWaiting = MAX_WAITING,
    maxWaitingBytes = MAX_WAITING_BYTES,
  } = options;
  let reader: Promise<Reader> | undefined;
  const started = (): Promise<Reader> => {
    if (reader !== undefined) return reader;
    const starting = createReader({ workers, ...(modelsFolder === undefined ? {} : { modelsFolder }) });
    reader = starting;
    // Models that are mended may be tried again.
    starting.catch(() => {
      reader = undefined;
    });
    return starting;
  };
  if (isWarm) await started();
  let waiting = 0;
  let waitingBytes = 0;
  return {
    async read({ bytes, name, regions, regionStrict, crops }) {
      const size = bytes.byteLength;
      if (waiting >= maxWaiting || waitingBytes + size > maxWaitingBytes) {
        throw new RequestProblem(503, "READER_BUSY", "More pictures wait than can be read soon; try again.", {
          retryAfterS: 2,
        });
      }
      waiting++;
      waitingBytes += size;
      try {
        return await (await started()).readDetailed(bytes, { name, regions, regionStrict, crops, transfer: true });
      } finally {
        waiting--;
        waitingBytes -= size;
      }
    },
    waiting: () => waiting,
    async close() {
      await (await reader?.catch(() => undefined))?.close();
    },
  };
}
