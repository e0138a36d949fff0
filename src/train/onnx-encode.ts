/**
 * Writes an ONNX file: the few messages of onnx.proto that our graphs use, in protobuf's wire format.
 * Field numbers are those of onnx.proto (IR version 8); it knows nothing of what the nodes compute.
 */
import { bytesField, joinBytes, numberField, textField } from "./protobuf.ts";

/** What a tensor may hold here, by the name that ONNX Runtime uses too. */
export type ElementType = "float32" | "uint8" | "int32" | "int64";

/** A size that is only known when the graph runs carries a name. */
export type Dimension = number | string;

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** Whole numbers; none of our operators wants text or fractions. */
export type OnnxAttribute = number | readonly number[];

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph; nodes come in the order in which they can run. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxConstant[];
  readonly nodes: readonly OnnxNode[];
}

/** 13 is the newest set whose operators all runtimes in use (also in browsers) have had for years; IR 8 came with it. */
const OPERATOR_SET = 13;
const IR_VERSION = 8;

/** TensorProto.DataType */
const DATA_TYPES: Readonly<Record<ElementType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7 };
/** AttributeProto.AttributeType */
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/**
 * The bytes of an .onnx file (ModelProto).
 *
 * @param metadata pairs that tools show beside the graph.
 */
export function encodeOnnx(graph: OnnxGraph, metadata: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> {
  return joinBytes([
    numberField(1, IR_VERSION),
    textField(2, "platekit"),
    bytesField(7, encodeGraph(graph)),
    bytesField(8, [textField(1, ""), numberField(2, OPERATOR_SET)]),
    ...Object.entries(metadata).map(([key, value]) => bytesField(14, [textField(1, key), textField(2, value)])),
  ]);
}

/** GraphProto */
function encodeGraph({ name, inputs, outputs, constants, nodes }: OnnxGraph): Uint8Array[] {
  return [
    ...nodes.map((node, index) => bytesField(1, encodeNode(node, index))),
    textField(2, name),
    ...constants.map((constant) => bytesField(5, encodeConstant(constant))),
    ...inputs.map((value) => bytesField(11, encodeValue(value))),
    ...outputs.map((value) => bytesField(12, encodeValue(value))),
  ];
}

/** NodeProto; the position makes the name that profiles and error messages show. */
function encodeNode({ operator, inputs, outputs, attributes }: OnnxNode, index: number): Uint8Array[] {
  return [
    ...inputs.map((input) => textField(1, input)),
    ...outputs.map((output) => textField(2, output)),
    textField(3, `${operator}_${index}`),
    textField(4, operator),
    ...Object.entries(attributes).map(([name, value]) => bytesField(5, encodeAttribute(name, value))),
  ];
}

/** AttributeProto */
function encodeAttribute(name: string, value: OnnxAttribute): Uint8Array[] {
  if (typeof value === "number") return [textField(1, name), numberField(3, value), numberField(20, ATTRIBUTE_INT)];
  return [textField(1, name), ...value.map((item) => numberField(8, item)), numberField(20, ATTRIBUTE_INTS)];
}

/** TensorProto with raw data, which is little-endian by definition as every platform JavaScript runs on. */
function encodeConstant({ name, shape, data }: OnnxConstant): Uint8Array[] {
  return [
    ...shape.map((size) => numberField(1, size)),
    numberField(2, data instanceof Float32Array ? DATA_TYPES.float32 : DATA_TYPES.int64),
    textField(8, name),
    bytesField(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  ];
}

/** ValueInfoProto */
function encodeValue({ name, type, shape }: OnnxValue): Uint8Array[] {
  const sizes = shape.map((size) =>
    bytesField(1, [typeof size === "number" ? numberField(1, size) : textField(2, size)]),
  );
  const tensor = bytesField(1, [numberField(1, DATA_TYPES[type]), bytesField(2, sizes)]);
  return [textField(1, name), bytesField(2, [tensor])];
}
