/** One image as JSON: the format of `platekit read --json` and `--jsonl`, to which fields are only ever added. */
import type { ErrorCode } from "../core/errors.ts";
import type { Box, Quad } from "../core/geometry.ts";
import type { Candidate, CharacterRead, Doubt, PlateRead } from "../core/read.ts";
import type { ImageRead, ReadTimes } from "../node/read-job.ts";

export interface PlateRecord {
  readonly text: string;
  readonly display: string | null;
  readonly confidence: number;
  readonly region: string | null;
  readonly regionConfidence: number | null;
  readonly lines: 1 | 2;
  readonly box: Box;
  readonly corners: Quad;
  readonly detectionConfidence: number;
  readonly characters: readonly CharacterRead[];
  readonly candidates: readonly Candidate[];
  readonly doubt: Doubt | null;
}

export type ImageRecord =
  | {
      readonly image: string;
      readonly width: number;
      readonly height: number;
      readonly plates: readonly PlateRecord[];
      readonly ms: ReadTimes;
    }
  | { readonly image: string; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** Confidences to four decimals, pixels and milliseconds to one: more would be noise. */
export function imageRecord(image: string, { width, height, plates, ms }: ImageRead): ImageRecord {
  return {
    image,
    width,
    height,
    plates: plates.map(plateRecord),
    ms: { decode: tenths(ms.decode), detect: tenths(ms.detect), read: tenths(ms.read), total: tenths(ms.total) },
  };
}

function plateRecord(plate: PlateRead): PlateRecord {
  const { box, corners, lines, confidence } = plate.detection;
  const rounded = ({ text, confidence }: CharacterRead | Candidate) => ({ text, confidence: share(confidence) });
  return {
    text: plate.text,
    display: plate.display,
    confidence: share(plate.confidence),
    region: plate.region,
    regionConfidence: plate.regionConfidence === null ? null : share(plate.regionConfidence),
    lines,
    box: [tenths(box[0]), tenths(box[1]), tenths(box[2]), tenths(box[3])],
    corners: [point(corners[0]), point(corners[1]), point(corners[2]), point(corners[3])],
    detectionConfidence: share(confidence),
    characters: plate.characters.map(rounded),
    candidates: plate.candidates.map(rounded),
    doubt: plate.doubt,
  };
}

function point([x, y]: readonly [number, number]): readonly [number, number] {
  return [tenths(x), tenths(y)];
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function share(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
