/** What weather, years and light do to a plate's face: dirt, wear, scratches, screws, shadows, glare. Works on the canvas. */
import { type Canvas, paintDisc, paintShape } from "./canvas.ts";
import type { Colour } from "./colour.ts";
import type { PlateDrawing } from "./drawing.ts";
import { cloudSampler } from "./noise.ts";
import type { Random } from "./random.ts";

const DIRT_COLOURS: readonly Colour[] = [
  [92, 78, 60],
  [70, 66, 60],
  [120, 106, 84],
  [40, 38, 36],
  [150, 140, 122],
];

/** Screws and bolts, mostly at the usual two or four places. `severity` 0..1. */
export function paintScrews(canvas: Canvas, drawing: PlateDrawing, random: Random): void {
  if (random.chance(0.45)) return;
  const { widthMm: width, heightMm: height } = drawing;
  const radius = random.range(2.5, 6) * (height > 60 ? 1 : 0.5);
  const inset = random.range(0.08, 0.28) * width;
  const y =
    drawing.lines === 2 || random.chance(0.35) ? random.range(0.07, 0.14) * height : random.range(0.35, 0.6) * height;
  const rows = drawing.lines === 2 || height > 0.4 * width ? [y, height - y] : [y];
  const colour: Colour = random.pick([
    [150, 152, 156],
    [40, 40, 42],
    [220, 220, 220],
    [240, 220, 60],
    [110, 80, 60],
  ]);
  for (const row of rows) {
    for (const x of [inset, width - inset]) {
      if (random.chance(0.12)) continue;
      paintDisc(canvas, x + radius * 0.3, row + radius * 0.4, radius * 1.05, [20, 20, 20], 0.5);
      paintDisc(canvas, x, row, radius, colour);
      paintDisc(canvas, x - radius * 0.2, row - radius * 0.25, radius * 0.5, [235, 235, 235], 0.35);
    }
  }
}

/** Scratches, rust streaks and dents of the edge: thin light or dark segments. */
export function paintScratches(canvas: Canvas, drawing: PlateDrawing, severity: number, random: Random): void {
  const count = random.chance(severity * 0.8) ? random.int(1, 1 + Math.round(severity * 7)) : 0;
  for (let i = 0; i < count; i++) {
    const x = random.range(0, drawing.widthMm);
    const y = random.range(0, drawing.heightMm);
    const angle = random.range(0, Math.PI);
    const length = random.range(0.1, 0.6) * drawing.heightMm;
    const [dx, dy] = [Math.cos(angle) * length, Math.sin(angle) * length];
    const half = random.range(0.2, 0.9);
    const colour: Colour = random.chance(0.5) ? [225, 225, 225] : [60, 52, 46];
    const bounds = [
      Math.min(x, x + dx) - half,
      Math.min(y, y + dy) - half,
      Math.abs(dx) + 2 * half,
      Math.abs(dy) + 2 * half,
    ] as const;
    paintShape(
      canvas,
      bounds,
      colour,
      (px, py) => {
        const along = Math.min(1, Math.max(0, ((px - x) * dx + (py - y) * dy) / (length * length)));
        return Math.hypot(px - x - along * dx, py - y - along * dy) - half;
      },
      random.range(0.25, 0.9),
    );
  }
}

/** One pass over the canvas: wear, dirt, uneven light, the shadow of an edge, glare, then the relief's light and shadow. */
export function weatherCanvas(canvas: Canvas, drawing: PlateDrawing, severity: number, random: Random): void {
  const { width, height, scale, rgb, shade } = canvas;
  const cloud = cloudSampler();
  const { widthMm, heightMm, background } = drawing;
  const dirt = random.chance(0.35 + 0.4 * severity) ? random.next() ** 2 * severity : 0;
  const dirtColour = random.pick(DIRT_COLOURS);
  const dirtFrom = random.range(0.42, 0.62) - dirt * 0.25;
  const dirtGrain = random.range(0.4, 3);
  const wear = random.chance(0.2 * severity) ? random.range(0.1, 0.6) * severity : 0;
  const wearFrom = 0.66 - wear * 0.2;
  const [u0, v0, u1, v1] = [random.next(), random.next(), random.next(), random.next()];
  const slopeX = random.normal() * 0.12 * (0.3 + severity);
  const slopeY = random.normal() * 0.12 * (0.3 + severity);
  const mottle = random.chance(0.5) ? random.range(0, 0.16) : 0;
  const hasShadow = random.chance(0.28 * (0.4 + severity));
  const shadowAngle = random.chance(0.6) ? Math.PI / 2 + random.normal() * 0.15 : random.range(0, Math.PI * 2);
  const [shadowX, shadowY] = [Math.cos(shadowAngle), Math.sin(shadowAngle)];
  const shadowAt =
    random.range(0.15, 0.85) *
    (Math.abs(shadowX) * widthMm + Math.abs(shadowY) * heightMm) *
    (random.chance(0.5) ? 1 : 0.5);
  const shadowSoft = 1 / (heightMm * random.range(0.01, 0.25));
  const shadowDepth = hasShadow ? random.range(0.2, 0.72) : 0;
  const hasGlare = random.chance(0.12 * (0.3 + severity));
  const glareX = random.range(0, widthMm);
  const glareY = random.range(-0.2, 1.2) * heightMm;
  const glareRadius = heightMm * random.range(0.25, 1.1);
  const glareStretch = random.range(0.25, 1);
  const glare = hasGlare ? random.range(60, 260) * (0.4 + 0.6 * severity) : 0;
  const hasClouds = dirt > 0 || mottle > 0;
  const mmPerPx = 1 / scale;
  const lightPerMm = slopeX / widthMm;
  const shadowPerMm = shadowX * shadowSoft;
  for (let y = 0; y < height; y++) {
    const yMm = canvas.top + (y + 0.5) / scale;
    const v = yMm / 520;
    const rowLight = 1 + slopeY * (yMm / heightMm - 0.5);
    const rowShadow = (yMm * shadowY - shadowAt) * shadowSoft + 0.5;
    for (let x = 0; x < width; x++) {
      const xMm = canvas.left + (x + 0.5) * mmPerPx;
      const at = (y * width + x) * 3;
      let r = rgb[at]!;
      let g = rgb[at + 1]!;
      let b = rgb[at + 2]!;
      const u = xMm * (1 / 520);
      if (wear > 0 && xMm > 0 && xMm < widthMm && yMm > 0 && yMm < heightMm) {
        const chips = (cloud(u1 + u * 3, v1 + v * 3) - wearFrom) * 8;
        if (chips > 0) {
          const share = chips > 1 ? 0.85 : chips * 0.85;
          r += (background[0] * 0.85 - r) * share;
          g += (background[1] * 0.85 - g) * share;
          b += (background[2] * 0.82 - b) * share;
        }
      }
      const soft = hasClouds ? cloud(u0 + u * 0.8, v0 + v * 0.8) : 0.5;
      // the noise tiles: on a whole vehicle its repeats would show
      if (dirt > 0 && xMm > -widthMm && xMm < 2 * widthMm) {
        const edge = yMm / heightMm;
        let share =
          (soft * 0.7 + cloud(u1 + u * dirtGrain * 2, v0 + v * dirtGrain * 2) * 0.5 + edge * 0.1 - dirtFrom) * 3 * dirt;
        if (share > 0) {
          if (share > 0.9) share = 0.9;
          r += (dirtColour[0] - r) * share;
          g += (dirtColour[1] - g) * share;
          b += (dirtColour[2] - b) * share;
        }
      }
      let light = rowLight + xMm * lightPerMm - slopeX * 0.5 + mottle * (soft - 0.5) + shade[y * width + x]!;
      if (shadowDepth > 0) {
        const depth = xMm * shadowPerMm + rowShadow;
        light *= 1 - shadowDepth * (depth < 0 ? 0 : depth > 1 ? 1 : depth);
      }
      let added = 0;
      if (glare > 0) {
        const dx = (xMm - glareX) * glareStretch;
        const dy = yMm - glareY;
        const squared = (dx * dx + dy * dy) / (glareRadius * glareRadius);
        if (squared < 6) added = glare * Math.exp(-squared * 1.5);
      }
      rgb[at] = r * light + added;
      rgb[at + 1] = g * light + added;
      rgb[at + 2] = b * light + added;
    }
  }
}
