/** What a process's memory is: of each thread's heap, and of the kinds of mapping that the kernel knows. Linux alone tells the latter. */
import { readFileSync } from "node:fs";
import type { Worker } from "node:worker_threads";

/** Megabytes. */
export interface MemoryKinds {
  readonly resident: number;
  /** Of the main thread and of each worker: objects in use, what their heap takes, and memory outside that they hold. */
  readonly threads: readonly { readonly used: number; readonly heap: number; readonly outside: number }[];
  /** Buffers of all threads; frames among them. */
  readonly buffers: number;
  /**
   * Resident, by mapping: programs and files, the C library's first arena (`[heap]`), its other arenas, and what is mapped
   * on its own (JavaScript heaps, large buffers, stacks).
   */
  readonly mappings: Readonly<Record<"files" | "firstArena" | "arenas" | "own", number>>;
}

const workers = new Set<Worker>();
process.on("worker", (worker) => {
  workers.add(worker);
  worker.once("exit", () => workers.delete(worker));
});

/** Of this process now. Knows the threads that were started after this module was loaded. */
export async function memoryKinds(): Promise<MemoryKinds> {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const heaps = await Promise.all([...workers].map((worker) => worker.getHeapStatistics()));
  const threads = heaps.map((heap) => ({
    used: megabytes(heap.used_heap_size),
    heap: megabytes(heap.total_heap_size),
    outside: megabytes(heap.external_memory),
  }));
  const main = { used: megabytes(heapUsed), heap: megabytes(heapTotal), outside: megabytes(external) };
  return {
    resident: megabytes(rss),
    threads: [main, ...threads],
    buffers: megabytes(arrayBuffers),
    mappings: residentByMapping(mapsOfThisProcess()),
  };
}

function mapsOfThisProcess(): string {
  try {
    return readFileSync("/proc/self/smaps", "utf8");
  } catch {
    return "";
  }
}

/** The C library gives each thread arenas of 64 MB, on a boundary of as much. */
const ARENA_BYTES = 64 * 2 ** 20;

/** Sums up the kernel's list of mappings (proc(5), smaps). */
export function residentByMapping(smaps: string): MemoryKinds["mappings"] {
  const sums = { files: 0, firstArena: 0, arenas: 0, own: 0 };
  let kind: keyof typeof sums = "own";
  for (const line of smaps.split("\n")) {
    const header = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)$/.exec(line);
    if (header !== null) kind = kindOf(header[1]!, header[2]!, header[4]!); // groups of the match
    const resident = /^Rss:\s+(\d+) kB/.exec(line);
    if (resident !== null) sums[kind] += Number(resident[1]) * 1024;
  }
  return {
    files: megabytes(sums.files),
    firstArena: megabytes(sums.firstArena),
    arenas: megabytes(sums.arenas),
    own: megabytes(sums.own),
  };
}

function kindOf(from: string, to: string, name: string): keyof MemoryKinds["mappings"] {
  if (name === "[heap]") return "firstArena";
  if (name !== "" && !name.startsWith("[")) return "files";
  const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
  return start % ARENA_BYTES === 0 && end - start <= ARENA_BYTES ? "arenas" : "own";
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
