import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32c, eventFileStart, scalarEvent } from "../../src/train/tensorboard.ts";

const text = (value: string) => new TextEncoder().encode(value);

/** RFC 3720, appendix B.4, and the usual check value. */
const checksums = [
  { name: "nothing", bytes: new Uint8Array(0), expected: 0 },
  { name: "123456789", bytes: text("123456789"), expected: 0xe3069283 },
  { name: "32 zeros", bytes: new Uint8Array(32), expected: 0x8a9136aa },
  { name: "32 ones", bytes: new Uint8Array(32).fill(255), expected: 0x62a8ab43 },
];
for (const { name, bytes, expected } of checksums) {
  test(`crc32c of ${name}`, () => assert.equal(crc32c(bytes), expected));
}

test("the start of an event file is what TensorFlow writes", () => {
  // tf.summary.create_file_writer at wall time 1600000000: length 24, its checksum, the event, its checksum.
  const bytes = eventFileStart(1_600_000_000_000);
  assert.equal(Buffer.from(bytes.subarray(0, 12)).toString("hex"), "1800000000000000a37f4b22");
  assert.equal(
    Buffer.from(bytes.subarray(12, 36)).toString("hex"),
    `090000000084d7d741${"1a0d"}${Buffer.from("brain.Event:2").toString("hex")}`,
  );
  assert.equal(bytes.length, 12 + 24 + 4);
});

test("a scalar event holds its step, tags and values", () => {
  const bytes = scalarEvent(0, 3, { loss: 0.5 });
  const value = `0a04${Buffer.from("loss").toString("hex")}150000003f`;
  assert.equal(
    Buffer.from(bytes.subarray(12, bytes.length - 4)).toString("hex"),
    `0900000000000000001003${"2a0d0a0b"}${value}`,
  );
});
