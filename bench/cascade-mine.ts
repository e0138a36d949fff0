/**
 * Cuts the windows that a cascade of ours wrongly lets through out of train's pictures, for its next stage to learn from;
 * plates, and the tenth that is held back, are left out.
 *
 *     npx node bench/cascade-mine.ts ../shared/data/train --cascade FILE.xml --out windows.bin [--count 8000] [--seed 1]
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { crc32 } from "node:zlib";
import { CASCADE_DEFAULTS, MAX_SIDE_PX } from "../src/classic/cascade.ts";
import { cutOut, type GreyPicture, greyPicture, resizeArea, resizeLinear } from "../src/classic/grey-picture.ts";
import { type LbpCascade, parseLbpCascade, passingWindows } from "../src/classic/lbp-cascade.ts";
import { type Box, iou } from "../src/core/geometry.ts";
import { defaultCascadePath, loadCascade } from "../src/node/classic-cascade-file.ts";
import { readDataset } from "../src/node/dataset.ts";
import { decodeImage, readImageFile } from "../src/node/decode-image.ts";
import { isHeldOut } from "./asked-plates.ts";

/** As MAX_IOU_OF_NEGATIVE of training/plates/cascade_windows.py. */
const MAX_IOU = 0.3;

/** Few from each size of each picture, so that no single wall or grille teaches all. */
const MOST_OF_A_VIEW = 8;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cascade: { type: "string" },
    out: { type: "string" },
    count: { type: "string", default: "8000" },
    seed: { type: "string", default: "1" },
  },
});
const [dataset] = positionals;
const { cascade: path, out } = values;
if (dataset === undefined || path === undefined || out === undefined)
  throw new Error("Name the folder train, --cascade FILE.xml and --out FILE.");
const cascade = parseLbpCascade(await readFile(path, "utf8"));
if (cascade === null) throw new Error(`${path}: not a cascade of local binary patterns.`);
const plan = (await loadCascade(defaultCascadePath())).plan!; // the shipped one has a card
const count = Number(values.count);

/** The same order on every machine, another one for every seed. */
const orderOf = (text: string): number => crc32(`${values.seed} ${text}`);
const { samples } = await readDataset(dataset);
const pictures = samples
  .filter(({ kind, image }) => kind !== "crop" && !isHeldOut(image))
  .toSorted((a, b) => orderOf(a.path.slice(-40)) - orderOf(b.path.slice(-40)));
const windows: Uint8Array[] = [];
let looked = 0;
for (const { path, plates } of pictures) {
  if (windows.length >= count) break;
  const image = await decodeImage(await readImageFile(path), path);
  const places = plates.map(({ box }) => box);
  for (const window of falseWindows(greyPicture(image), cascade, places)) windows.push(window);
  looked++;
}
await writeFile(`${out}.part`, Buffer.concat(windows.slice(0, count)));
await rename(`${out}.part`, out);
console.log(`${Math.min(count, windows.length)} windows of ${looked} pictures`);

function* falseWindows(grey: GreyPicture, cascade: LbpCascade, places: readonly Box[]): Generator<Uint8Array> {
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(grey.width, grey.height));
  const picture = resizeArea(grey, Math.round(grey.width * scale), Math.round(grey.height * scale));
  for (const [squeezeX, squeezeY] of plan.passes) {
    let octavePicture = picture;
    for (let octave = 1; ; octave *= 2) {
      const width = Math.round((picture.width * squeezeX) / octave);
      const height = Math.round((picture.height * squeezeY) / octave);
      if (width < cascade.width || height < cascade.height) break;
      octavePicture = resizeArea(octavePicture, width, height);
      for (let growth = 1; growth < 2; growth *= CASCADE_DEFAULTS.scaleFactor) {
        const small = resizeLinear(octavePicture, Math.round(width / growth), Math.round(height / growth));
        const [unitX, unitY] = [grey.width / small.width, grey.height / small.height];
        const size = [cascade.width / plan.margin.x, cascade.height / plan.margin.y] as const;
        const free = passingWindows(small, cascade, plan.skip).filter(({ x, y }) => {
          const [left, top] = [x + (cascade.width - size[0]) / 2, y + (cascade.height - size[1]) / 2];
          const box: Box = [left * unitX, top * unitY, size[0] * unitX, size[1] * unitY];
          return places.every((place) => iou(place, box) < MAX_IOU);
        });
        const few = free.toSorted((a, b) => orderOf(`${a.x} ${a.y}`) - orderOf(`${b.x} ${b.y}`));
        for (const { x, y } of few.slice(0, MOST_OF_A_VIEW))
          yield cutOut(small, [x, y, cascade.width, cascade.height]).data;
      }
    }
  }
}
