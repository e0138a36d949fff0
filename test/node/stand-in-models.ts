/**
 * Tiny nets that keep the card contracts, written at test time: the detector finds magenta, the recognizer says one text.
 * They let the whole way from file to text be tested without trained weights.
 */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DetectorCard, RecognizerCard } from "../../src/core/model.ts";

/** A plate is found around every cell of this size that is magenta: 160×40 pixels in the detector's input. */
const STRIDE = 16;
const LONG_SIDE = 320;
export const STAND_IN_TEXT = "AB123CD";
export const STAND_IN_REGIONS: readonly string[] = ["fr", "de"];
const SLOTS = 12;
const ALPHABET = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** Half sizes of a found plate in strides; its picture must be drawn so that one cell centre is its middle. */
const HALF_WIDTH = 5;
const HALF_HEIGHT = 1.25;

const COMMON = {
  schema: 1,
  version: "0.0.1",
  input: { name: "image", type: "uint8", layout: "NHWC", colour: "RGB", normalisation: "none" },
  training: { data: [], seed: 0, commit: "none" },
  figures: {},
} as const;

/** Writes `detector.*` and `recognizer.*` into `folder`; `slots` other than the card's make them disagree. */
export async function writeStandInModels(folder: string, { slots = SLOTS } = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  const detector = detectorOnnx();
  const detectorCard: DetectorCard = {
    ...COMMON,
    task: "detector",
    name: "stand-in-detector",
    sha256: sha256(detector),
    resize: { rule: "letterbox", longSide: LONG_SIDE, multiple: 32, pad: 114 },
    outputs: ["output"],
    strides: [STRIDE],
    threshold: 0.5,
    nmsIou: 0.5,
  };
  await writeFile(join(folder, "detector.onnx"), detector);
  await writeFile(join(folder, "detector.json"), JSON.stringify(detectorCard));
  await writeStandInRecognizer(folder, "recognizer", STAND_IN_TEXT, slots);
}

/** Writes `<name>.*`, a recognizer that says `text` of every plate. */
export async function writeStandInRecognizer(folder: string, name: string, text: string, slots = SLOTS): Promise<void> {
  const onnx = recognizerOnnx(text, slots);
  const card: RecognizerCard = {
    ...COMMON,
    task: "recognizer",
    name: `stand-in-${name}`,
    sha256: sha256(onnx),
    resize: { rule: "stretch", width: 128, height: 64, margin: 0.1 },
    outputs: ["characters", "region", "lines", "legibility"],
    slots: SLOTS,
    alphabet: ALPHABET,
    regions: STAND_IN_REGIONS,
    calibration: { temperature: 1, weights: [], bias: 0 },
  };
  await writeFile(join(folder, `${name}.onnx`), onnx);
  await writeFile(join(folder, `${name}.json`), JSON.stringify(card));
}

/** uint8 [1, H, W, 3] → the mean colour of each 16×16 cell → 14 numbers a cell, of which only the score depends on it. */
function detectorOnnx(): Uint8Array {
  // score = (red + blue) / 2 - green - 200, in grey levels: positive for bright magenta alone
  const weights = new Float32Array(14 * 3);
  weights.set([0.5, -1, 0.5]);
  const sides = [HALF_WIDTH, HALF_HEIGHT, HALF_WIDTH, HALF_HEIGHT];
  const corners = [
    -HALF_WIDTH,
    -HALF_HEIGHT,
    HALF_WIDTH,
    -HALF_HEIGHT,
    HALF_WIDTH,
    HALF_HEIGHT,
    -HALF_WIDTH,
    HALF_HEIGHT,
  ];
  return onnxModel({
    name: "stand-in-detector",
    input: [1, "height", "width", 3],
    outputs: { output: [1, 14, "cells"] },
    weights: {
      weights: { shape: [14, 3, 1, 1], data: weights },
      biases: { shape: [14], data: new Float32Array([-200, ...sides, ...corners, -9]) },
      shape: { shape: [3], data: new BigInt64Array([1n, 14n, -1n]) },
    },
    nodes: [
      { op: "Cast", inputs: ["image"], outputs: ["floats"], ints: { to: 1 } },
      { op: "Transpose", inputs: ["floats"], outputs: ["planes"], ints: { perm: [0, 3, 1, 2] } },
      {
        op: "AveragePool",
        inputs: ["planes"],
        outputs: ["cells"],
        ints: { kernel_shape: [STRIDE, STRIDE], strides: [STRIDE, STRIDE] },
      },
      { op: "Conv", inputs: ["cells", "weights", "biases"], outputs: ["map"], ints: { kernel_shape: [1, 1] } },
      { op: "Reshape", inputs: ["map", "shape"], outputs: ["output"] },
    ],
  });
}

/** uint8 [N, 64, 128, 3] → the same logits for every plate: `text`, first region, one line, fully legible. */
function recognizerOnnx(text: string, slots: number): Uint8Array {
  const classes = 1 + ALPHABET.length;
  const characters = new Float32Array(slots * classes);
  for (let slot = 0; slot < slots; slot++) {
    const character = text[slot];
    characters[slot * classes + (character === undefined ? 0 : 1 + ALPHABET.indexOf(character))] = 12;
  }
  const heads = { characters, region: [8, 0], lines: [8, 0], legibility: [8, 0, 0] };
  const gemm = (head: keyof typeof heads, output: string) => ({
    op: "Gemm",
    inputs: ["colour", `${head}Weights`, `${head}Bias`],
    outputs: [output],
  });
  return onnxModel({
    name: "stand-in-recognizer",
    input: ["batch", 64, 128, 3],
    outputs: {
      characters: ["batch", slots, classes],
      region: ["batch", 2],
      lines: ["batch", 2],
      legibility: ["batch", 3],
    },
    weights: {
      ...Object.fromEntries(
        Object.entries(heads).flatMap(([head, bias]) => [
          [`${head}Weights`, { shape: [3, bias.length], data: new Float32Array(3 * bias.length) }],
          [`${head}Bias`, { shape: [bias.length], data: Float32Array.from(bias) }],
        ]),
      ),
      shape: { shape: [3], data: new BigInt64Array([-1n, BigInt(slots), BigInt(classes)]) },
    },
    nodes: [
      { op: "Cast", inputs: ["image"], outputs: ["floats"], ints: { to: 1 } },
      { op: "ReduceMean", inputs: ["floats"], outputs: ["colour"], ints: { axes: [1, 2], keepdims: 0 } },
      gemm("characters", "flat"),
      { op: "Reshape", inputs: ["flat", "shape"], outputs: ["characters"] },
      gemm("region", "region"),
      gemm("lines", "lines"),
      gemm("legibility", "legibility"),
    ],
  });
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

type Size = number | string;

interface Graph {
  readonly name: string;
  readonly input: readonly Size[];
  readonly outputs: Readonly<Record<string, readonly Size[]>>;
  readonly weights: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: Float32Array | BigInt64Array }>
  >;
  readonly nodes: readonly {
    readonly op: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly ints?: Readonly<Record<string, number | readonly number[]>>;
  }[];
}

const FLOAT = 1;
const UINT8 = 2;
const INT64 = 7;

/** A ModelProto; field numbers are those of onnx.proto (IR version 8, opset 17). */
function onnxModel({ name, input, outputs, weights, nodes }: Graph): Uint8Array {
  const graph = [
    ...nodes.map((node) =>
      bytesField(1, [
        ...node.inputs.map((value) => textField(1, value)),
        ...node.outputs.map((value) => textField(2, value)),
        textField(4, node.op),
        ...Object.entries(node.ints ?? {}).map(([key, value]) =>
          bytesField(5, [
            textField(1, key),
            ...(typeof value === "number" ? [numberField(3, value)] : value.map((item) => numberField(8, item))),
            numberField(20, typeof value === "number" ? 2 : 7),
          ]),
        ),
      ]),
    ),
    textField(2, name),
    ...Object.entries(weights).map(([key, { shape, data }]) =>
      bytesField(5, [
        ...shape.map((size) => numberField(1, size)),
        numberField(2, data instanceof Float32Array ? FLOAT : INT64),
        textField(8, key),
        bytesField(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
      ]),
    ),
    valueField(11, "image", UINT8, input),
    ...Object.entries(outputs).map(([key, shape]) => valueField(12, key, FLOAT, shape)),
  ];
  return join8([numberField(1, 8), bytesField(7, graph), bytesField(8, [textField(1, ""), numberField(2, 17)])]);
}

function valueField(field: number, name: string, type: number, shape: readonly Size[]): Uint8Array {
  const dimensions = shape.map((size) =>
    bytesField(1, [typeof size === "number" ? numberField(1, size) : textField(2, size)]),
  );
  const tensor = bytesField(1, [numberField(1, type), bytesField(2, dimensions)]);
  return bytesField(field, [textField(1, name), bytesField(2, [tensor])]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function numberField(field: number, value: number): Uint8Array {
  return join8([varint(field * 8), varint(value)]);
}

function textField(field: number, value: string): Uint8Array {
  return bytesField(field, [new TextEncoder().encode(value)]);
}

function bytesField(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = join8(parts);
  return join8([varint(field * 8 + 2), varint(content.length), content]);
}

function join8(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
