import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrainingRuntime } from "../../src/cli/train-runtime.ts";
import { BATCH, createGraph } from "../../src/train/graph.ts";
import { encodeOnnx } from "../../src/train/onnx-encode.ts";
import { bytesField, doubleField, floatField, numberField, textField } from "../../src/train/protobuf.ts";

/** From the protobuf documentation, "Encoding": field 1 = 150 is 08 96 01; field 2 = "testing" is 12 07 74…67. */
const fields = [
  { name: "zero", bytes: numberField(1, 0), expected: "0800" },
  { name: "a number of two groups", bytes: numberField(1, 150), expected: "089601" },
  { name: "a negative number takes ten bytes", bytes: numberField(1, -2), expected: "08feffffffffffffffff01" },
  { name: "beyond 32 bits", bytes: numberField(1, 2 ** 35), expected: "08808080808001" },
  { name: "text", bytes: textField(2, "testing"), expected: "120774657374696e67" },
  { name: "empty text", bytes: textField(2, ""), expected: "1200" },
  { name: "a message in a message", bytes: bytesField(3, [numberField(1, 150)]), expected: "1a03089601" },
  { name: "a field above 15", bytes: numberField(20, 1), expected: "a00101" },
  { name: "a float", bytes: floatField(2, 1), expected: "150000803f" },
  { name: "a double", bytes: doubleField(1, 1), expected: "09000000000000f03f" },
];
for (const { name, bytes, expected } of fields) {
  test(`protobuf: ${name}`, () => assert.equal(Buffer.from(bytes).toString("hex"), expected));
}

test("ONNX Runtime runs an encoded graph: constants, attributes, a free batch", async () => {
  const graph = createGraph();
  const pixels = graph.input("pixels", "uint8", [BATCH, 3]);
  const floats = graph.add("Cast", [pixels], [BATCH, 3], { to: 1 });
  const doubled = graph.add("Mul", [floats, graph.floats([2], [1])], [BATCH, 3]);
  graph.output("sums", graph.add("ReduceSum", [doubled, graph.integers([1])], [BATCH], { keepdims: 0 }));
  graph.output("turned", graph.add("Transpose", [doubled], [3, BATCH], { perm: [1, 0] }));
  const session = await createTrainingRuntime(1).load(encodeOnnx(graph.build("sums"), { maker: "test" }));
  const { sums, turned } = await session.run({ pixels: { data: Uint8Array.of(1, 2, 3, 4, 5, 255), shape: [2, 3] } });
  await session.close();
  assert.deepEqual([...sums!.data], [12, 528]);
  assert.deepEqual([...turned!.data], [2, 8, 4, 10, 6, 510]);
  assert.deepEqual(turned!.shape, [3, 2]);
});

test("a constant that does not fill its shape is a bug", () => {
  assert.throws(() => createGraph().floats([1, 2, 3], [2, 2]), RangeError);
});

test("equal integer vectors are stored once", () => {
  const graph = createGraph();
  graph.integers([1, 2]);
  graph.integers([1, 2]);
  graph.integers([12]);
  assert.equal(graph.build("g").constants.length, 2);
});

test("a graph that ONNX Runtime refuses is a failed training", async () => {
  await assert.rejects(createTrainingRuntime(1).load(Uint8Array.of(1, 2, 3)), { code: "TRAINING_FAILED" });
});
