/**
 * Raw RGB frames with their times as a Matroska stream, the one container that is simple to write and that ffmpeg
 * reads from a pipe with a time on every frame (https://www.matroska.org/technical/elements.html).
 */

/** Ids of the elements used, as bytes. */
const ID = {
  ebml: [0x1a, 0x45, 0xdf, 0xa3],
  docType: [0x42, 0x82],
  docTypeVersion: [0x42, 0x87],
  docTypeReadVersion: [0x42, 0x85],
  segment: [0x18, 0x53, 0x80, 0x67],
  information: [0x15, 0x49, 0xa9, 0x66],
  timestampScale: [0x2a, 0xd7, 0xb1],
  tracks: [0x16, 0x54, 0xae, 0x6b],
  trackEntry: [0xae],
  trackNumber: [0xd7],
  trackUid: [0x73, 0xc5],
  trackType: [0x83],
  codecId: [0x86],
  video: [0xe0],
  pixelWidth: [0xb0],
  pixelHeight: [0xba],
  colourSpace: [0x2e, 0xb5, 0x24],
  cluster: [0x1f, 0x43, 0xb6, 0x75],
  timestamp: [0xe7],
  simpleBlock: [0xa3],
} as const;

/** Nanoseconds a tick: whole milliseconds would make 33, 33, 34 of a steady 30 frames a second. */
const TICK_NS = 1000;

/** What a stream of frames of one size begins with. */
export function matroskaHeader(width: number, height: number): Uint8Array {
  const track = element(ID.trackEntry, [
    element(ID.trackNumber, number(1)),
    element(ID.trackUid, number(1)),
    element(ID.trackType, number(1)),
    element(ID.codecId, text("V_UNCOMPRESSED")),
    element(ID.video, [
      element(ID.pixelWidth, number(width)),
      element(ID.pixelHeight, number(height)),
      element(ID.colourSpace, [Uint8Array.of(0x52, 0x47, 0x42, 24)]), // "RGB" and the bits of a pixel
    ]),
  ]);
  return concat([
    element(ID.ebml, [
      element(ID.docType, text("matroska")),
      element(ID.docTypeVersion, number(4)),
      element(ID.docTypeReadVersion, number(2)),
    ]),
    // A size of all ones: it ends with the pipe.
    Uint8Array.from([...ID.segment, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    element(ID.information, [element(ID.timestampScale, number(TICK_NS))]),
    element(ID.tracks, [track]),
  ]);
}

/** What stands before a frame's pixels: a cluster of its own, so that its time may be any. */
export function matroskaFrameHeader(timeMs: number, byteLength: number): Uint8Array {
  const timestamp = element(ID.timestamp, number(Math.round((timeMs * 1e6) / TICK_NS)));
  // Track 1, time 0 in its cluster, a key frame.
  const block = Uint8Array.of(0x81, 0, 0, 0x80);
  const blockHead = Uint8Array.from([...ID.simpleBlock, ...sizeBytes(block.length + byteLength)]);
  const clusterSize = timestamp.length + blockHead.length + block.length + byteLength;
  return concat([Uint8Array.from([...ID.cluster, ...sizeBytes(clusterSize)]), timestamp, blockHead, block]);
}

function element(id: readonly number[], parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return concat([Uint8Array.from([...id, ...sizeBytes(size)]), ...parts]);
}

/** A size in eight bytes, the longest form, since length is of no matter here. */
function sizeBytes(size: number): number[] {
  const bytes = [0x01];
  for (let shift = 48; shift >= 0; shift -= 8) bytes.push(Math.floor(size / 2 ** shift) % 256);
  return bytes;
}

function number(value: number): Uint8Array[] {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [Uint8Array.from(bytes)];
}

function text(value: string): Uint8Array[] {
  return [new TextEncoder().encode(value)];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
