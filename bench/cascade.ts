/**
 * Finds the one-line Latin plates of labelled scenes with a cascade alone: recall, precision, and what a picture costs.
 *
 *     npx node bench/cascade.ts ../shared/data/val [--cascade FILE.xml] [--scale-factor F] [--min-neighbors N]
 *
 * Pictures are those with at least one plate on one line whose Latin text is known. Recall is over these plates,
 * precision over all that is found in these pictures; other plates found there count neither for nor against.
 */
import { parseArgs } from "node:util";
import { CASCADE_DEFAULTS, findPlates } from "../src/classic/cascade.ts";
import { matchDetections, quantile } from "../src/core/metrics.ts";
import { defaultCascadePath, loadCascade } from "../src/node/classic-cascade-file.ts";
import { decodeImage, readImageFile } from "../src/node/decode-image.ts";
import { askedScenes, isAsked } from "./asked-plates.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cascade: { type: "string", default: defaultCascadePath() },
    "scale-factor": { type: "string", default: String(CASCADE_DEFAULTS.scaleFactor) },
    "min-neighbors": { type: "string", default: String(CASCADE_DEFAULTS.minNeighbors) },
    part: { type: "string", default: "0/1" },
  },
});
const [dataset] = positionals;
if (dataset === undefined) throw new Error("Name a dataset folder.");
const settings = { scaleFactor: Number(values["scale-factor"]), minNeighbors: Number(values["min-neighbors"]) };

const [part = 0, parts = 1] = values.part.split("/").map(Number);
const samples = (await askedScenes(dataset)).filter((_, index) => index % parts === part);
const cascade = await loadCascade(values.cascade);
let [asked, right, found, judged] = [0, 0, 0, 0];
const cpuMs: number[] = [];
for (const { path, plates } of samples) {
  const frame = await decodeImage(await readImageFile(path), path);
  const before = process.cpuUsage();
  const detections = findPlates(frame, cascade, settings);
  const { user, system } = process.cpuUsage(before);
  cpuMs.push((user + system) / 1000);
  const { pairs } = matchDetections(
    detections,
    plates.map(({ box }) => box),
    0.5,
  );
  const isOther = (truth: number): boolean => !isAsked(plates[truth]!);
  asked += plates.filter(isAsked).length;
  right += pairs.filter(({ truth }) => !isOther(truth)).length;
  const others = pairs.filter(({ truth }) => isOther(truth)).length;
  found += detections.length;
  judged += detections.length - others;
}
cascade.close();
const share = (hits: number, total: number): string =>
  `${((100 * hits) / Math.max(1, total)).toFixed(1)} % (${hits}/${total})`;
console.log(`${samples.length} pictures, ${asked} plates, ${found} places found`);
console.log(`recall ${share(right, asked)}, precision ${share(right, judged)} at IoU 0.5`);
console.log(`CPU a picture: median ${quantile(cpuMs, 0.5).toFixed(0)} ms, 95 % ${quantile(cpuMs, 0.95).toFixed(0)} ms`);
