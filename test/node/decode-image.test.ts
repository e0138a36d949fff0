import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { decodeImage, readImageFile } from "../../src/node/decode-image.ts";
import { hugePng } from "./huge-png.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Left half red, right half blue; large enough that lossy formats keep the middles of the halves. */
const WIDTH = 64;
const HEIGHT = 32;
const LIMITS = { maxBytes: 1e6, maxPixels: 1e6 };

function halves(channels: 3 | 4, alpha = 255): Sharp {
  const data = new Uint8Array(WIDTH * HEIGHT * channels);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const colour = i % WIDTH < WIDTH / 2 ? [255, 0, 0, alpha] : [0, 0, 255, alpha];
    data.set(colour.slice(0, channels), i * channels);
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

/** A grey of 40000/65535 all over. */
function deep(channels: 1 | 3): Sharp {
  const data = new Uint16Array(WIDTH * HEIGHT * channels).fill(40000);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } }).toColourspace(
    channels === 1 ? "grey16" : "rgb16",
  );
}

function bitmap(): Buffer {
  const header = Buffer.alloc(54);
  header.write("BM");
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(WIDTH, 18);
  header.writeInt32LE(HEIGHT, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  const row = Buffer.concat([Buffer.alloc(96, Buffer.from([0, 0, 255])), Buffer.alloc(96, Buffer.from([255, 0, 0]))]);
  return Buffer.concat([header, ...new Array<Buffer>(HEIGHT).fill(row)]);
}

function assertColour(found: Uint8Array, expected: readonly number[], tolerance: number): void {
  const isNear = expected.every((value, i) => Math.abs(value - found[i]!) <= tolerance);
  assert.ok(isNear, `expected about ${expected}, found ${found}`);
}

describe("decodeImage", () => {
  const RED = [255, 0, 0];
  const BLUE = [0, 0, 255];
  const GREY = [156, 156, 156];
  const cases: readonly {
    name: string;
    bytes: () => Promise<Buffer> | Buffer;
    format: string;
    left?: readonly number[];
    right?: readonly number[];
    tolerance?: number;
  }[] = [
    { name: "JPEG", bytes: () => halves(3).jpeg({ quality: 95 }).toBuffer(), format: "jpeg" },
    {
      name: "progressive JPEG",
      bytes: () => halves(3).jpeg({ quality: 95, progressive: true }).toBuffer(),
      format: "jpeg",
    },
    {
      name: "grey JPEG",
      bytes: () =>
        sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: "#9c9c9c" } })
          .toColourspace("b-w")
          .jpeg()
          .toBuffer(),
      format: "jpeg",
      left: GREY,
      right: GREY,
    },
    {
      name: "CMYK JPEG",
      bytes: () => halves(3).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer(),
      format: "jpeg",
      right: [70, 60, 150],
      tolerance: 50,
    },
    { name: "PNG", bytes: () => halves(3).png().toBuffer(), format: "png", tolerance: 0 },
    { name: "PNG with a palette", bytes: () => halves(3).png({ palette: true }).toBuffer(), format: "png" },
    { name: "16-bit PNG", bytes: () => deep(3).png().toBuffer(), format: "png", left: GREY, right: GREY, tolerance: 1 },
    {
      name: "16-bit grey PNG",
      bytes: () => deep(1).png().toBuffer(),
      format: "png",
      left: GREY,
      right: GREY,
      tolerance: 1,
    },
    {
      name: "16-bit TIFF",
      bytes: () => deep(3).tiff().toBuffer(),
      format: "tiff",
      left: GREY,
      right: GREY,
      tolerance: 1,
    },
    { name: "opaque PNG with alpha", bytes: () => halves(4).png().toBuffer(), format: "png", tolerance: 0 },
    {
      name: "PNG that is half transparent, on white",
      bytes: () => halves(4, 128).png().toBuffer(),
      format: "png",
      left: [255, 127, 127],
      right: [127, 127, 255],
      tolerance: 2,
    },
    { name: "WebP", bytes: () => halves(3).webp({ quality: 95 }).toBuffer(), format: "webp" },
    { name: "AVIF", bytes: () => halves(3).avif({ quality: 90 }).toBuffer(), format: "avif" },
    { name: "TIFF", bytes: () => halves(3).tiff().toBuffer(), format: "tiff" },
    { name: "GIF", bytes: () => halves(3).gif().toBuffer(), format: "gif" },
    { name: "BMP", bytes: bitmap, format: "bmp", tolerance: 0 },
  ];
  for (const { name, bytes, format, left = RED, right = BLUE, tolerance = 12 } of cases) {
    test(`reads ${name} as 8-bit RGB`, async () => {
      const image = await decodeImage(await bytes(), "picture", LIMITS);
      assert.deepEqual([image.width, image.height, image.format], [WIDTH, HEIGHT, format]);
      assert.equal(image.data.length, WIDTH * HEIGHT * 3);
      const at = (x: number) => image.data.subarray((16 * WIDTH + x) * 3, (16 * WIDTH + x) * 3 + 3);
      assertColour(at(16), left, tolerance);
      assertColour(at(48), right, tolerance);
    });
  }

  test("turns a picture upright as EXIF says", async () => {
    const bytes = await halves(3).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const { width, height, data } = await decodeImage(bytes, "picture", LIMITS);
    assert.deepEqual([width, height], [HEIGHT, WIDTH]);
    assertColour(data.subarray((16 * HEIGHT + 16) * 3), RED, 12); // left became top
    assertColour(data.subarray((48 * HEIGHT + 16) * 3), BLUE, 12);
  });

  test("takes the first frame of an animated GIF", async () => {
    const frame = (background: string) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toBuffer();
    const bytes = await sharp([await frame("#ff0000"), await frame("#0000ff")], { join: { animated: true } })
      .gif()
      .toBuffer();
    assert.equal((await sharp(bytes).metadata()).pages, 2);
    const { width, height, data } = await decodeImage(bytes, "picture", LIMITS);
    assert.deepEqual([width, height], [8, 8]);
    assertColour(data, RED, 0);
  });

  test("reads a single pixel, and bytes in shared memory", async () => {
    const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: "#0a141e" } })
      .png()
      .toBuffer();
    const shared = new Uint8Array(new SharedArrayBuffer(png.length));
    shared.set(png);
    assert.deepEqual([...(await decodeImage(shared, "pixel", LIMITS)).data], [10, 20, 30]);
  });

  test("reads a large picture below the limit", async () => {
    const { width, height, data } = await decodeImage(hugePng(1000, 1000), "large", LIMITS);
    assert.deepEqual([width, height, data.every((value) => value === 0)], [1000, 1000, true]);
  });

  test("goes by content, not by name", async () => {
    const image = await decodeImage(await halves(3).png().toBuffer(), "renamed.jpg", LIMITS);
    assert.equal(image.format, "png");
  });

  const jpeg = () => halves(3).jpeg().toBuffer();
  const half = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2));
  const refused: readonly { name: string; bytes: () => Promise<Buffer> | Buffer; code: string; message: RegExp }[] = [
    {
      name: "no bytes",
      bytes: () => Buffer.alloc(0),
      code: "IMAGE_UNREADABLE",
      message: /^x\.jpg: the file is empty \(0 bytes\); copy/,
    },
    {
      name: "a text",
      bytes: () => Buffer.from("hello\nworld"),
      code: "IMAGE_UNREADABLE",
      message: /^x\.jpg: not a picture but a text; convert/,
    },
    {
      name: "an SVG",
      bytes: () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
      code: "IMAGE_UNREADABLE",
      message: /but a text/,
    },
    { name: "a PDF", bytes: () => Buffer.from("%PDF-1.7\n"), code: "IMAGE_UNREADABLE", message: /but a PDF document/ },
    {
      name: "HEIC",
      bytes: () => Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"),
      code: "IMAGE_UNREADABLE",
      message: /but an HEIC picture; convert it to JPEG/,
    },
    {
      name: "a video",
      bytes: () => Buffer.from("\0\0\0\x14ftypisom\0\0\0\0mp42", "latin1"),
      code: "IMAGE_UNREADABLE",
      message: /but a video/,
    },
    {
      name: "noise",
      bytes: () => Buffer.from([1, 2, 3, 0, 255]),
      code: "IMAGE_UNREADABLE",
      message: /no picture format/,
    },
    {
      name: "half a JPEG",
      bytes: async () => half(await jpeg()),
      code: "IMAGE_UNREADABLE",
      message: /damaged or cut off, .*JPEG/,
    },
    {
      name: "the start of a JPEG",
      bytes: () => Buffer.from([0xff, 0xd8, 0xff]),
      code: "IMAGE_UNREADABLE",
      message: /damaged or cut off/,
    },
    ...(["png", "webp", "avif", "gif", "tiff"] as const).map((format) => ({
      name: `half a ${format.toUpperCase()}`,
      bytes: async () => half(await halves(3).toFormat(format).toBuffer()),
      code: "IMAGE_UNREADABLE",
      message: /damaged or cut off/,
    })),
    { name: "half a BMP", bytes: () => half(bitmap()), code: "IMAGE_UNREADABLE", message: /ends before its pixels/ },
    {
      name: "a text that starts with BM",
      bytes: () => Buffer.from("BMW drives ".repeat(9)),
      code: "IMAGE_UNREADABLE",
      message: /BMP/,
    },
    {
      name: "more pixels than the limit",
      bytes: () =>
        sharp({ create: { width: 1001, height: 1000, channels: 3, background: "#888" } })
          .png()
          .toBuffer(),
      code: "IMAGE_TOO_LARGE",
      message: /^x\.jpg: 1001×1000 pixels are more than the limit of 1000000; .*--max-pixels/,
    },
    {
      name: "more bytes than the limit",
      bytes: () => Buffer.alloc(1_000_001),
      code: "IMAGE_TOO_LARGE",
      message: /more bytes \(1000001\) than the limit of 1000000; .*--max-bytes/,
    },
  ];
  for (const { name, bytes, code, message } of refused) {
    test(`refuses ${name} in one line that names the file`, async () => {
      await assert.rejects(decodeImage(await bytes(), "x.jpg", LIMITS), (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.ok(!error.message.includes("\n"));
        return true;
      });
    });
  }

  test("refuses 20000×20000 pixels and a bomb from their headers, before taking memory", async () => {
    const bytes = hugePng(20000, 20000);
    assert.ok(bytes.length < 1e6);
    // A bomb: a small bitmap header that claims 2 gigapixels of run-length coding.
    const bomb = bitmap();
    bomb.writeInt32LE(50000, 18);
    bomb.writeInt32LE(50000, 22);
    const before = process.memoryUsage().rss;
    for (const file of [bytes, bomb]) {
      const startMs = performance.now();
      await assert.rejects(decodeImage(file, "bomb.png"), { code: "IMAGE_TOO_LARGE" });
      assert.ok(performance.now() - startMs < 1000);
    }
    assert.ok(process.memoryUsage().rss - before < 50e6);
  });
});

describe("readImageFile", () => {
  test("reads a file, and names what is wrong with one", async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path("a.bin"), "0123456789");
    assert.equal(Buffer.from(await readImageFile(folder.path("a.bin"))).toString(), "0123456789");
    await assert.rejects(readImageFile(folder.path("a.bin"), { maxBytes: 9, maxPixels: 1 }), {
      code: "IMAGE_TOO_LARGE",
      message: /a\.bin: more bytes \(10\) than the limit of 9/,
    });
    await assert.rejects(readImageFile(folder.path("none")), { code: "FILE_NOT_FOUND", message: /none: no such file/ });
    await assert.rejects(readImageFile(folder.path("a.bin", "b")), { code: "FILE_NOT_FOUND" });
    await assert.rejects(readImageFile(folder.path("n".repeat(300))), {
      code: "FILE_UNREADABLE",
      message: /ENAMETOOLONG/,
    });
    await assert.rejects(readImageFile(folder.path("a\nb\x1b[31m")), (error: Error) =>
      error.message.includes("a\\nb\\x1b[31m:"),
    );
    await mkdir(folder.path("inner"));
    await assert.rejects(readImageFile(folder.path("inner")), {
      code: "FILE_UNREADABLE",
      message: /a folder, pipe or device/,
    });
  });

  test("does not wait for a named pipe that nobody writes to", { skip: process.platform === "win32" }, async () => {
    await using folder = await temporaryFolder();
    execFileSync("mkfifo", [folder.path("pipe.jpg")]);
    await assert.rejects(readImageFile(folder.path("pipe.jpg")), { code: "FILE_UNREADABLE" });
  });

  test("says when permission is missing", { skip: process.platform === "win32" }, async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path("secret.jpg"), "x");
    await chmod(folder.path("secret.jpg"), 0);
    await chmod(folder.path(), 0o755);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534); // root may read everything, so be nobody for a moment
    try {
      await assert.rejects(readImageFile(folder.path("secret.jpg")), {
        code: "FILE_UNREADABLE",
        message: /permission denied/,
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test("a file under /proc, which claims to be empty, is not read on and on", {
    skip: process.platform !== "linux",
  }, async () => {
    assert.equal((await readImageFile("/proc/self/maps")).length, 0);
    assert.ok((await readFile("/proc/self/maps")).length > 0);
  });
});
