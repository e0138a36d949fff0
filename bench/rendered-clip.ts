/** Clips with known truth: one drawn vehicle that comes near or crosses, by day or night, hidden for a while or not. */
import type { PlateFormat } from "../src/core/formats.ts";
import { formatsOf } from "../src/core/formats.ts";
import { type Box, boxOfQuad } from "../src/core/geometry.ts";
import type { Image } from "../src/core/image.ts";
import { drawBackdrop } from "../src/synth/backdrop.ts";
import { captureFrame, drawCapture } from "../src/synth/camera.ts";
import { composePlate } from "../src/synth/compose-plate.ts";
import { type Frame, frameToImage } from "../src/synth/frame.ts";
import { pastePlate, placeAt } from "../src/synth/paste-plate.ts";
import { createRandom, mixSeed, type Random } from "../src/synth/random.ts";
import { formatPicker } from "../src/synth/region-mix.ts";
import { drawVehicle } from "../src/synth/vehicle.ts";

export interface RenderedClip {
  readonly text: string;
  readonly region: string;
  readonly isNight: boolean;
  readonly isHidden: boolean;
  /** Height of the capitals in the first and the last frame, pixels. */
  readonly capHeightsPx: readonly [first: number, last: number];
  /** `box` is where the plate is, hidden or not. */
  readonly frames: readonly { readonly timeMs: number; readonly image: Image; readonly box: Box }[];
}

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES = 12;
const INTERVAL_MS = 100;

/** Regions whose plates the recognizer's alphabet can write in full. */
const REGIONS = ["de", "fr", "gb", "it", "es", "nl", "pl", "ro", "br", "us", "mx", "in", "vn", "pk", "za", "tr", "se"];

let pick: ((random: Random) => PlateFormat) | undefined; // pure memo

/** The same clip for the same seed. */
export function renderClip(seed: number): RenderedClip {
  const random = createRandom(mixSeed(seed, 77));
  pick ??= formatPicker(formatsOf(REGIONS).filter(({ personalised }) => !personalised));
  const format = pick(random);
  const drawing = composePlate(format, random);
  const isNight = random.chance(0.25);
  const isHidden = random.chance(0.3);
  const severity = random.range(0.5, 1);
  const isCrossing = random.chance(0.5);
  const first = random.range(12, 18);
  const last = isCrossing ? first * random.range(0.95, 1.05) : random.range(first, 30);
  const y = random.range(0.55, 0.8) * HEIGHT;
  const from = isCrossing ? 0.12 * WIDTH : random.range(0.3, 0.7) * WIDTH;
  const to = isCrossing ? random.range(0.6, 0.88) * WIDTH : from + random.range(-0.1, 0.1) * WIDTH;
  const pose = {
    yaw: random.normal() * 0.3,
    pitch: Math.abs(random.normal()) * 0.1,
    roll: random.normal() * 0.03,
    distance: 4,
  };
  const hiddenFrom = random.int(3, FRAMES - 5);
  const backdrop = drawBackdrop(WIDTH, HEIGHT, 0.4, isNight, random);
  const capture = drawCapture(severity, first, random);
  const speedPx = Math.abs(to - from) / FRAMES;
  const frames = Array.from({ length: FRAMES }, (_, i) => {
    const share = i / (FRAMES - 1);
    const capHeightPx = first + (last - first) * share ** 1.5;
    const scene: Frame = { ...backdrop, rgb: backdrop.rgb.slice() };
    // The same numbers again in every frame, so that it stays the same vehicle; the view alone changes.
    const look = createRandom(mixSeed(seed, 78));
    const vehicle = drawVehicle(drawing, isNight, look);
    const heightPx = (capHeightPx * drawing.heightMm) / drawing.capHeightMm;
    const placement = placeAt(drawing, vehicle, heightPx, pose, [from + (to - from) * share, y]);
    pastePlate(scene, drawing, vehicle, placement, severity * 0.6, look);
    if (isHidden && i >= hiddenFrom && i < hiddenFrom + 3)
      hide(
        scene,
        placement.corners.map(([x]) => x),
      );
    const shutter = {
      ...capture,
      ...(isNight ? { exposure: 0.5, noise: capture.noise + 8 } : {}),
      // What moves is smeared by a part of its way, more at night.
      motionPx: speedPx * (isNight ? 0.12 : 0.05),
      motionAngle: 0,
    };
    const image =
      shutter.motionPx > 0.3 || shutter.noise > 0
        ? captureFrame(scene, shutter, createRandom(mixSeed(seed, 79, i)))
        : frameToImage(scene);
    return { timeMs: i * INTERVAL_MS, image, box: boxOfQuad(placement.corners) };
  });
  return { text: drawing.text, region: drawing.region, isNight, isHidden, capHeightsPx: [first, last], frames };
}

/** A post before the plate. */
function hide({ rgb, width, height }: Frame, xs: readonly number[]): void {
  const left = Math.max(0, Math.floor(Math.min(...xs) - 4));
  const right = Math.min(width, Math.ceil(Math.max(...xs) + 4));
  for (let y = 0; y < height; y++) rgb.fill(70, (y * width + left) * 3, (y * width + right) * 3);
}
