/** A passage as rows, and back. */
import type { Insertable, Selectable } from "kysely";
import type { Passage } from "../core/passage.ts";
import type { Doubt } from "../core/read.ts";
import type { Queries } from "./database.ts";
import type { Correction, ListHit, NewPassage, PassageDetail, StoredPassage, StoredRead } from "./passage-types.ts";
import { normalisePlate } from "./plate-text.ts";
import type { PassageTable } from "./tables.ts";

/** What the narrow row does not hold. */
interface RestOfPassage {
  readonly lines: Passage["lines"];
  readonly characters: Passage["characters"];
  readonly candidates: Passage["candidates"];
  readonly path: Passage["path"];
  readonly best: Passage["best"];
  readonly listHits: readonly ListHit[];
}

export type PassageRow = Selectable<PassageTable>;

/** A passage on its way in: its rows but for `seq`, which the database gives. */
export interface PassageDraft {
  readonly given: NewPassage;
  readonly row: Insertable<PassageTable>;
  readonly restJson: string;
  readonly readsJson: string | null;
}

/** @param pictureBytes together. */
export function draftPassage(
  given: NewPassage,
  hashPlate: (plate: string) => string,
  receivedAtMs: number,
  pictureBytes: number,
): PassageDraft {
  const { passage, isHashed = false, listHits = [], pictures = {}, reads = [] } = given;
  const searched = normalisePlate(passage.text);
  const hash = isHashed ? hashPlate(searched) : null;
  const rest: RestOfPassage = {
    lines: passage.lines,
    characters: isHashed ? [] : passage.characters,
    candidates: isHashed ? [] : passage.candidates,
    path: passage.path,
    best: passage.best,
    listHits,
  };
  return {
    given,
    restJson: JSON.stringify(rest),
    readsJson: isHashed || reads.length === 0 ? null : JSON.stringify(reads),
    row: {
      id: passage.id,
      time_ms: Math.round(passage.firstTimeMs),
      last_time_ms: Math.round(passage.lastTimeMs),
      received_at_ms: receivedAtMs,
      camera_id: given.cameraId,
      site_id: given.siteId ?? null,
      text: hash ?? passage.text,
      plate: hash ?? searched,
      corrected_text: null,
      display: isHashed ? null : passage.display,
      confidence: passage.confidence,
      region: passage.region ?? "",
      region_confidence: passage.regionConfidence,
      doubt: passage.doubt ?? "",
      line_count: passage.lines,
      frame_count: passage.frames,
      direction: passage.direction,
      crop: pictures.crop ?? null,
      frame: pictures.frame ?? null,
      picture_bytes: pictureBytes,
      is_hashed: isHashed ? 1 : 0,
      hold: 0,
      hold_note: null,
      held_by: null,
    },
  };
}

/** @param row anything with the columns of a passage. */
export function storedPassage(row: Omit<PassageRow, "seq">, restJson: string): StoredPassage {
  const { lines, characters, candidates, path, best, listHits } = JSON.parse(restJson) as RestOfPassage;
  return {
    schema: 1,
    id: row.id,
    text: row.text,
    display: row.display,
    confidence: row.confidence,
    region: row.region === "" ? null : row.region,
    regionConfidence: row.region_confidence,
    lines,
    characters,
    candidates,
    doubt: row.doubt === "" ? null : (row.doubt as Doubt), // only append writes it
    firstTimeMs: row.time_ms,
    lastTimeMs: row.last_time_ms,
    frames: row.frame_count,
    direction: row.direction as Passage["direction"],
    path,
    best,
    preview: false,
    cameraId: row.camera_id,
    siteId: row.site_id,
    plate: row.plate,
    pictures: { crop: row.crop, frame: row.frame },
    listHits,
    correctedText: row.corrected_text,
    hold: row.hold === 1,
    receivedAtMs: row.received_at_ms,
    isHashed: row.is_hashed === 1,
  };
}

/** Passages in the order of `seqs`; those gone meanwhile are left out. */
export async function fetchPassages(queries: Queries, seqs: readonly number[]): Promise<StoredPassage[]> {
  if (seqs.length === 0) return [];
  const rows = await queries
    .selectFrom("passage as p")
    .innerJoin("passage_detail as d", "d.seq", "p.seq")
    .selectAll("p")
    .select("d.rest_json")
    .where("p.seq", "in", seqs)
    .execute();
  const bySeq = new Map(rows.map((row) => [row.seq, storedPassage(row, row.rest_json)]));
  return seqs.flatMap((seq) => bySeq.get(seq) ?? []);
}

export async function fetchDetail(queries: Queries, id: string): Promise<PassageDetail | null> {
  const row = await queries
    .selectFrom("passage as p")
    .innerJoin("passage_detail as d", "d.seq", "p.seq")
    .selectAll("p")
    .select(["d.rest_json", "d.reads_json"])
    .where("p.id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return null;
  const corrections = await queries
    .selectFrom("correction")
    .selectAll()
    .where("seq", "=", row.seq)
    .orderBy("id")
    .execute();
  return {
    ...storedPassage(row, row.rest_json),
    reads: row.reads_json === null ? [] : (JSON.parse(row.reads_json) as StoredRead[]),
    corrections: corrections.map(
      ({ id, from_text, to_text, note, by_name, at_ms }): Correction => ({
        id,
        fromText: from_text,
        toText: to_text,
        note,
        by: by_name,
        atMs: at_ms,
      }),
    ),
    holdNote: row.hold_note,
    heldBy: row.held_by,
  };
}
