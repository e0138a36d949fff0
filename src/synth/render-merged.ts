/** One labelled picture as video reads plates in: the mean of a passing plate's pictures in several frames. */
import type { PlateFormat } from "../core/formats.ts";
import { applyHomography, boxOfQuad, homography, type Point, type Quad } from "../core/geometry.ts";
import { mergeCrops, sharpened, type WeightedCrop } from "../core/merge-crops.ts";
import { insetQuad, rectifyPlate } from "../core/rectify.ts";
import { drawBackdrop } from "./backdrop.ts";
import { returnFloats } from "./buffers.ts";
import { blurShare, captureFrame, drawCapture } from "./camera.ts";
import { composePlate } from "./compose-plate.ts";
import type { Frame } from "./frame.ts";
import { pastePlate, placeAt } from "./paste-plate.ts";
import { type LabelledImage, labelPlate, mapLabel, type PlateLabel } from "./plate-label.ts";
import { createRandom, type Random } from "./random.ts";
import { shutterAt, VARIATION } from "./shutter.ts";
import { drawVehicle } from "./vehicle.ts";

/** Of every merged picture, as the recognizer's card has it. */
export const MERGED_SIZE = { width: 160, height: 64, margin: 0.06 } as const;

/** Frames of a passage, evenly in time, of which some in a row are seen. */
const FRAMES = 12;
const FEWEST = 3;
/** Of more frames than these every second is drawn: the others would change the mean by little. */
const MANY = 8;

/** Height of capitals in the first frame, and the most in the last, pixels. */
const FIRST_PX = [10, 19] as const;
const LAST_PX = 30;

/**
 * Standard deviations of the detector's corners, shares of the plate's width and height, as measured on 40 rendered clips: off in
 * all frames alike, and in each on its own.
 */
const CORNERS = { common: [0.033, 0.075], own: [0.012, 0.035] } as const;

/** Pixels around a plate that its frame shows. */
const RIM_PX = 12;

/**
 * A plate of 10 to 30 px high capitals passes by, day or night, is cut out of each frame a little askew, and merged as `watch` does.
 * The same picker, seed and share give the same bytes.
 *
 * @param freeShare share of plates whose text is anything, on an issued layout.
 */
export function renderMerged(
  pickFormat: (random: Random) => PlateFormat,
  seed: number,
  freeShare: number,
): LabelledImage {
  const random = createRandom(seed);
  const drawing = composePlate(pickFormat(random), random, freeShare);
  const isNight = random.chance(0.25);
  const severity = random.range(0.5, 1);
  const isCrossing = random.chance(0.5);
  const first = random.range(...FIRST_PX);
  const last = isCrossing ? first * random.range(0.95, 1.05) : random.range(first, LAST_PX);
  const pose = {
    yaw: random.normal() * 0.3,
    pitch: Math.abs(random.normal()) * 0.1,
    roll: random.normal() * 0.03,
    distance: 4,
  };
  const turn = random.normal() * VARIATION.turn * (isCrossing ? 1 : 1 / 3);
  const capture = { ...drawCapture(severity, first, random), rainStreaks: 0 };
  const speedPx = isCrossing ? random.range(25, 40) : random.range(0, 5);
  const seen = random.int(FEWEST, FRAMES);
  const begin = random.int(0, FRAMES - seen);
  const askew = cornerErrors(CORNERS.common, random);
  // The same numbers in every frame, so that it stays the same vehicle; the view alone changes.
  const [vehicleSeed, placeSeed] = [random.int(0, 2 ** 31), random.int(0, 2 ** 31)];
  const crops: WeightedCrop[] = [];
  let label: PlateLabel | undefined;
  for (let i = begin; i < begin + seen; i += seen > MANY ? 2 : 1) {
    const share = i / (FRAMES - 1);
    const capHeightPx = first + (last - first) * share ** 1.5;
    const heightPx = (capHeightPx * drawing.heightMm) / drawing.capHeightMm;
    const widthPx = (heightPx * drawing.widthMm) / drawing.heightMm;
    // Sides as JPEG's blocks have them.
    const width = Math.ceil((1.25 * widthPx + 2 * RIM_PX) / 8) * 8;
    const height = Math.ceil((1.6 * heightPx + 0.1 * widthPx + 2 * RIM_PX) / 8) * 8;
    const look = createRandom(vehicleSeed);
    const vehicle = drawVehicle(drawing, isNight, look);
    const moment = createRandom(random.int(0, 2 ** 31));
    const centre: Point = [width / 2 + moment.range(-4, 4), height / 2 + moment.range(-4, 4)];
    const view = { ...pose, yaw: pose.yaw + turn * (share - 0.5) };
    const placement = placeAt(drawing, vehicle, heightPx, view, centre);
    const scene: Frame = drawBackdrop(width, height, 0.4, isNight, createRandom(placeSeed));
    const pasted = pastePlate(scene, drawing, vehicle, placement, severity * 0.6, look);
    const shutter = shutterAt(capture, isNight, speedPx, capHeightPx, moment);
    const image = captureFrame(scene, shutter, moment);
    returnFloats(scene.rgb);
    const corners = found(placement.corners, askew, cornerErrors(CORNERS.own, moment));
    const straight = rectifyPlate(image, { box: boxOfQuad(corners), corners }, MERGED_SIZE);
    crops.push({ image: straight, weight: moment.range(0.5, 1) });
    label = straightLabel(labelPlate(drawing, { ...pasted, blurShare: blurShare(shutter, capHeightPx) }), corners);
  }
  const image = sharpened(mergeCrops(crops));
  return { image, kind: "crop", plates: [label!] }; // of the last of three frames or more
}

function cornerErrors([across, down]: readonly [number, number], random: Random): readonly Point[] {
  return Array.from({ length: 4 }, (): Point => [random.normal() * across, random.normal() * down]);
}

/** Corners as a detector gives them: off by both errors along the plate's own sides. */
function found(quad: Quad, common: readonly Point[], own: readonly Point[]): Quad {
  const [a, b, , d] = quad;
  return quad.map(([x, y], i): Point => {
    const across = common[i]![0] + own[i]![0]; // four each
    const down = common[i]![1] + own[i]![1];
    return [x + across * (b[0] - a[0]) + down * (d[0] - a[0]), y + across * (b[1] - a[1]) + down * (d[1] - a[1])];
  }) as unknown as Quad; // four in, four out
}

/** The label in the straightened picture of these corners. */
function straightLabel(label: PlateLabel, corners: Quad): PlateLabel {
  const map = homography(corners, insetQuad(MERGED_SIZE))!; // corners off by a few hundredths stay a plate's
  return mapLabel(label, (point) => applyHomography(map, point));
}
