import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBmp, readBmpHeader } from "../../src/node/decode-bmp.ts";

const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
/** The picture that most cases encode: red green / blue white. */
const SQUARE = [...RED, ...GREEN, ...BLUE, ...WHITE];

interface BmpParts {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  readonly palette?: readonly (readonly number[])[];
  readonly masks?: readonly number[];
  /** Rows in file order, padded. */
  readonly pixels: readonly number[];
}

/** A file with a 40-byte header. Palette entries are RGB. */
function bmp({ width, height, bits, compression = 0, palette = [], masks = [], pixels }: BmpParts): Uint8Array {
  const pixelsAt = 54 + palette.length * 4 + masks.length * 4;
  const bytes = new Uint8Array(pixelsAt + pixels.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, pixelsAt, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, bits, true);
  view.setUint32(30, compression, true);
  view.setUint32(46, palette.length, true);
  masks.forEach((mask, i) => {
    view.setUint32(54 + i * 4, mask, true);
  });
  palette.forEach(([red = 0, green = 0, blue = 0], i) => {
    bytes.set([blue, green, red, 0], 54 + masks.length * 4 + i * 4);
  });
  bytes.set(pixels, pixelsAt);
  return bytes;
}

const PALETTE = [RED, GREEN, BLUE, WHITE];
const bgr = ([red, green, blue]: readonly number[]) => [blue!, green!, red!];

const cases: readonly { name: string; bytes: Uint8Array; expected?: readonly number[] }[] = [
  {
    name: "24 bits, bottom row first, rows padded to 4 bytes",
    bytes: bmp({
      width: 2,
      height: 2,
      bits: 24,
      pixels: [...bgr(BLUE), ...bgr(WHITE), 0, 0, ...bgr(RED), ...bgr(GREEN), 0, 0],
    }),
  },
  {
    name: "24 bits, top row first",
    bytes: bmp({
      width: 2,
      height: -2,
      bits: 24,
      pixels: [...bgr(RED), ...bgr(GREEN), 0, 0, ...bgr(BLUE), ...bgr(WHITE), 0, 0],
    }),
  },
  {
    name: "32 bits, the fourth byte ignored",
    bytes: bmp({
      width: 2,
      height: 2,
      bits: 32,
      pixels: [BLUE, WHITE, RED, GREEN].flatMap((colour) => [...bgr(colour), 0]),
    }),
  },
  {
    name: "32 bits in bit fields of another order",
    bytes: bmp({
      width: 2,
      height: 2,
      bits: 32,
      compression: 3,
      masks: [0xff, 0xff00, 0xff0000],
      pixels: [BLUE, WHITE, RED, GREEN].flatMap((colour) => [...colour, 7]),
    }),
  },
  {
    name: "16 bits, 5 a channel",
    bytes: bmp({ width: 2, height: 2, bits: 16, pixels: [0x1f, 0, 0xff, 0x7f, 0, 0x7c, 0xe0, 0x03] }),
  },
  {
    name: "16 bits in bit fields 5-6-5",
    bytes: bmp({
      width: 2,
      height: 2,
      bits: 16,
      compression: 3,
      masks: [0xf800, 0x07e0, 0x001f],
      pixels: [0x1f, 0, 0xff, 0xff, 0, 0xf8, 0xe0, 0x07],
    }),
  },
  {
    name: "8 bits with a palette",
    bytes: bmp({ width: 2, height: 2, bits: 8, palette: PALETTE, pixels: [2, 3, 0, 0, 0, 1, 0, 0] }),
  },
  {
    name: "4 bits with a palette",
    bytes: bmp({ width: 2, height: 2, bits: 4, palette: PALETTE, pixels: [0x23, 0, 0, 0, 0x01, 0, 0, 0] }),
  },
  {
    name: "1 bit with a palette",
    bytes: bmp({ width: 2, height: 1, bits: 1, palette: [WHITE, RED], pixels: [0b0100_0000, 0, 0, 0] }),
    expected: [...WHITE, ...RED],
  },
  {
    name: "8 bits run-length coded: runs, literals, ends of lines",
    bytes: bmp({
      width: 2,
      height: 2,
      bits: 8,
      compression: 1,
      palette: PALETTE,
      pixels: [1, 2, 1, 3, 0, 0, 1, 0, 1, 1, 0, 1],
    }),
  },
  {
    name: "8 bits run-length coded: an absolute run, padded",
    bytes: bmp({
      width: 3,
      height: 1,
      bits: 8,
      compression: 1,
      palette: PALETTE,
      pixels: [0, 3, 0, 1, 2, 0, 0, 1],
    }),
    expected: [...RED, ...GREEN, ...BLUE],
  },
  {
    name: "4 bits run-length coded, a jump leaves the first colour",
    bytes: bmp({
      width: 3,
      height: 1,
      bits: 4,
      compression: 2,
      palette: PALETTE,
      pixels: [0, 2, 2, 0, 1, 0x30, 0, 1],
    }),
    expected: [...RED, ...RED, ...WHITE],
  },
  {
    name: "a run beyond the picture is cut",
    bytes: bmp({ width: 1, height: 1, bits: 8, compression: 1, palette: PALETTE, pixels: [255, 1, 0, 1] }),
    expected: GREEN,
  },
];
for (const { name, bytes, expected = SQUARE } of cases) {
  test(`decodeBmp: ${name}`, () => {
    assert.deepEqual([...decodeBmp(bytes).data], expected);
  });
}

const good = bmp({ width: 2, height: 2, bits: 24, pixels: new Array(16).fill(0) });
const refused: readonly { name: string; bytes: Uint8Array; message: RegExp }[] = [
  { name: "no bytes", bytes: new Uint8Array(), message: /header is cut off/ },
  { name: "a header cut off", bytes: good.slice(0, 40), message: /header is cut off/ },
  { name: "pixels cut off", bytes: good.slice(0, -1), message: /ends before its pixels do/ },
  { name: "a width of nothing", bytes: bmp({ width: 0, height: 2, bits: 24, pixels: [] }), message: /size of 0×2/ },
  { name: "7 bits", bytes: bmp({ width: 1, height: 1, bits: 7, pixels: [0] }), message: /7 bits/ },
  {
    name: "JPEG inside",
    bytes: bmp({ width: 1, height: 1, bits: 24, compression: 4, pixels: [0] }),
    message: /compression 4/,
  },
  {
    name: "runs cut off",
    bytes: bmp({ width: 9, height: 9, bits: 8, compression: 1, palette: PALETTE, pixels: [1, 1] }),
    message: /ends before its pixels do/,
  },
];
for (const { name, bytes, message } of refused) {
  test(`decodeBmp refuses ${name}`, () => {
    assert.throws(() => decodeBmp(bytes), message);
  });
}

test("readBmpHeader reads the size without the pixels, so that limits come before memory", () => {
  const header = readBmpHeader(bmp({ width: 100_000, height: -100_000, bits: 24, pixels: [] }));
  assert.deepEqual([header.width, header.height, header.isTopDown], [100_000, 100_000, true]);
});

test("decodeBmp never fails but with an Error of its own, whatever the bytes", () => {
  let state = 1;
  const random = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  for (let round = 0; round < 500; round++) {
    const damaged = cases[random(cases.length)]!.bytes.slice();
    for (let hit = 0; hit < 3; hit++) damaged[random(damaged.length)] = random(256);
    // Sizes beyond a megapixel are refused by decodeImage before they get here.
    try {
      const { width, height } = readBmpHeader(damaged);
      if (width * height > 1e6) continue;
      const { data } = decodeBmp(damaged);
      assert.equal(data.length, width * height * 3);
    } catch (error) {
      assert.ok(error instanceof Error && error.name === "Error", `${String(error)} in round ${round}`);
    }
  }
});
