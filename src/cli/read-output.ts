/** The forms in which `platekit read` prints: a table, JSON, JSON lines, CSV. Each is fed one image after the other. */
import { styleText } from "node:util";
import { printableName } from "../node/printable-name.ts";
import type { Terminal } from "./command.ts";
import type { ImageRecord, PlateRecord } from "./image-record.ts";

export type OutputForm = "table" | "json" | "jsonl" | "csv";

/** Texts to print before, for each image, and at the end. */
export interface ReadOutput {
  readonly head: string;
  /** What goes to standard error instead of standard output is in `complaint`. */
  image(record: ImageRecord): { readonly text: string; readonly complaint: string };
  readonly tail: string;
}

export interface TableLayout {
  /** Width of the longest image path. */
  readonly imageWidth: number;
  /** Whether to list candidates. */
  readonly candidates: boolean;
}

export function createReadOutput(form: OutputForm, stdout: Terminal["stdout"], layout: TableLayout): ReadOutput {
  switch (form) {
    case "json":
      return jsonOutput();
    case "jsonl":
      return { head: "", image: (record) => printed(`${JSON.stringify(record)}\n`), tail: "" };
    case "csv":
      return { head: `${CSV_COLUMNS.join(",")}\n`, image: (record) => printed(csvRows(record)), tail: "" };
    case "table":
      return tableOutput(stdout, layout);
  }
}

function printed(text: string): { text: string; complaint: string } {
  return { text, complaint: "" };
}

function jsonOutput(): ReadOutput {
  let separator = "\n";
  return {
    head: "[",
    image(record) {
      const text = `${separator}${JSON.stringify(record)}`;
      separator = ",\n";
      return printed(text);
    },
    tail: "\n]\n",
  };
}

/** One row a plate; an image without plates, or one that could not be read, has one row with no text. */
const CSV_COLUMNS = [
  ...["image", "text", "display", "confidence", "region", "regionConfidence", "lines"],
  ...["x", "y", "width", "height", "x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"],
  ...["detectionConfidence", "doubt", "error"],
] as const;

function csvRows(record: ImageRecord): string {
  if ("error" in record) return csvRow({ image: record.image, error: `${record.error.code}: ${record.error.message}` });
  if (record.plates.length === 0) return csvRow({ image: record.image });
  return record.plates.map((plate) => csvRow({ image: record.image, ...csvPlate(plate) })).join("");
}

function csvPlate({ box, corners, candidates: _candidates, characters: _characters, ...rest }: PlateRecord) {
  const [x, y, width, height] = box;
  const [[x1, y1], [x2, y2], [x3, y3], [x4, y4]] = corners;
  return { ...rest, x, y, width, height, x1, y1, x2, y2, x3, y3, x4, y4 };
}

function csvRow(values: Partial<Record<(typeof CSV_COLUMNS)[number], string | number | null>>): string {
  const cells = CSV_COLUMNS.map((column) => String(values[column] ?? ""));
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\n`;
}

/** Longer paths push their row to the right instead of every row. */
const MAX_IMAGE_WIDTH = 60;
const PLATE_WIDTH = 12;

function tableOutput(stdout: Terminal["stdout"], layout: TableLayout): ReadOutput {
  // styleText honours NO_COLOR by itself.
  const paint = (style: "bold" | "dim" | "green" | "yellow" | "red", text: string): string =>
    stdout.isTTY ? styleText(style, text, { stream: stdout }) : text;
  const imageWidth = Math.min(MAX_IMAGE_WIDTH, Math.max("IMAGE".length, layout.imageWidth));
  const columns = (image: string, plate: string, confidence: string, region: string, box: string, rest: string) =>
    `${[pad(image, imageWidth), pad(plate, PLATE_WIDTH), confidence.padStart(6), pad(region, 6), pad(box, 19), rest].join("  ").trimEnd()}\n`;
  const row = (image: string, plate: PlateRecord): string => {
    const style = plate.confidence >= 0.9 ? "green" : plate.confidence >= 0.5 ? "yellow" : "red";
    // Rounded down, so that only certainty reads as 100 %.
    const confidence = `${Math.floor(plate.confidence * 100)} %`;
    const others = layout.candidates ? plate.candidates.slice(1).map(({ text }) => text) : [];
    const rest = [plate.doubt ?? "", others.length > 0 ? `or ${others.join(", ")}` : ""].filter(Boolean).join("; ");
    const line = columns(
      image,
      plate.display ?? (plate.text || "?"),
      confidence,
      plate.region ?? "",
      boxText(plate),
      rest,
    );
    return line.replace(confidence, paint(style, confidence));
  };
  return {
    head: `${paint("bold", columns("IMAGE", "PLATE", "SURE", "REGION", "X,Y WIDTHxHEIGHT", "DOUBT").trimEnd())}\n`,
    image(record) {
      const image = printableName(record.image);
      if ("error" in record) return { text: "", complaint: `platekit read: ${record.error.message}\n` };
      if (record.plates.length === 0) return printed(`${pad(image, imageWidth)}  ${paint("dim", "no plate")}\n`);
      return printed(record.plates.map((plate) => row(image, plate)).join(""));
    },
    tail: "",
  };
}

function boxText({ box }: PlateRecord): string {
  const [x, y, width, height] = box.map(Math.round);
  return `${x},${y} ${width}x${height}`;
}

/** Pads to terminal columns; Chinese, Japanese and Korean characters take two. */
function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textColumns(text)));
}

export function textColumns(text: string): number {
  let columns = 0;
  for (const character of text)
    columns += /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character) ? 2 : 1;
  return columns;
}
