/** What stands behind the vehicles of a drawn scene: sky, houses, hedges, road, signs. */
import type { Image } from "../core/image.ts";
import { type Canvas, paintBox, paintPolygon } from "./canvas.ts";
import { type Colour, luminanceOf, mixColours, varyColour } from "./colour.ts";
import { createFrame, type Frame, stretchImage } from "./frame.ts";
import { setText } from "./lettering.ts";
import { drawDistractorText, drawSignWord } from "./no-plate.ts";
import { cloudSampler } from "./noise.ts";
import type { Random } from "./random.ts";
import { paintMarks } from "./surroundings.ts";

/** A frame seen as a canvas of one pixel a millimetre, sharing its pixels. */
export function canvasOf(frame: Frame): Canvas {
  const { width, height, rgb } = frame;
  return { width, height, scale: 1, left: 0, top: 0, rgb, shade: new Float32Array(width * height) };
}

/** A street or a car park; `horizon` is where the ground begins, as a share of the height. */
export function drawBackdrop(width: number, height: number, horizon: number, isNight: boolean, random: Random): Frame {
  const frame = createFrame(width, height);
  const canvas = canvasOf(frame);
  const dim = isNight ? random.range(0.22, 0.5) : 1;
  paintSkyAndGround(frame, horizon, dim, random);
  const houses = random.int(1, 5);
  for (let i = 0; i < houses; i++) paintHouse(canvas, horizon, dim, random);
  if (random.chance(0.5)) paintHedge(frame, horizon, dim, random);
  paintLanes(canvas, horizon, dim, random);
  const signs = random.int(0, 3);
  for (let i = 0; i < signs; i++) paintSign(canvas, horizon, random);
  return frame;
}

/** A given picture without plates, cut and scaled to size, mirrored half of the time. */
export function photoBackdrop(photo: Image, width: number, height: number, random: Random): Frame {
  const share = random.range(0.6, 1);
  const aspect = width / height;
  const cutWidth = Math.max(1, Math.floor(Math.min(photo.width, photo.height * aspect) * share));
  const cutHeight = Math.max(1, Math.min(photo.height, Math.floor(cutWidth / aspect)));
  const left = random.int(0, photo.width - cutWidth);
  const top = random.int(0, photo.height - cutHeight);
  const isMirrored = random.chance(0.5);
  const data = new Uint8Array(cutWidth * cutHeight * 3);
  for (let y = 0; y < cutHeight; y++) {
    for (let x = 0; x < cutWidth; x++) {
      const from = ((top + y) * photo.width + left + (isMirrored ? cutWidth - 1 - x : x)) * 3;
      data.set(photo.data.subarray(from, from + 3), (y * cutWidth + x) * 3);
    }
  }
  const scaled = stretchImage({ width: cutWidth, height: cutHeight, data }, width, height);
  return { width, height, rgb: Float32Array.from(scaled.data) };
}

function paintSkyAndGround({ width, height, rgb }: Frame, horizon: number, dim: number, random: Random): void {
  const cloud = cloudSampler();
  const sky = varyColour(
    random.pick([
      [176, 200, 226],
      [206, 212, 218],
      [150, 180, 216],
      [226, 206, 186],
    ]),
    random,
    16,
  );
  const ground = varyColour(
    random.pick([
      [104, 104, 106],
      [128, 124, 118],
      [84, 86, 90],
      [146, 138, 126],
    ]),
    random,
    12,
  );
  const [u0, v0] = [random.next(), random.next()];
  const border = Math.floor(horizon * height);
  for (let y = 0; y < height; y++) {
    const isSky = y < border;
    const depth = isSky ? y / border : (y - border) / (height - border);
    for (let x = 0; x < width; x++) {
      const light = isSky
        ? 0.92 + 0.12 * depth + 0.25 * (cloud(u0 + x / width / 2, v0 + depth * 0.5) - 0.5)
        : 0.86 + 0.16 * depth + 0.22 * (cloud(u0 + (x / width) * 3, v0 + depth * 5) - 0.5);
      const colour = isSky ? sky : ground;
      const to = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) rgb[to + c] = colour[c]! * light * dim;
    }
  }
}

function paintHouse(canvas: Canvas, horizon: number, dim: number, random: Random): void {
  const base = horizon * canvas.height + random.range(0, 0.02) * canvas.height;
  const width = canvas.width * random.range(0.15, 0.5);
  const height = base * random.range(0.4, 1.1);
  const x = random.range(-0.1, 0.9) * canvas.width;
  const wall = varyColour(
    random.pick([
      [190, 176, 156],
      [156, 106, 84],
      [206, 204, 198],
      [128, 130, 136],
      [178, 158, 118],
    ]),
    random,
    20,
  );
  const lit = mixColours([0, 0, 0], wall, dim);
  paintBox(canvas, [x, base - height, width, height], 0, lit);
  const columns = random.int(2, 6);
  const rows = random.int(2, 5);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const pane: Colour = dim < 1 && random.chance(0.35) ? [240, 206, 130] : mixColours([0, 0, 0], [66, 82, 98], dim);
      const w = (width / columns) * 0.5;
      const h = (height / rows) * 0.5;
      paintBox(
        canvas,
        [x + (width / columns) * (column + 0.25), base - height + (height / rows) * (row + 0.22), w, h],
        0,
        pane,
      );
    }
  }
  if (random.chance(0.4)) {
    const text = random.chance(0.6) ? drawSignWord(random) : drawDistractorText(random);
    const cap = height * random.range(0.05, 0.1);
    const board: Colour = varyColour([random.range(20, 240), random.range(20, 200), random.range(20, 220)], random, 10);
    const y = base - height * random.range(0.25, 0.5);
    paintBox(
      canvas,
      [x + width * 0.1, y - cap * 0.5, width * 0.8, cap * 2],
      0,
      mixColours([0, 0, 0], board, Math.max(0.4, dim)),
    );
    paintMarks(
      canvas,
      setText(
        text,
        [x + width * 0.14, y, width * 0.72, cap],
        random.pick(["arimo-bold", "oswald", "lobster"]),
        luminanceOf(board) > 120 ? [20, 20, 24] : [240, 240, 240],
      ),
    );
  }
}

function paintHedge({ width, height, rgb }: Frame, horizon: number, dim: number, random: Random): void {
  const cloud = cloudSampler();
  const base = Math.floor((horizon + 0.02) * height);
  const tall = height * random.range(0.04, 0.16);
  const [u0, v0] = [random.next(), random.next()];
  const green = varyColour([62, 88, 48], random, 18);
  for (let x = 0; x < width; x++) {
    const top = base - tall * (0.6 + cloud(u0 + x / width, v0) * 0.8);
    for (let y = Math.max(0, Math.floor(top)); y < base; y++) {
      const light = (0.5 + cloud(u0 + x / 90, v0 + y / 90) * 1.1) * dim;
      const to = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) rgb[to + c] = green[c]! * light;
    }
  }
}

function paintLanes(canvas: Canvas, horizon: number, dim: number, random: Random): void {
  const { width, height } = canvas;
  const top = horizon * height;
  const paint = mixColours([0, 0, 0], [206, 204, 196], Math.max(0.35, dim));
  const centre = random.range(0.3, 0.7) * width;
  const lines = random.int(0, 4);
  for (let i = 0; i < lines; i++) {
    const foot = random.range(-0.4, 1.4) * width;
    const head = centre + (foot - centre) * 0.06;
    const half = width * 0.006;
    paintPolygon(
      canvas,
      [
        [head - 1, top],
        [head + 1, top],
        [foot + half, height],
        [foot - half, height],
      ],
      paint,
    );
  }
}

function paintSign(canvas: Canvas, horizon: number, random: Random): void {
  const { width, height } = canvas;
  const w = width * random.range(0.06, 0.18);
  const h = w * random.range(0.25, 0.8);
  const x = random.range(0, 0.9) * width;
  const y = random.range(0.05, horizon) * height;
  const board: Colour = random.pick([
    [240, 240, 240],
    [30, 80, 170],
    [230, 190, 40],
    [30, 110, 60],
    [190, 40, 40],
    [30, 30, 34],
  ]);
  paintBox(canvas, [x + w * 0.46, y, w * 0.05, horizon * height - y + height * 0.05], 0, [110, 112, 116]);
  paintBox(canvas, [x, y, w, h], h * 0.06, board);
  const ink: Colour = luminanceOf(board) > 120 ? [20, 20, 24] : [244, 244, 244];
  const text = random.weighted([
    [String(random.int(1, 99)), 3],
    [drawSignWord(random), 5],
    [drawDistractorText(random), 2],
  ]);
  paintMarks(
    canvas,
    setText(text, [x + w * 0.06, y + h * 0.3, w * 0.88, h * 0.4], random.pick(["arimo-bold", "oswald"]), ink),
  );
}
