/**
 * A training's state as one file, in the layout of safetensors: a length, a JSON header, raw floats.
 * Other programs can read the weights; this one goes on from it.
 */
import { PlateKitError } from "../core/errors.ts";
import type { EpochRecord, FitState } from "./fit.ts";
import { joinBytes } from "./protobuf.ts";

/** What must be the same for a training to go on as if it had never stopped. */
export type CheckpointSettings = Readonly<Record<string, string | number>>;

export interface Checkpoint {
  readonly settings: CheckpointSettings;
  readonly state: FitState;
}

const ARRAYS = ["weights", "moment1", "moment2", "bestWeights"] as const;
/** Longest header believed: ten thousand epochs fit. */
const MAX_HEADER_BYTES = 8 * 1024 * 1024;

export function encodeCheckpoint({ settings, state }: Checkpoint): Uint8Array {
  const { history, step } = state;
  const arrays = ARRAYS.map((name) => [name, state[name]] as const);
  const header: Record<string, unknown> = {
    // The format allows text only in its metadata.
    __metadata__: {
      format: "platekit-training-1",
      settings: JSON.stringify(settings),
      step: String(step),
      history: JSON.stringify(history),
    },
  };
  let offset = 0;
  for (const [name, data] of arrays) {
    header[name] = { dtype: "F32", shape: [data.length], data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = JSON.stringify(header);
  // Padded with blanks, so that the floats start at a multiple of 8.
  const json = new TextEncoder().encode(text.padEnd(text.length + ((8 - (utf8Length(text) % 8)) % 8)));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  const raw = arrays.map(([, { buffer, byteOffset, byteLength }]) => new Uint8Array(buffer, byteOffset, byteLength));
  return joinBytes([length, json, ...raw]);
}

/**
 * Reads what {@link encodeCheckpoint} wrote.
 *
 * @param name names the file in messages.
 * @throws PlateKitError MODEL_MISMATCH for anything else.
 */
export function decodeCheckpoint(bytes: Uint8Array, name: string): Checkpoint {
  try {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
    if (length > Math.min(MAX_HEADER_BYTES, bytes.length - 8))
      throw new RangeError("its header is longer than the file");
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const { format, settings, step, history } = header.__metadata__;
    if (format !== "platekit-training-1") throw new RangeError(`its format is ${format}`);
    const array = (key: (typeof ARRAYS)[number]): Float32Array => {
      const [start, end] = header[key].data_offsets;
      // A copy of its own: where the floats lie in the file need not be a multiple of 4 in memory.
      const part = new Uint8Array(bytes.subarray(8 + length + start, 8 + length + end));
      if (part.length !== 4 * header[key].shape[0] || part.length === 0) throw new RangeError(`its ${key} are cut off`);
      return new Float32Array(part.buffer);
    };
    return {
      settings: JSON.parse(settings) as CheckpointSettings, // written by encodeCheckpoint, as the format says
      state: {
        history: JSON.parse(history) as EpochRecord[],
        step: Number(step),
        weights: array("weights"),
        moment1: array("moment1"),
        moment2: array("moment2"),
        bestWeights: array("bestWeights"),
      },
    };
  } catch (cause) {
    const reason = cause instanceof RangeError ? cause.message : "its header can't be read";
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${name}: not a checkpoint of this program (${reason}); remove it or train without --resume.`,
      { cause },
    );
  }
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
