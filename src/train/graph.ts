/** Writes down a computation node by node, keeping the shape of every value. It does not know what a layer is. */
import type { ElementType, OnnxAttribute, OnnxConstant, OnnxGraph, OnnxNode, OnnxValue } from "./onnx-encode.ts";

/** The first axis of most values: known only when the graph runs. -1 as in ONNX's Reshape. */
export const BATCH = -1;

/** A tensor inside the graph. A size of BATCH (at most one an axis list) is free. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface GraphBuilder {
  input(name: string, type: ElementType, shape: readonly number[]): Value;
  /** A float constant. */
  floats(data: Float32Array | readonly number[], shape: readonly number[]): Value;
  /** A vector of whole numbers: shapes, axes, positions. Equal vectors are stored once. */
  integers(data: readonly number[]): Value;
  /** Appends a node with one output of shape `shape`. */
  add(
    operator: string,
    inputs: readonly Value[],
    shape: readonly number[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): Value;
  /** Appends a node with one output for each of `shapes`. */
  addMany(
    operator: string,
    inputs: readonly Value[],
    shapes: readonly (readonly number[])[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): Value[];
  /** Makes `value` an output of the graph under `name`. */
  output(name: string, value: Value, type?: ElementType): void;
  build(name: string): OnnxGraph;
}

/** An empty graph to append to. */
export function createGraph(): GraphBuilder {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const constants: OnnxConstant[] = [];
  const nodes: OnnxNode[] = [];
  const integerVectors = new Map<string, Value>();
  let count = 0;
  const constant = (data: Float32Array | BigInt64Array, shape: readonly number[]): Value => {
    const value = { name: `c${constants.length}`, shape };
    constants.push({ ...value, data });
    return value;
  };
  const addMany: GraphBuilder["addMany"] = (operator, from, shapes, attributes = {}) => {
    const values = shapes.map((shape) => ({ name: `v${count++}`, shape }));
    const names = (list: readonly Value[]) => list.map(({ name }) => name);
    nodes.push({ operator, inputs: names(from), outputs: names(values), attributes });
    return values;
  };
  return {
    input(name, type, shape) {
      inputs.push({ name, type, shape: withBatch(shape) });
      return { name, shape };
    },
    floats(data, shape) {
      const floats = data instanceof Float32Array ? data : Float32Array.from(data);
      if (floats.length !== elementCount(shape)) {
        throw new RangeError(`${floats.length} numbers do not fill a constant of ${shape.join("×")}.`);
      }
      return constant(floats, shape);
    },
    integers(data) {
      const key = data.join();
      const known = integerVectors.get(key);
      if (known) return known;
      const value = constant(BigInt64Array.from(data, BigInt), [data.length]);
      integerVectors.set(key, value);
      return value;
    },
    add: (operator, from, shape, attributes) => addMany(operator, from, [shape], attributes)[0]!,
    addMany,
    output(name, value, type = "float32") {
      nodes.push({ operator: "Identity", inputs: [value.name], outputs: [name], attributes: {} });
      outputs.push({ name, type, shape: withBatch(value.shape) });
    },
    build: (name) => ({ name, inputs, outputs, constants, nodes }),
  };
}

/** How many numbers a value of this shape holds; shapes with a free batch have no count. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function withBatch(shape: readonly number[]): (number | string)[] {
  return shape.map((size) => (size === BATCH ? "batch" : size));
}
