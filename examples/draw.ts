/**
 * Draws the example pictures of this folder: no photograph of anybody's car is needed to try PlateKit.
 * Run `npx node examples/draw.ts`; the same bytes come out every time. `labels.jsonl` says what stands on the plates.
 */
import { writeFile } from "node:fs/promises";
import sharp from "sharp";
import { formatsOf, layoutText } from "../src/core/formats.ts";
import { boxOfQuad } from "../src/core/geometry.ts";
import { drawBackdrop } from "../src/synth/backdrop.ts";
import { CLEAN_CAPTURE, captureFrame } from "../src/synth/camera.ts";
import { composeText } from "../src/synth/compose-plate.ts";
import { labelLine } from "../src/synth/label-line.ts";
import { pastePlate, placeAt } from "../src/synth/paste-plate.ts";
import { type LabelledImage, labelPlate, type PlateView } from "../src/synth/plate-label.ts";
import { createRandom } from "../src/synth/random.ts";
import { drawVehicle, type VehicleKind } from "../src/synth/vehicle.ts";

interface Parked {
  /** Format of the registry and a text that it issues. */
  readonly format: string;
  readonly text: string;
  readonly lines: 1 | 2;
  readonly kind: VehicleKind;
  /** Middle of the plate in shares of the picture, and its height in pixels. */
  readonly at: readonly [x: number, y: number];
  readonly heightPx: number;
  readonly yawDegrees: number;
  readonly seed: number;
}

interface Example {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  readonly isNight: boolean;
  readonly vehicles: readonly Parked[];
}

const EXAMPLES: readonly Example[] = [
  {
    name: "street.jpg",
    width: 1600,
    height: 1000,
    seed: 16,
    isNight: false,
    vehicles: [
      {
        format: "nl/side-code-9-10",
        text: "GT482K",
        lines: 1,
        kind: "van",
        at: [0.53, 0.56],
        heightPx: 22,
        yawDegrees: 4,
        seed: 11,
      },
      {
        format: "fr/current",
        text: "CV418RT",
        lines: 1,
        kind: "front",
        at: [0.8, 0.7],
        heightPx: 32,
        yawDegrees: -18,
        seed: 4,
      },
      {
        format: "de/standard",
        text: "MKP4271",
        lines: 1,
        kind: "rear",
        at: [0.24, 0.76],
        heightPx: 44,
        yawDegrees: 14,
        seed: 5,
      },
    ],
  },
  {
    name: "parking-dusk.jpg",
    width: 1280,
    height: 960,
    seed: 4,
    isNight: true,
    vehicles: [
      {
        format: "gb/current",
        text: "KX19VFD",
        lines: 1,
        kind: "front",
        at: [0.46, 0.72],
        heightPx: 46,
        yawDegrees: -12,
        seed: 4,
      },
    ],
  },
  {
    name: "motorcycle.jpg",
    width: 1280,
    height: 960,
    seed: 31,
    isNight: false,
    vehicles: [
      {
        format: "us-ca/standard",
        text: "8KRT463",
        lines: 1,
        kind: "rear",
        at: [0.77, 0.6],
        heightPx: 46,
        yawDegrees: -8,
        seed: 3,
      },
      {
        format: "vn/motorcycle",
        text: "59C140263",
        lines: 2,
        kind: "motorcycle",
        at: [0.33, 0.6],
        heightPx: 92,
        yawDegrees: 10,
        seed: 1,
      },
    ],
  },
];

function drawExample({ width, height, seed, isNight, vehicles }: Example): LabelledImage {
  const random = createRandom(seed);
  const frame = drawBackdrop(width, height, 0.4, isNight, random);
  const plates = vehicles.map((parked) => {
    const own = createRandom(parked.seed);
    const format = formatsOf().find((candidate) => candidate.id === parked.format);
    if (format === undefined) throw new RangeError(`no format ${parked.format} in the registry`);
    const drawing = composeText(format, parked.text, layoutText(parked.text, format, parked.lines), own);
    const vehicle = drawVehicle(drawing, isNight, own, parked.kind);
    const pose = { yaw: (parked.yawDegrees * Math.PI) / 180, pitch: 0.05, roll: 0, distance: 4 };
    const placement = placeAt(drawing, vehicle, parked.heightPx, pose, [parked.at[0] * width, parked.at[1] * height]);
    const view: PlateView = { ...pastePlate(frame, drawing, vehicle, placement, 0.15, own), blurShare: 0 };
    return labelPlate(drawing, view);
  });
  for (const plate of plates) {
    const [x, y, w, h] = boxOfQuad(plate.corners);
    if (x < 0 || y < 0 || x + w > width || y + h > height) throw new RangeError(`${plate.text} leaves the picture`);
  }
  const capture = {
    ...CLEAN_CAPTURE,
    defocusPx: 0.6,
    noise: isNight ? 7 : 3,
    warmth: isNight ? 1.05 : 1,
    exposure: isNight ? 0.95 : 1,
  };
  return { image: captureFrame(frame, capture, random), kind: "scene", plates };
}

const lines: string[] = [];
for (const example of EXAMPLES) {
  const picture = drawExample(example);
  const { width, height, data } = picture.image;
  const file = new URL(example.name, import.meta.url);
  await writeFile(
    file,
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 88 })
      .toBuffer(),
  );
  lines.push(labelLine(example.name, picture));
}
await writeFile(new URL("labels.jsonl", import.meta.url), `${lines.join("\n")}\n`);
