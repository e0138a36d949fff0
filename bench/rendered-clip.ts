/** Clips with known truth: one drawn vehicle that comes near or crosses, by day or night, hidden for a while or not. */
import type { PlateFormat } from "../src/core/formats.ts";
import { formatsOf } from "../src/core/formats.ts";
import { type Box, boxOfQuad } from "../src/core/geometry.ts";
import { crop, greyscale, type Image } from "../src/core/image.ts";
import { mixSeed } from "../src/core/seed.ts";
import { drawBackdrop } from "../src/synth/backdrop.ts";
import { blurShare, type Capture, captureFrame, drawCapture } from "../src/synth/camera.ts";
import { composePlate } from "../src/synth/compose-plate.ts";
import type { Frame } from "../src/synth/frame.ts";
import { pastePlate, placeAt } from "../src/synth/paste-plate.ts";
import { labelPlate, type PlateLabel } from "../src/synth/plate-label.ts";
import { createRandom, type Random } from "../src/synth/random.ts";
import { formatPicker } from "../src/synth/region-mix.ts";
import { shutterAt, VARIATION } from "../src/synth/shutter.ts";
import { drawVehicle } from "../src/synth/vehicle.ts";

export interface RenderedClip {
  readonly text: string;
  readonly region: string;
  readonly isNight: boolean;
  readonly isHidden: boolean;
  /** Whether a person could read it in the mean of its frames: nothing on the plate hides a character, and ink and ground differ. */
  readonly isLegible: boolean;
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

/**
 * Levels of 255, before noise and coding, by which the faintest character's ink must stand out. Below it no number of frames showed a
 * text to the eye, above it the mean of twelve did, on a sheet of 120 clips.
 */
const LEGIBLE_CONTRAST = 8;

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
  const turn = random.normal() * VARIATION.turn * (isCrossing ? 1 : 1 / 3);
  const nearing = isCrossing ? 0 : random.range(0, 0.12) * HEIGHT;
  const backdrop = drawBackdrop(WIDTH, HEIGHT, 0.4, isNight, random);
  const capture = drawCapture(severity, first, random);
  const speedPx = Math.abs(to - from) / FRAMES;
  let isLegible = false;
  const frames = Array.from({ length: FRAMES }, (_, i) => {
    const share = i / (FRAMES - 1);
    const capHeightPx = first + (last - first) * share ** 1.5;
    const scene: Frame = { ...backdrop, rgb: backdrop.rgb.slice() };
    // The same numbers again in every frame, so that it stays the same vehicle; the view alone changes.
    const look = createRandom(mixSeed(seed, 78));
    const vehicle = drawVehicle(drawing, isNight, look);
    const heightPx = (capHeightPx * drawing.heightMm) / drawing.capHeightMm;
    const moment = createRandom(mixSeed(seed, 80, i));
    const centre = [
      from + (to - from) * share + moment.normal() * VARIATION.bouncePx,
      y + nearing * share + moment.normal() * VARIATION.bouncePx,
    ] as const;
    const view = { ...pose, yaw: pose.yaw + turn * (share - 0.5) };
    const placement = placeAt(drawing, vehicle, heightPx, view, centre);
    const seen = pastePlate(scene, drawing, vehicle, placement, severity * 0.6, look);
    if (isHidden && i >= hiddenFrom && i < hiddenFrom + 3)
      hide(
        scene,
        placement.corners.map(([x]) => x),
      );
    const shutter = shutterAt(capture, isNight, speedPx, capHeightPx, moment);
    if (i === FRAMES - 1) {
      const label = labelPlate(drawing, { ...seen, blurShare: blurShare(shutter, capHeightPx) });
      isLegible = label.legible === "full" && leastContrast(scene, shutter, label, moment) >= LEGIBLE_CONTRAST;
    }
    const image = captureFrame(scene, shutter, createRandom(mixSeed(seed, 79, i)));
    return { timeMs: i * INTERVAL_MS, image, box: boxOfQuad(placement.corners) };
  });
  const { text, region } = drawing;
  return { text, region, isNight, isHidden, isLegible, capHeightsPx: [first, last], frames };
}

/** Of the character whose ink stands out least, before noise and coding. */
function leastContrast(scene: Frame, shutter: Capture, { characters }: PlateLabel, random: Random): number {
  const clean = { ...shutter, noise: 0, chromaNoise: 0, rainStreaks: 0, jpegQuality: 100 };
  const image = captureFrame({ ...scene, rgb: scene.rgb.slice() }, clean, random);
  return Math.min(...characters.map(({ quad }) => inkContrast(image, boxOfQuad(quad))));
}

/** How far apart dark and light are in a box: twice the standard deviation of its luminance, exact for halves of each. */
function inkContrast(image: Image, box: Box): number {
  const greys = [...greyscale(crop(image, box))];
  const mean = greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
  return 2 * Math.sqrt(greys.reduce((sum, grey) => sum + (grey - mean) ** 2, 0) / greys.length);
}

/** A post before the plate. */
function hide({ rgb, width, height }: Frame, xs: readonly number[]): void {
  const left = Math.max(0, Math.floor(Math.min(...xs) - 4));
  const right = Math.min(width, Math.ceil(Math.max(...xs) + 4));
  for (let y = 0; y < height; y++) rgb.fill(70, (y * width + left) * 3, (y * width + right) * 3);
}
