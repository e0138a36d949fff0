/** A made-up installation: pictures, cameras, a day of passages, lists, rules. What the pages are looked at with. */
import { createHash } from "node:crypto";
import sharp from "sharp";
import { formatsOf } from "../../src/core/formats.ts";
import type { PassageOnWire } from "../../src/server/schemas/passages.ts";
import { mixSeed } from "../../src/synth/random.ts";
import { formatPicker } from "../../src/synth/region-mix.ts";
import { DEFAULT_SCENE_OPTIONS, renderScene } from "../../src/synth/render-scene.ts";

export interface StoryPicture {
  readonly hash: string;
  readonly bytes: Buffer;
}

export interface StoryPlate {
  readonly text: string;
  readonly display: string | null;
  readonly region: string;
  readonly corners: PassageOnWire["best"]["corners"];
  readonly box: PassageOnWire["best"]["box"];
  readonly frame: StoryPicture;
  readonly crop: StoryPicture;
}

const SCENE = { ...DEFAULT_SCENE_OPTIONS, difficulty: 0.15, negativeShare: 0, longSide: [640, 720] as const };

/** Drawn vehicles, one plate each; the same ones every time. */
export async function drawPlates(count: number): Promise<readonly StoryPlate[]> {
  const plates: StoryPlate[] = [];
  const pick = formatPicker(formatsOf(["de", "fr", "nl", "gb", "es"]));
  for (let seed = 1; plates.length < count; seed++) {
    const { image, plates: labels } = renderScene(pick, mixSeed(11, seed), SCENE);
    const label = labels[0];
    if (label === undefined || label.box[2] < 60 || label.legible !== "full") continue;
    const source = sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
    const [x, y, width, height] = label.box;
    const area = { left: Math.floor(x), top: Math.floor(y), width: Math.floor(width), height: Math.floor(height) };
    plates.push({
      text: label.text,
      display: null,
      region: label.region,
      corners: label.corners,
      box: label.box,
      frame: picture(await source.clone().jpeg({ quality: 80 }).toBuffer()),
      crop: picture(await source.clone().extract(area).resize({ width: 240 }).jpeg({ quality: 85 }).toBuffer()),
    });
  }
  return plates;
}

function picture(bytes: Buffer): StoryPicture {
  return { hash: createHash("sha256").update(bytes).digest("hex"), bytes };
}
