/**
 * What a training step costs: pictures per second of processor time, by preset, on made-up pictures.
 *
 *     npx node bench/train-step.ts [--preset small|tutorial] [--batch N] [--steps N] [--threads N]
 */
import { parseArgs } from "node:util";
import { createTrainingRuntime } from "../src/cli/train-runtime.ts";
import { PRESET_DEFAULTS } from "../src/cli/train-settings.ts";
import type { LabelledPictures } from "../src/train/batches.ts";
import { fit } from "../src/train/fit.ts";
import { NETWORKS, type PresetName } from "../src/train/presets.ts";

const { values } = parseArgs({
  options: {
    preset: { type: "string", default: "small" },
    batch: { type: "string", default: "16" },
    steps: { type: "string", default: "10" },
    threads: { type: "string", default: "1" },
  },
});
const preset = values.preset as PresetName;
const [batchSize, steps] = [Number(values.batch), Number(values.steps)];
const { createNetwork, size, channels } = NETWORKS[preset];
const CLASSES = 36;
const WARM_UP_STEPS = 2;

function pictures(count: number): LabelledPictures {
  const pixels = Uint8Array.from({ length: count * size * size * channels }, (_, i) => (i * 2654435761) >>> 24);
  return {
    width: size,
    height: size,
    channels,
    pixels,
    labels: Int32Array.from({ length: count }, (_, i) => i % CLASSES),
  };
}

let before = process.cpuUsage();
let cpuMs = 0;
await fit(
  createNetwork(CLASSES),
  { train: pictures(batchSize * (steps + WARM_UP_STEPS)), validation: pictures(1) },
  { ...PRESET_DEFAULTS[preset], batchSize, epochs: 1, seed: 1 },
  createTrainingRuntime(Number(values.threads)),
  {
    onStep({ step, loss }) {
      if (step === WARM_UP_STEPS) before = process.cpuUsage();
      if (step < WARM_UP_STEPS + steps) return;
      const { user, system } = process.cpuUsage(before);
      cpuMs = (user + system) / 1000;
      console.log(`loss ${loss.toFixed(4)} after ${step} steps`);
    },
  },
);
const perPicture = cpuMs / (steps * batchSize);
console.log(
  `${preset}, batches of ${batchSize}: ${(cpuMs / steps).toFixed(1)} ms of processor time a step, ` +
    `${(1000 / perPicture).toFixed(0)} pictures a second`,
);
