import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import type { EpochRecord } from "../../src/train/fit.ts";

const record: EpochRecord = {
  epoch: 1,
  trainingLoss: 1 / 3,
  trainingAccuracy: 0.5,
  validationLoss: 0.1,
  validationAccuracy: 0.9,
  microF1: 0.9,
  macroF1: 0.8,
  seconds: 2.5,
};
const checkpoint = {
  settings: { preset: "small", classes: "Ä Ö 0", seed: 1 },
  state: {
    history: [record],
    step: 54,
    weights: Float32Array.of(1, -2.5, 1e-38),
    moment1: Float32Array.of(0.1, 0.2, 0.3),
    moment2: Float32Array.of(4, 5, 6),
    bestWeights: Float32Array.of(7, 8, 9),
  },
};

test("a checkpoint comes back as it was", () => {
  assert.deepEqual(decodeCheckpoint(encodeCheckpoint(checkpoint), "a"), checkpoint);
  // What readFile gives: a view into a larger block, at any offset.
  const bytes = encodeCheckpoint(checkpoint);
  const block = Buffer.concat([Buffer.of(1), bytes, Buffer.of(2)]);
  assert.deepEqual(decodeCheckpoint(block.subarray(1, bytes.length + 1), "a"), checkpoint);
  const fresh = { ...checkpoint, state: { ...checkpoint.state, history: [], step: 0 } };
  assert.deepEqual(decodeCheckpoint(encodeCheckpoint(fresh), "a"), fresh);
});

test("it is a safetensors file: length, JSON, aligned floats", () => {
  const bytes = encodeCheckpoint(checkpoint);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  assert.deepEqual(header.moment1, { dtype: "F32", shape: [3], data_offsets: [12, 24] });
  assert.ok(Object.values(header.__metadata__).every((value) => typeof value === "string"));
  assert.equal(bytes.length, 8 + length + 4 * 3 * 4);
});

const damaged = [
  { name: "an empty file", spoil: () => new Uint8Array(0) },
  { name: "a text", spoil: () => new TextEncoder().encode("this is not a checkpoint at all") },
  { name: "a file cut off in its header", spoil: (bytes: Uint8Array) => bytes.subarray(0, 100) },
  { name: "a file cut off in its floats", spoil: (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 5) },
  { name: "JSON of another program", spoil: () => encodeForeign({ __metadata__: { format: "pt" } }) },
  { name: "JSON without metadata", spoil: () => encodeForeign({}) },
];
for (const { name, spoil } of damaged) {
  test(`a damaged checkpoint is refused: ${name}`, () => {
    assert.throws(() => decodeCheckpoint(spoil(encodeCheckpoint(checkpoint)), "net.checkpoint"), {
      code: "MODEL_MISMATCH",
      message: /^net\.checkpoint: not a checkpoint of this program .* train without --resume\.$/,
    });
  });
}

function encodeForeign(header: unknown): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
