/** Scalars in TensorBoard's event format: protobuf events in TFRecord frames. Bytes only; the caller writes them. */
import { bytesField, doubleField, floatField, joinBytes, numberField, textField } from "./protobuf.ts";

/** What every event file starts with. */
export function eventFileStart(timeMs: number): Uint8Array {
  return frame(joinBytes([doubleField(1, timeMs / 1000), textField(3, "brain.Event:2")]));
}

/** One event: the values of some curves at one step. */
export function scalarEvent(timeMs: number, step: number, scalars: Readonly<Record<string, number>>): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytesField(1, [textField(1, tag), floatField(2, value)]),
  );
  return frame(joinBytes([doubleField(1, timeMs / 1000), numberField(2, step), bytesField(5, values)]));
}

/** TFRecord: length, its checksum, the record, its checksum. */
function frame(record: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(record.length), true);
  return joinBytes([length, maskedChecksum(length), record, maskedChecksum(record)]);
}

function maskedChecksum(bytes: Uint8Array): Uint8Array {
  const checksum = crc32c(bytes);
  const masked = ((checksum >>> 15) | (checksum << 17)) + 0xa282ead8;
  const encoded = new Uint8Array(4);
  new DataView(encoded.buffer).setUint32(0, masked >>> 0, true);
  return encoded;
}

/** Castagnoli's polynomial, reflected. */
const POLYNOMIAL = 0x82f63b78;

/** CRC-32C; a few hundred bytes an epoch need no table. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  }
  return ~crc >>> 0;
}
