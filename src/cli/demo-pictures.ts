/** Pictures of `serve --demo`: made-up vehicles with drawn plates before a drawn street, the same for the same seed. */
import sharp from "sharp";
import { formatsMatching, formatsOf, layoutText, type PlateFormat } from "../core/formats.ts";
import { boxOfQuad, clipBox, type Point } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import { mixSeed } from "../core/seed.ts";
import type { DrawDemo } from "../server/demo-picture.ts";
import { drawBackdrop } from "../synth/backdrop.ts";
import { captureFrame, drawCapture } from "../synth/camera.ts";
import { composeText } from "../synth/compose-plate.ts";
import type { Frame } from "../synth/frame.ts";
import { pastePlate, placeAt } from "../synth/paste-plate.ts";
import { createRandom } from "../synth/random.ts";
import { renderDrawing } from "../synth/render-plate.ts";
import { drawVehicle } from "../synth/vehicle.ts";

const WIDTH = 480;
const HEIGHT = 270;
const HORIZON = 0.38;
/** Height of a plate in the frame, pixels. */
const PLATE_PX = [15, 21] as const;
/** Room around the plate in its crop, in plate heights. */
const MARGIN = 0.35;
/** Of a passage that has no frame the plate alone is drawn, 20 times as fast. */
const ALONE = { difficulty: 0.25, cutShare: 0, freeShare: 0, negativeShare: 0, canvas: { width: 200, height: 64 } };
/** Streets, drawn once: vehicles are drawn into copies of them. */
const STREETS = 4;
const SEVERITY = 0.25;

/** @param seed the same seed draws the same pictures. */
export function createDemoPictures(seed: number): DrawDemo {
  const streets = new Map<number, Frame>();
  const streetOf = (which: number): Frame => {
    const known = streets.get(which) ?? drawBackdrop(WIDTH, HEIGHT, HORIZON, false, createRandom(seed + which));
    streets.set(which, known);
    return { ...known, rgb: known.rgb.slice() };
  };
  return async (plate, region, view, isWhole) => {
    const format = formatOf(plate, region);
    if (format === undefined) return null;
    const hash = hashOf(plate);
    const random = createRandom(mixSeed(seed, hash, view));
    const lines = format.lines[0] ?? 1;
    const drawing = composeText(format, plate, layoutText(plate, format, lines), createRandom(hash));
    if (!isWhole) {
      const { image } = renderDrawing(drawing, ALONE, random);
      return { crop: await jpegOf(image, 85), whole: null };
    }
    // Of one plate always the same vehicle, seen from behind or from the front.
    const vehicle = drawVehicle(drawing, false, createRandom(hash), view % 2 === 0 ? "rear" : "front");
    const frame = streetOf(view % STREETS);
    const pose = { yaw: 0.12 * random.normal(), pitch: 0.06, roll: 0.015 * random.normal(), distance: 4 };
    const centre: Point = [WIDTH * random.range(0.35, 0.65), HEIGHT * random.range(0.68, 0.8)];
    const placement = placeAt(drawing, vehicle, random.range(...PLATE_PX), pose, centre);
    const { corners, capHeightPx } = pastePlate(frame, drawing, vehicle, placement, SEVERITY, random);
    const image = captureFrame(frame, { ...drawCapture(SEVERITY, capHeightPx, random), jpegQuality: 100 }, random);
    const box = clipBox(boxOfQuad(corners), WIDTH, HEIGHT);
    return {
      crop: await jpegOf(cutOut(image, box), 85),
      whole: { frame: await jpegOf(image, 72), corners, box, width: WIDTH, height: HEIGHT },
    };
  };
}

function formatOf(plate: string, region: string | null): PlateFormat | undefined {
  const regions = region === null ? ["de", "fr", "nl", "gb", "pl"] : [region];
  return formatsMatching(plate, regions)[0] ?? formatsOf(regions)[0];
}

function cutOut(
  { data, width, height }: Image,
  [x, y, boxWidth, boxHeight]: readonly [number, number, number, number],
): Image {
  const rim = MARGIN * boxHeight;
  const [left, top] = [Math.max(0, Math.floor(x - rim)), Math.max(0, Math.floor(y - rim))];
  const right = Math.min(width, Math.ceil(x + boxWidth + rim));
  const bottom = Math.min(height, Math.ceil(y + boxHeight + rim));
  const cut = new Uint8Array(3 * (right - left) * (bottom - top));
  for (let row = top; row < bottom; row++) {
    cut.set(data.subarray(3 * (row * width + left), 3 * (row * width + right)), 3 * (row - top) * (right - left));
  }
  return { data: cut, width: right - left, height: bottom - top };
}

async function jpegOf({ data, width, height }: Image, quality: number): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 1;
}
