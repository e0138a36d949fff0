/** Small folders of class folders, drawn for the tests. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import sharp from "sharp";

/** A folder that goes when its test ends. */
export async function temporaryFolder(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "platekit-train-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A white bar on black: upright for "I", lying for "-", of varied place and thickness. */
export async function drawBar(kind: "I" | "-", variant: number): Promise<Buffer> {
  const thickness = 4 + (variant % 3);
  const place = 8 + (variant % 5);
  const rectangle =
    kind === "I"
      ? `x="${place}" y="3" width="${thickness}" height="22"`
      : `x="3" y="${place}" width="22" height="${thickness}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"><rect width="28" height="28"/><rect ${rectangle} fill="#fff"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/**
 * DIR/train and DIR/val with the classes `class_I` and `-`, learnt in seconds.
 * With `hopeless`, val says the opposite of train, so that no training ends early.
 */
export async function drawBars(folder: string, { train = 12, val = 4, hopeless = false } = {}): Promise<void> {
  for (const [half, count] of [
    ["train", train],
    ["val", val],
  ] as const) {
    const isSwapped = hopeless && half === "val";
    for (let i = 0; i < count; i++) {
      await put(join(folder, half, "class_I", `${i}.png`), await drawBar(isSwapped ? "-" : "I", i));
      await put(join(folder, half, "-", `${i}.png`), await drawBar(isSwapped ? "I" : "-", i));
    }
  }
}

/** Writes a file and the folders above it. */
export async function put(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
