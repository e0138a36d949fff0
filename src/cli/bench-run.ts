/** Sends labelled pictures through a reader and keeps what it said; does not judge it. */

import { PlateKitError } from "../core/errors.ts";
import { boxOfQuad, type Quad, quadOfBox } from "../core/geometry.ts";
import type { Detection, PlateRead } from "../core/read.ts";
import type { Sample } from "../node/dataset.ts";
import type { Outcome } from "./bench-judge.ts";

/** What the reader under test said of a picture. */
export interface PictureReads {
  /** Size of the picture as decoded. */
  readonly width: number;
  readonly height: number;
  readonly plates: readonly PlateRead[];
  readonly ms: number;
}

/** The engine under test; `quad` tells where the plate is, when only its reading is asked for. */
export interface ReaderUnderTest {
  read(path: string): Promise<PictureReads>;
  readPlateAt(path: string, quad: Quad): Promise<PictureReads>;
}

export interface Measured {
  /** In the order of the samples. */
  readonly outcomes: readonly Outcome[];
  /** Pictures that could not be read, named. */
  readonly problems: readonly PlateKitError[];
  /** CPU time of the whole process, its worker threads included. */
  readonly cpuMs: number;
}

/**
 * Reads all samples, `concurrency` at a time. A picture that can't be read is a problem, not an end.
 *
 * @param onRead is called after each picture, read or not.
 */
export async function measure(
  samples: readonly Sample[],
  reader: ReaderUnderTest,
  concurrency: number,
  onRead: () => void = () => {},
): Promise<Measured> {
  const outcomes: (Outcome | PlateKitError)[] = new Array(samples.length);
  const before = process.cpuUsage();
  let next = 0;
  const lane = async () => {
    while (next < samples.length) {
      const index = next++;
      outcomes[index] = await readSample(samples[index]!, reader).catch((error: unknown) => {
        next = samples.length; // the other lanes need not start what nobody will wait for
        throw error;
      });
      onRead();
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, samples.length) }, lane));
  const { user, system } = process.cpuUsage(before);
  return {
    outcomes: outcomes.filter((outcome): outcome is Outcome => !(outcome instanceof PlateKitError)),
    problems: outcomes.filter((outcome) => outcome instanceof PlateKitError),
    cpuMs: (user + system) / 1000,
  };
}

async function readSample(sample: Sample, reader: ReaderUnderTest): Promise<Outcome | PlateKitError> {
  try {
    const { width, height, plates, ms } = await (sample.kind === "crop"
      ? reader.readPlateAt(sample.path, plateQuad(sample))
      : reader.read(sample.path));
    if (width !== sample.width || height !== sample.height) {
      return new PlateKitError(
        "DATASET_INVALID",
        `${sample.source}: says ${sample.width}×${sample.height}, but ${sample.path} is ${width}×${height}; its boxes can't be used.`,
      );
    }
    return { sample, plates, ms };
  } catch (error) {
    if (error instanceof PlateKitError && error.code !== "READER_CLOSED") return error;
    throw error;
  }
}

/** Where the plate of a crop is: its corners, else its box, else (a crop of no plate) the whole picture. */
export function plateQuad(sample: Pick<Sample, "plates" | "width" | "height">): Quad {
  const plate = sample.plates[0];
  if (plate === undefined) return quadOfBox([0, 0, sample.width, sample.height]);
  return plate.corners ?? quadOfBox(plate.box);
}

/** A plate whose place is known, as a detector would tell it. The lines are for the recognizer to find out. */
export function givenDetection(quad: Quad): Detection {
  return { box: boxOfQuad(quad), corners: quad, lines: 1, confidence: 1 };
}
