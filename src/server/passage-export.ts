/** Passages of any number as a stream of CSV or of lines of JSON; no more than a few rows are in memory. */
import { Readable } from "node:stream";
import { type CsvColumn, csvTable } from "../sites/csv.ts";
import type { StoredPassage } from "../store/types.ts";
import { passageOnWire } from "./passage-wire.ts";

const COLUMNS: readonly CsvColumn<{ passage: StoredPassage; cameraName: string }>[] = [
  { name: "id", value: ({ passage }) => passage.id },
  { name: "time", value: ({ passage }) => isoTime(passage.firstTimeMs) },
  { name: "last_time", value: ({ passage }) => isoTime(passage.lastTimeMs) },
  { name: "plate", value: ({ passage }) => passage.plate },
  { name: "read", value: ({ passage }) => passage.text },
  { name: "corrected", value: ({ passage }) => passage.correctedText },
  { name: "confidence", value: ({ passage }) => Math.round(passage.confidence * 10_000) / 10_000 },
  { name: "region", value: ({ passage }) => passage.region },
  { name: "doubt", value: ({ passage }) => passage.doubt },
  { name: "camera", value: ({ cameraName }) => cameraName },
  { name: "camera_id", value: ({ passage }) => passage.cameraId },
  { name: "direction", value: ({ passage }) => passage.direction },
  { name: "lists", value: ({ passage }) => passage.listHits.map(({ listName }) => listName).join("; ") },
  { name: "hold", value: ({ passage }) => passage.hold },
];

const HEADER = csvTable(COLUMNS, []);

/** @param cameras names by id. */
export function exportStream(
  passages: AsyncIterable<StoredPassage>,
  format: "csv" | "jsonl",
  cameras: ReadonlyMap<string, string>,
): Readable {
  return Readable.from(format === "csv" ? csvLines(passages, cameras) : jsonLines(passages), { objectMode: false });
}

async function* csvLines(passages: AsyncIterable<StoredPassage>, cameras: ReadonlyMap<string, string>) {
  // Spreadsheets take a file for UTF-8 only where it begins so.
  yield `\uFEFF${HEADER}`;
  for await (const passage of passages) {
    const row = { passage, cameraName: cameras.get(passage.cameraId) ?? "" };
    yield csvTable(COLUMNS, [row]).slice(HEADER.length);
  }
}

async function* jsonLines(passages: AsyncIterable<StoredPassage>) {
  for await (const passage of passages) yield `${JSON.stringify(passageOnWire(passage))}\n`;
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
