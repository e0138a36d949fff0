/**
 * Fills a store with made-up passages and times its searches:
 *
 *     npx node bench/store.ts --passages 1 [--database postgres://…] [--data DIR] [--keep]
 *
 * `--passages` counts millions. Figures to reach at 10: exact p95 < 20 ms, one edit and wildcard < 100 ms, first page < 150 ms.
 * Filling goes around `append`, which waits for the disk once per batch, but writes the very same rows (store-fill.ts).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openStore } from "../src/store/open-store.ts";
import type { PassageFilter, Store } from "../src/store/types.ts";
import { fillStore, type PlateSource, plateSource } from "./store-fill.ts";

const SEARCHES = 200;
const WARM_UP = 10;
const DAYS = 365;

const { values } = parseArgs({
  options: {
    passages: { type: "string", default: "1" },
    database: { type: "string" },
    data: { type: "string" },
    searches: { type: "string", default: String(SEARCHES) },
    keep: { type: "boolean", default: false },
  },
});

interface Search {
  readonly name: string;
  readonly targetMs: number;
  filter(plates: PlateSource): PassageFilter;
}

const endMs = Date.UTC(2026, 10, 1);
const startMs = endMs - DAYS * 86_400_000;

/** Every search is for a plate or a time picked anew: nothing is measured that was just looked at. */
const SEARCH_KINDS: readonly Search[] = [
  { name: "exact", targetMs: 20, filter: (plates) => ({ plate: plates.known() }) },
  { name: "exact, not there", targetMs: 20, filter: (plates) => ({ plate: `Q${plates.known()}` }) },
  { name: "one edit", targetMs: 100, filter: (plates) => ({ plate: plates.edited(), match: "similar" }) },
  { name: "look-alike", targetMs: 100, filter: (plates) => ({ plate: plates.known(), match: "look-alike" }) },
  { name: "AB?1*", targetMs: 100, filter: (plates) => ({ plate: plates.known().replace(/^(..).(.).*/, "$1?$2*") }) },
  { name: "*1234", targetMs: 100, filter: (plates) => ({ plate: `*${plates.known().slice(-4)}` }) },
  { name: "*B12*", targetMs: 100, filter: (plates) => ({ plate: `*${plates.known().slice(2, 5)}*` }) },
  { name: "?B123?4", targetMs: 100, filter: (plates) => ({ plate: plates.known().replace(/^.(....)./, "?$1?") }) },
  { name: "A*", targetMs: 100, filter: (plates) => ({ plate: `${plates.known().slice(0, 1)}*` }) },
  { name: "first page", targetMs: 150, filter: () => ({}) },
  { name: "page of a camera", targetMs: 150, filter: (plates) => ({ cameraIds: [plates.cameraId()] }) },
  {
    name: "page of a camera, region, time",
    targetMs: 150,
    filter: (plates) => {
      const fromMs = plates.timeMs();
      return { cameraIds: [plates.cameraId()], regions: ["fr"], fromMs, toMs: fromMs + 86_400_000 };
    },
  },
  { name: "page of a list", targetMs: 150, filter: () => ({ listIds: ["list-1"] }) },
  { name: "page of doubt", targetMs: 150, filter: () => ({ doubts: ["cut"], minConfidence: 0.9 }) },
];

const directory = values.data ?? mkdtempSync(join(tmpdir(), "platekit-bench-"));
const passages = Math.round(Number(values.passages) * 1e6);
let store = await openStore({ directory, url: values.database });
try {
  const { count } = await store.passages.count({}, 1);
  const fillStart = performance.now();
  if (count === 0) {
    await store.close();
    await fillStore({ directory, url: values.database, passages, startMs, endMs });
    store = await openStore({ directory, url: values.database });
  }
  const fillS = (performance.now() - fillStart) / 1000;
  const cameraIds = (await store.cameras.list()).map(({ id }) => id);
  const plates = plateSource(passages, cameraIds, startMs, endMs);
  const { databaseBytes } = await store.health();
  const size = `${Math.round((databaseBytes ?? 0) / 1e6)} MB`;
  console.log(`${store.kind}: ${passages} passages, filled in ${fillS.toFixed(0)} s, ${size}`);
  for (const search of SEARCH_KINDS) await time(store, search, plates);
  await timeStatistics(store);
} finally {
  await store.close();
  if (values.data === undefined && !values.keep) rmSync(directory, { recursive: true, force: true });
}

async function time(target: Store, { name, filter, targetMs }: Search, plates: PlateSource): Promise<void> {
  const took: number[] = [];
  let rows = 0;
  let unfinished = 0;
  for (let i = -WARM_UP; i < Number(values.searches); i++) {
    const asked = filter(plates);
    const begin = performance.now();
    const page = await target.passages.page(asked);
    if (i < 0) continue;
    took.push(performance.now() - begin);
    rows += page.rows.length;
    if (page.rows.length < 50 && page.nextCursor !== null) unfinished++;
  }
  report(
    name,
    took,
    targetMs,
    `${(rows / took.length).toFixed(1)} rows${unfinished > 0 ? `, ${unfinished} short pages` : ""}`,
  );
}

async function timeStatistics(target: Store): Promise<void> {
  const filter = { fromMs: startMs, toMs: endMs };
  const kinds = {
    "year by day": () => target.statistics.series(filter, { by: "day", timeZone: "Europe/Berlin" }),
    "heat map of a year": () => target.statistics.heatMap(filter, "Europe/Berlin"),
    "year by region": () => target.statistics.breakdown(filter, "region"),
    "top plates of a year": () => target.statistics.topPlates(filter),
  };
  for (const [name, ask] of Object.entries(kinds)) {
    const took: number[] = [];
    for (let i = 0; i < 10; i++) {
      const begin = performance.now();
      await ask();
      took.push(performance.now() - begin);
    }
    report(name, took, null, "");
  }
}

function report(name: string, took: readonly number[], targetMs: number | null, note: string): void {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!; // one or more
  const verdict = targetMs === null ? "" : at(0.95) < targetMs ? `ok (< ${targetMs})` : `MISSED (< ${targetMs})`;
  const figures = [at(0.5), at(0.95), at(1)].map((ms) => ms.toFixed(1).padStart(8)).join(" ");
  console.log(`${name.padEnd(32)} p50 p95 max ms ${figures}  ${verdict.padEnd(14)} ${note}`);
}
