/** Protobuf's wire format, as far as ONNX files and TensorBoard events need it: fields in, bytes out. */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A whole number of up to 64 bits; negative ones take ten bytes, as int64 does. */
export function numberField(field: number, value: number): Uint8Array {
  return joinBytes([varint(field * 8 + VARINT), varint(value)]);
}

export function floatField(field: number, value: number): Uint8Array {
  return joinBytes([varint(field * 8 + FIXED32), new Uint8Array(Float32Array.of(value).buffer)]);
}

export function doubleField(field: number, value: number): Uint8Array {
  return joinBytes([varint(field * 8 + FIXED64), new Uint8Array(Float64Array.of(value).buffer)]);
}

export function textField(field: number, value: string): Uint8Array {
  return bytesField(field, [new TextEncoder().encode(value)]);
}

/** A message inside a message, or raw bytes. */
export function bytesField(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return joinBytes([varint(field * 8 + LENGTH_DELIMITED), varint(length), ...parts]);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Seven bits a byte, lowest first, the top bit says that more follow. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
