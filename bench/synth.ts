/**
 * Speed of synthesis: plates per CPU second of one thread, for the canvas that training uses.
 * Run `npx node bench/synth.ts [count]`; CPU time is stated since other work on the machine stretches wall time.
 */
import { formatsOf } from "../src/core/formats.ts";
import { mixSeed } from "../src/core/seed.ts";
import { formatPicker } from "../src/synth/region-mix.ts";
import { DEFAULT_PLATE_OPTIONS, renderPlate } from "../src/synth/render-plate.ts";

const count = Number(process.argv[2] ?? 2000);
const pickFormat = formatPicker(formatsOf());
const options = { ...DEFAULT_PLATE_OPTIONS, canvas: { width: 192, height: 80 } };

/** CPU and wall milliseconds a plate over pictures `first` to `end`. */
function measure(first: number, end: number): { cpuMs: number; wallMs: number } {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  for (let index = first; index < end; index++) renderPlate(pickFormat, mixSeed(1, index), options);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000 / (end - first), wallMs: (performance.now() - wall) / (end - first) };
}

// the first plates also pay for the glyphs of every face
const cold = measure(0, 500);
const warm = measure(500, 500 + count);
const line = ({ cpuMs, wallMs }: { cpuMs: number; wallMs: number }): string =>
  `${cpuMs.toFixed(2)} ms of CPU a plate (${wallMs.toFixed(2)} ms of wall time)`;
process.stdout.write(
  `first 500: ${line(cold)}\nnext ${count}: ${line(warm)}, ${Math.round(2000 / warm.cpuMs)} plates/s on 2 cores\n`,
);
