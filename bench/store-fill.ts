/** Fills a store for bench/store.ts: the rows that `append` writes, in large transactions. */
import { sql } from "kysely";
import type { Passage } from "../src/core/passage.ts";
import { openDatabase, type Queries } from "../src/store/database.ts";
import { createId } from "../src/store/ids.ts";
import { draftPassage } from "../src/store/passage-rows.ts";
import { addPlates } from "../src/store/plate-register.ts";
import type { Store } from "../src/store/types.ts";

const CAMERAS = 10;
const BATCH = 1000;
/** Some vehicles pass every day, most once: two passages of three are of vehicles that came before. */
const PLATES_PER_PASSAGE = 0.33;

export interface PlateSource {
  /** A plate that passed. */
  known(): string;
  /** One edit from it. */
  edited(): string;
  cameraId(): string;
  timeMs(): number;
}

export interface FillOptions {
  readonly directory: string;
  readonly url: string | undefined;
  readonly passages: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** The plates that a fill with so many passages writes. */
export function plateSource(
  passages: number,
  cameraIds: readonly string[],
  startMs: number,
  endMs: number,
): PlateSource {
  const plates = Math.ceil(passages * PLATES_PER_PASSAGE);
  const known = (): string => plateText(Math.floor(Math.random() * plates));
  return {
    known,
    edited() {
      const text = known();
      const at = Math.floor(Math.random() * text.length);
      return `${text.slice(0, at)}7${text.slice(at + 1)}`;
    },
    cameraId: () => cameraIds[Math.floor(Math.random() * cameraIds.length)]!,
    timeMs: () => startMs + Math.random() * (endMs - startMs),
  };
}

const LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";

/** Two letters, four digits, one letter, spread evenly: the same number, the same plate. */
function plateText(number: number): string {
  let rest = (number * 2_654_435_761) % (LETTERS.length ** 3 * 10_000);
  let text = "";
  for (const size of [LETTERS.length, LETTERS.length, 10, 10, 10, 10, LETTERS.length]) {
    text += size === 10 ? String(rest % size) : LETTERS[rest % size];
    rest = Math.floor(rest / size);
  }
  return text;
}

export async function fillStore(
  store: Store,
  { directory, url, passages, startMs, endMs }: FillOptions,
): Promise<PlateSource> {
  const cameraIds: string[] = [];
  for (let i = 0; i < CAMERAS; i++) cameraIds.push((await store.cameras.create({ ...CAMERA, name: `camera ${i}` })).id);
  const source = plateSource(passages, cameraIds, startMs, endMs);
  const database = await openDatabase({ directory, url });
  try {
    if (database.kind === "sqlite") await database.direct((queries) => sql`pragma synchronous = off`.execute(queries));
    for (let done = 0; done < passages; done += BATCH) {
      const count = Math.min(BATCH, passages - done);
      const timeMs = (i: number): number => Math.floor(startMs + ((done + i) / passages) * (endMs - startMs));
      await database.write((queries) =>
        fillBatch(
          queries,
          Array.from({ length: count }, (_, i) => madePassage(source, timeMs(i))),
          source,
        ),
      );
      if (done % 50_000 === 0) process.stderr.write(`\r${done} of ${passages}`);
    }
    process.stderr.write("\r");
    await database.direct(async (queries) => {
      if (database.kind === "sqlite") await sql`pragma wal_checkpoint(truncate)`.execute(queries);
      else await sql`vacuum analyze`.execute(queries);
    });
  } finally {
    await database.close();
  }
  return source;
}

const CAMERA = {
  siteId: null,
  kind: "upload",
  url: "",
  isEnabled: true,
  role: null,
  schedule: null,
  timeZone: null,
  roi: null,
  line: null,
  frameSize: null,
  regions: [],
  minPlateHeightPx: null,
  fps: null,
  settings: {},
  retentionDays: null,
  retentionBytes: null,
} as const;

function madePassage(source: PlateSource, timeMs: number): Passage {
  const text = source.known();
  const confidence = 0.7 + Math.random() * 0.3;
  return {
    schema: 1,
    id: createId(timeMs),
    text,
    display: `${text.slice(0, 2)} ${text.slice(2)}`,
    confidence,
    region: Math.random() < 0.8 ? "de" : Math.random() < 0.5 ? "fr" : null,
    regionConfidence: 0.9,
    lines: 1,
    characters: [...text].map((character) => ({ text: character, confidence: 0.99 })),
    candidates: [{ text, confidence }],
    doubt: Math.random() < 0.01 ? "cut" : null,
    firstTimeMs: timeMs,
    lastTimeMs: timeMs + 900,
    frames: 12,
    direction: "in",
    path: [
      [timeMs, 100.5, 200.25],
      [timeMs + 900, 900.5, 420.75],
    ],
    best: {
      timeMs,
      box: [10, 20, 100, 30],
      corners: [
        [10, 20],
        [110, 20],
        [110, 50],
        [10, 50],
      ],
      detectionConfidence: 0.93,
    },
    preview: false,
  };
}

async function fillBatch(queries: Queries, passages: readonly Passage[], source: PlateSource): Promise<void> {
  const drafts = passages.map((passage) =>
    draftPassage({ passage, cameraId: source.cameraId() }, (plate) => plate, passage.firstTimeMs, 0),
  );
  const inserted = await queries
    .insertInto("passage")
    .values(drafts.map(({ row }) => row))
    .returning(["id", "seq", "time_ms"])
    .execute();
  const seqs = new Map(inserted.map(({ id, seq }) => [id, seq]));
  await queries
    .insertInto("passage_detail")
    .values(drafts.map(({ row, restJson }) => ({ seq: seqs.get(row.id)!, rest_json: restJson, reads_json: null })))
    .execute();
  await addPlates(
    queries,
    drafts.map(({ row }) => ({ plate: row.plate, passages: 1, firstMs: row.time_ms, lastMs: row.time_ms })),
  );
  const listed = inserted
    .filter((_, i) => i % 500 === 0)
    .map(({ seq, time_ms }) => ({ list_id: "list-1", time_ms, seq }));
  await queries.insertInto("passage_list").values(listed).execute();
  const counts = new Map<
    string,
    { bin_ms: number; camera_id: string; region: string; doubt: string; passages: number; confidence_sum: number }
  >();
  for (const { row } of drafts) {
    const bin_ms = Math.floor(row.time_ms / 1_800_000) * 1_800_000;
    const key = [bin_ms, row.camera_id, row.region, row.doubt].join(" ");
    const count = counts.get(key) ?? {
      bin_ms,
      camera_id: row.camera_id,
      region: row.region,
      doubt: row.doubt,
      passages: 0,
      confidence_sum: 0,
    };
    counts.set(key, { ...count, passages: count.passages + 1, confidence_sum: count.confidence_sum + row.confidence });
  }
  await queries
    .insertInto("passage_count")
    .values([...counts.values()])
    .onConflict((conflict) =>
      conflict.columns(["bin_ms", "camera_id", "region", "doubt"]).doUpdateSet({
        passages: sql`passage_count.passages + excluded.passages`,
        confidence_sum: sql`passage_count.confidence_sum + excluded.confidence_sum`,
      }),
    )
    .execute();
}
