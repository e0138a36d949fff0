/**
 * Decodes Windows bitmaps: 1, 4, 8, 16, 24 and 32 bits, palettes, bit fields, RLE4 and RLE8, either row order.
 * Written here because sharp has no BMP and the decoders on npm lack palettes or run-length coding (DECISIONS).
 * Source: Microsoft, "Bitmap Storage" and "Bitmap Compression".
 */
import type { Image } from "../core/image.ts";

/** What the header says; `size` is that of the picture in pixels. */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bitsPerPixel: number;
  readonly compression: number;
  readonly pixelsAt: number;
  readonly paletteAt: number;
  readonly paletteEntryBytes: 3 | 4;
  readonly paletteLength: number;
}

const RGB = 0;
const RLE8 = 1;
const RLE4 = 2;
const BIT_FIELDS = 3;
const ALPHA_BIT_FIELDS = 6;
const MASKS_AT = 54;

/** Reads the header alone, so that limits can be applied before memory is taken. @throws Error on a header that makes no sense. */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  if (bytes.length < 26) throw new Error("the header is cut off");
  const view = viewOf(bytes);
  const headerSize = view.getUint32(14, true);
  const pixelsAt = view.getUint32(10, true);
  if (headerSize === 12) {
    const bitsPerPixel = view.getUint16(24, true);
    return checkHeader({
      width: view.getUint16(18, true),
      height: view.getUint16(20, true),
      isTopDown: false,
      bitsPerPixel,
      compression: RGB,
      pixelsAt,
      paletteAt: 26,
      paletteEntryBytes: 3,
      paletteLength: bitsPerPixel <= 8 ? 1 << bitsPerPixel : 0,
    });
  }
  if (headerSize < 40 || headerSize > 1024) throw new Error(`a header of ${headerSize} bytes is unknown`);
  if (bytes.length < 14 + headerSize) throw new Error("the header is cut off");
  const height = view.getInt32(22, true);
  const bitsPerPixel = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const masksBytes = headerSize > 40 ? 0 : compression === BIT_FIELDS ? 12 : compression === ALPHA_BIT_FIELDS ? 16 : 0;
  return checkHeader({
    width: view.getInt32(18, true),
    height: Math.abs(height),
    isTopDown: height < 0,
    bitsPerPixel,
    compression,
    pixelsAt,
    paletteAt: 14 + headerSize + masksBytes,
    paletteEntryBytes: 4,
    paletteLength: bitsPerPixel <= 8 ? Math.min(view.getUint32(46, true) || 1 << bitsPerPixel, 1 << bitsPerPixel) : 0,
  });
}

function checkHeader(header: BmpHeader): BmpHeader {
  const { width, height, bitsPerPixel, compression } = header;
  if (width < 1 || height < 1) throw new Error(`a size of ${width}×${height} is impossible`);
  const depths: Readonly<Record<number, readonly number[]>> = {
    [RGB]: [1, 4, 8, 16, 24, 32],
    [RLE8]: [8],
    [RLE4]: [4],
    [BIT_FIELDS]: [16, 32],
    [ALPHA_BIT_FIELDS]: [16, 32],
  };
  if (!depths[compression]?.includes(bitsPerPixel)) {
    throw new Error(`${bitsPerPixel} bits a pixel with compression ${compression} are unknown`);
  }
  return header;
}

/** Decodes a whole bitmap; an alpha channel is dropped, as viewers do. @throws Error when it is cut off or makes no sense. */
export function decodeBmp(bytes: Uint8Array): Image {
  const header = readBmpHeader(bytes);
  const { width, height, bitsPerPixel, compression } = header;
  const isRunLength = compression === RLE8 || compression === RLE4;
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  if (header.pixelsAt >= bytes.length || (!isRunLength && header.pixelsAt + rowBytes * height > bytes.length)) {
    throw new Error("the file ends before its pixels do");
  }
  const data = new Uint8Array(width * height * 3);
  const rowStart = (row: number) => (header.isTopDown ? row : height - 1 - row) * width * 3;
  if (bitsPerPixel <= 8) {
    const palette = readPalette(bytes, header);
    const indexes = isRunLength ? unpackRuns(bytes, header) : unpackIndexes(bytes, header, rowBytes);
    for (let row = 0; row < height; row++) {
      let to = rowStart(row);
      for (let x = 0; x < width; x++) {
        const from = indexes[row * width + x]! * 3;
        data[to++] = palette[from]!;
        data[to++] = palette[from + 1]!;
        data[to++] = palette[from + 2]!;
      }
    }
  } else if (bitsPerPixel === 24) {
    for (let row = 0; row < height; row++) {
      let from = header.pixelsAt + row * rowBytes;
      let to = rowStart(row);
      for (let x = 0; x < width; x++, from += 3) {
        data[to++] = bytes[from + 2]!;
        data[to++] = bytes[from + 1]!;
        data[to++] = bytes[from]!;
      }
    }
  } else {
    unpackMasked(bytes, header, rowBytes, data, rowStart);
  }
  return { width, height, data };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** RGB triples for all 256 indexes; those the file leaves out are black. */
function readPalette(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const palette = new Uint8Array(256 * 3);
  for (let i = 0; i < header.paletteLength; i++) {
    const from = header.paletteAt + i * header.paletteEntryBytes;
    palette[i * 3] = bytes[from + 2] ?? 0;
    palette[i * 3 + 1] = bytes[from + 1] ?? 0;
    palette[i * 3 + 2] = bytes[from] ?? 0;
  }
  return palette;
}

/** One palette index a pixel, rows in file order. */
function unpackIndexes(bytes: Uint8Array, header: BmpHeader, rowBytes: number): Uint8Array {
  const { width, height, bitsPerPixel, pixelsAt } = header;
  const indexes = new Uint8Array(width * height);
  const mask = (1 << bitsPerPixel) - 1;
  const perByte = 8 / bitsPerPixel;
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const byte = bytes[pixelsAt + row * rowBytes + Math.floor(x / perByte)]!;
      indexes[row * width + x] = (byte >> (8 - bitsPerPixel * ((x % perByte) + 1))) & mask;
    }
  }
  return indexes;
}

/** Undoes RLE8 or RLE4. Pixels that runs skip are index 0; runs that leave the row or the picture are cut there. */
function unpackRuns(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const { width, height, compression } = header;
  const indexes = new Uint8Array(width * height);
  const isNibble = compression === RLE4;
  let at = header.pixelsAt;
  let x = 0;
  let row = 0;
  const put = (index: number): void => {
    if (x < width && row < height) indexes[row * width + x] = index;
    x++;
  };
  while (row < height) {
    if (at + 1 >= bytes.length) throw new Error("the file ends before its pixels do");
    const count = bytes[at++]!;
    const code = bytes[at++]!;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(isNibble ? (i % 2 === 0 ? code >> 4 : code & 15) : code);
    } else if (code === 0) {
      x = 0;
      row++;
    } else if (code === 1) {
      return indexes;
    } else if (code === 2) {
      x += bytes[at++] ?? 0;
      row += bytes[at++] ?? 0;
    } else {
      const byteCount = isNibble ? Math.ceil(code / 2) : code;
      for (let i = 0; i < code; i++) {
        const byte = bytes[at + (isNibble ? i >> 1 : i)] ?? 0;
        put(isNibble ? (i % 2 === 0 ? byte >> 4 : byte & 15) : byte);
      }
      at += byteCount + (byteCount % 2); // absolute runs are padded to 16 bits
    }
  }
  return indexes;
}

/** 16 and 32 bits: each channel is cut out by its mask and stretched to 0..255. */
function unpackMasked(
  bytes: Uint8Array,
  header: BmpHeader,
  rowBytes: number,
  data: Uint8Array,
  rowStart: (row: number) => number,
): void {
  const view = viewOf(bytes);
  const is16 = header.bitsPerPixel === 16;
  const standard = is16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff];
  const masks = standard.map((mask, i) => (header.compression === RGB ? mask : view.getUint32(MASKS_AT + i * 4, true)));
  const shifts = masks.map((mask) => (mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)));
  const scales = masks.map((mask, i) => (mask === 0 ? 0 : 255 / (mask >>> shifts[i]!)));
  for (let row = 0; row < header.height; row++) {
    let from = header.pixelsAt + row * rowBytes;
    let to = rowStart(row);
    for (let x = 0; x < header.width; x++, from += is16 ? 2 : 4) {
      const pixel = is16 ? view.getUint16(from, true) : view.getUint32(from, true);
      for (let channel = 0; channel < 3; channel++) {
        data[to++] = Math.round(((pixel & masks[channel]!) >>> shifts[channel]!) * scales[channel]!);
      }
    }
  }
}
