/** A training's figures for other programs: CSV, and TensorBoard's event files. */
import { appendFile, mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { EpochRecord } from "../train/fit.ts";
import { eventFileStart, scalarEvent } from "../train/tensorboard.ts";
import { unwritable } from "./train-files.ts";

/** One line an epoch after a line of names. */
export function historyCsv(history: readonly EpochRecord[]): string {
  const columns = [
    "epoch",
    "trainingLoss",
    "trainingAccuracy",
    "validationLoss",
    "validationAccuracy",
    "microF1",
    "macroF1",
    "seconds",
  ] as const;
  return [columns.join(","), ...history.map((record) => columns.map((column) => record[column]).join(","))]
    .map((line) => `${line}\n`)
    .join("");
}

/** Appends to an event file of its own: TensorBoard follows a file as it grows, and skips a record that is cut off. */
export interface EventLog {
  write(record: EpochRecord): Promise<void>;
}

/** @throws PlateKitError OUTPUT_UNWRITABLE. */
export async function openEventLog(folder: string, nowMs: () => number = Date.now): Promise<EventLog> {
  const startMs = nowMs();
  const path = join(folder, `events.out.tfevents.${Math.floor(startMs / 1000)}.${hostname()}.${process.pid}`);
  const append = async (bytes: Uint8Array): Promise<void> => {
    await appendFile(path, bytes).catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
  };
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw unwritable(folder, cause);
  });
  await append(eventFileStart(startMs));
  return {
    write: ({ epoch, ...record }) =>
      append(
        scalarEvent(nowMs(), epoch, {
          "loss/training": record.trainingLoss,
          "loss/validation": record.validationLoss,
          "accuracy/training": record.trainingAccuracy,
          "accuracy/validation": record.validationAccuracy,
          "f1/micro": record.microF1,
          "f1/macro": record.macroF1,
        }),
      ),
  };
}
