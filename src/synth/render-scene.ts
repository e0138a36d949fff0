/** Labelled scenes: vehicles with plates before a drawn street or a given picture without plates. */

import type { PlateFormat } from "../core/formats.ts";
import { type Box, boxOfQuad, iou, type Point, type Quad } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import { canvasOf, drawBackdrop, photoBackdrop } from "./backdrop.ts";
import { blurShare, type Capture, captureFrame, drawCapture } from "./camera.ts";
import { composePlate } from "./compose-plate.ts";
import type { PlateDrawing } from "./drawing.ts";
import { type Frame, frameToImage } from "./frame.ts";
import { compressJpeg } from "./jpeg-artefacts.ts";
import { setText } from "./lettering.ts";
import { drawDistractorText } from "./no-plate.ts";
import { pastePlate, placeAt } from "./paste-plate.ts";
import { type LabelledImage, labelPlate, type PlateLabel, type PlateView } from "./plate-label.ts";
import { createRandom, type Random } from "./random.ts";
import { paintMarks } from "./surroundings.ts";
import { drawVehicle } from "./vehicle.ts";

export interface SceneOptions {
  /** 0 clean and frontal, 1 as bad as traffic cameras get. */
  readonly difficulty: number;
  /** Share of scenes without a plate. */
  readonly negativeShare: number;
  readonly freeShare: number;
  /** Longer side in pixels, drawn from this range. */
  readonly longSide: readonly [from: number, to: number];
}

export const DEFAULT_SCENE_OPTIONS: SceneOptions = {
  difficulty: 0.5,
  negativeShare: 0.03,
  freeShare: 0,
  longSide: [640, 960],
};

/** Renders one scene; `background` is a picture without plates, or undefined for a drawn street. */
export function renderScene(
  pickFormat: (random: Random) => PlateFormat,
  seed: number,
  options: SceneOptions,
  background?: Image,
): LabelledImage {
  const random = createRandom(seed);
  const severity = Math.min(1, options.difficulty * random.range(0.3, 1.4));
  const longSide = random.int(...options.longSide);
  const aspect = random.pick([4 / 3, 4 / 3, 16 / 9, 1, 3 / 4, 3 / 2]);
  const width = aspect >= 1 ? longSide : Math.round(longSide * aspect);
  const height = aspect >= 1 ? Math.round(longSide / aspect) : longSide;
  const isNight = random.chance(0.12);
  const horizon = random.range(0.25, 0.55);
  const frame =
    background === undefined
      ? drawBackdrop(width, height, horizon, isNight, random)
      : photoBackdrop(background, width, height, random);
  const views: { drawing: PlateDrawing; view: Omit<PlateView, "blurShare"> }[] = [];
  const count = random.chance(options.negativeShare)
    ? 0
    : random.weighted([
        [1, 6],
        [2, 3],
        [3, 1.5],
        [4, 0.5],
      ] as const);
  const heights = Array.from(
    { length: count },
    () => (9 + 6 * (1 - severity)) * (height / 90) ** (random.next() * 1.1),
  );
  // the smallest plates are the farthest: draw them first
  for (const heightPx of heights.sort((a, b) => a - b)) {
    const drawing = composePlate(pickFormat(random), random, options.freeShare);
    const isLoose = background !== undefined && random.chance(0.4);
    const view = placePlate(
      frame,
      drawing,
      heightPx,
      { severity, horizon, isNight, isLoose },
      views.map((other) => boxOfQuad(other.view.corners)),
      random,
    );
    if (view !== undefined) views.push({ drawing, view });
  }
  const smallest = Math.min(40, ...views.map(({ view }) => view.capHeightPx));
  const drawn = drawCapture(severity * 0.8, smallest * 1.2, random);
  // coloured vehicles before a grey picture would give themselves away
  const turnsGrey = background !== undefined && isGrey(background) && random.chance(0.8);
  const capture: Capture = turnsGrey ? { ...drawn, saturation: 0 } : drawn;
  const image = takePicture(frame, capture, random);
  const plates = views.map(
    ({ drawing, view }): PlateLabel =>
      labelPlate(drawing, { ...view, blurShare: blurShare(capture, view.capHeightPx) }),
  );
  return { image, kind: plates.length === 0 ? "negative" : "scene", plates };
}

function isGrey({ data }: Image): boolean {
  for (let at = 0; at + 2 < data.length; at += 3000) {
    if (Math.abs(data[at]! - data[at + 1]!) > 6 || Math.abs(data[at + 1]! - data[at + 2]!) > 6) return false;
  }
  return true;
}

/** The camera's work, with a time stamp burnt in between sensor and codec. */
function takePicture(frame: Frame, capture: Capture, random: Random): Image {
  let image = captureFrame(frame, { ...capture, jpegQuality: 100 }, random);
  if (random.chance(0.2)) {
    const overlaid: Frame = { ...frame, rgb: Float32Array.from(image.data) };
    const cap = Math.max(8, frame.height * random.range(0.02, 0.035));
    const y = random.chance(0.5) ? cap : frame.height - 2.2 * cap;
    const colour = random.pick([
      [250, 250, 250],
      [250, 230, 60],
      [20, 20, 20],
    ] as const);
    paintMarks(
      canvasOf(overlaid),
      setText(drawDistractorText(random), [cap, y, frame.width * 0.6, cap], "arimo-bold", colour, "left"),
    );
    image = frameToImage(overlaid);
  }
  return capture.jpegQuality < 100 ? compressJpeg(image, capture.jpegQuality) : image;
}

interface Setting {
  readonly severity: number;
  readonly horizon: number;
  readonly isNight: boolean;
  /** The plate alone with a feathered rim, no vehicle. */
  readonly isLoose: boolean;
}

const MAX_PLACING_TRIES = 12;

/** Draws a plate on its vehicle into the frame, where it hides no other plate; undefined when there is no room. */
function placePlate(
  frame: Frame,
  drawing: PlateDrawing,
  heightPx: number,
  setting: Setting,
  taken: readonly Box[],
  random: Random,
): Omit<PlateView, "blurShare"> | undefined {
  const vehicle = setting.isLoose ? undefined : drawVehicle(drawing, setting.isNight, random);
  const clamp = (angle: number): number => Math.min(1.0, Math.max(-1.0, angle));
  const pose = {
    yaw: clamp(random.normal() * 0.38 * setting.severity),
    pitch: clamp(Math.abs(random.normal()) * 0.2 * setting.severity),
    roll: random.normal() * 0.05 * setting.severity,
    distance: random.range(2, 6),
  };
  const highest = vehicle === undefined ? 0.1 : Math.max(0.3, setting.horizon);
  for (let attempt = 0; attempt < MAX_PLACING_TRIES; attempt++) {
    const centre: Point = [random.range(0.06, 0.94) * frame.width, random.range(highest, 0.96) * frame.height];
    const placement = placeAt(drawing, vehicle, heightPx, pose, centre);
    const hides = taken.some((box) => iou(box, boxOfQuad(placement.outline)) > 0);
    if (hides || !isMostlyInside(placement.corners, frame)) continue;
    return pastePlate(frame, drawing, vehicle, placement, setting.severity, random);
  }
  return undefined;
}

/** Cut plates are welcome, plates outside the picture are not. */
function isMostlyInside(corners: Quad, frame: Frame): boolean {
  const inside = corners.filter(([x, y]) => x >= 0 && y >= 0 && x <= frame.width && y <= frame.height);
  return inside.length >= 2;
}
