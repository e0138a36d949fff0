/** `platekit simulate`: a made-up site with known truth, run through the rules of sites and through exact matching. */
import { readFile } from "node:fs/promises";
import { PlateKitError } from "../core/errors.ts";
import { type ConfusionTable, confusability, DEFAULT_CONFUSIONS } from "../sites/confusion-table.ts";
import type { SimulationOptions } from "../sites/simulation/figures.ts";
import { DEFAULT_MISREADS } from "../sites/simulation/misreads.ts";
import { isSimulation, SIMULATIONS, type SimulationName } from "../sites/simulation/simulations.ts";
import { DEFAULT_DELIVERY } from "../sites/simulation/stream.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { nearestName } from "./nearest-name.ts";
import { simulationJson, simulationTable } from "./simulate-output.ts";

const share = { type: "number", min: 0, max: 1 } as const;

const options = {
  days: { type: "number", value: "N", help: "days that the vehicles are spread over; default 30", min: 1, max: 3660 },
  seed: {
    type: "number",
    value: "S",
    help: "same seed, same figures; default 1",
    min: 0,
    max: 2 ** 31 - 1,
    integer: true,
  },
  vehicles: { type: "number", value: "N", help: "visits or trips; default 100000", min: 1, max: 1e7, integer: true },
  "read-rate": { ...share, value: "R", help: "share of passages read right; default 0.95", min: 0.5 },
  missing: { ...share, value: "R", help: "share of passages never delivered; default 0.001" },
  late: { ...share, value: "R", help: "share delivered up to 6 hours late; default 0.01" },
  double: { ...share, value: "R", help: "share seen twice, as two passages; default 0.01" },
  confusions: {
    type: "text",
    value: "FILE",
    help: "which characters are misread as which, as JSON; default the shipped recognizer's",
  },
  json: { type: "flag", help: "one JSON object with all figures" },
} as const;

/** Above this, people are told to wait. */
const LONG_RUN = 20_000;

export const simulateCommand = defineCommand({
  name: "simulate",
  summary: "Run a made-up site with known truth, and print how right its figures are.",
  usage: `[options] <${Object.keys(SIMULATIONS).join("|")}>`,
  options,
  examples: [
    { line: "platekit simulate parking", does: "a month at a car park of 100,000 visits" },
    { line: "platekit simulate toll --seed 2 --json", does: "another month on a toll road, as JSON" },
    { line: "platekit simulate traffic --vehicles 20000 --read-rate 0.8", does: "with a camera that reads badly" },
  ],
  run,
});

async function run(
  words: readonly string[],
  given: OptionValues<typeof options>,
  { stdout, stderr }: Terminal,
): Promise<ExitCode> {
  const name = simulationName(words);
  const table = given.confusions === undefined ? DEFAULT_CONFUSIONS : await readConfusions(given.confusions);
  const settings: SimulationOptions = {
    vehicles: given.vehicles ?? 100_000,
    days: given.days ?? 30,
    seed: given.seed ?? 1,
    misreads: { ...DEFAULT_MISREADS, confusions: table, readRate: given["read-rate"] ?? DEFAULT_MISREADS.readRate },
    delivery: {
      ...DEFAULT_DELIVERY,
      missing: given.missing ?? DEFAULT_DELIVERY.missing,
      late: given.late ?? DEFAULT_DELIVERY.late,
      double: given.double ?? DEFAULT_DELIVERY.double,
    },
  };
  if (stderr.isTTY && settings.vehicles > LONG_RUN) {
    stderr.write(`Simulating ${settings.vehicles.toLocaleString("en")} vehicles, which may take a minute ...\n`);
  }
  const figures = SIMULATIONS[name](settings);
  stdout.write(
    given.json
      ? `${JSON.stringify(simulationJson(name, settings, figures))}\n`
      : simulationTable(name, settings, figures),
  );
  return 0;
}

function simulationName(words: readonly string[]): SimulationName {
  const [name, ...rest] = words;
  const names = Object.keys(SIMULATIONS);
  if (name === undefined) throw new PlateKitError("OPTION_INVALID", `Name what to simulate: ${names.join(", ")}.`);
  if (rest.length > 0) throw new PlateKitError("OPTION_INVALID", `One simulation at a time; found also "${rest[0]}".`);
  if (isSimulation(name)) return name;
  const near = nearestName(name, names);
  throw new PlateKitError(
    "OPTION_INVALID",
    `There is no simulation "${name}".${near ? ` Did you mean ${near}?` : ` There are: ${names.join(", ")}.`}`,
  );
}

/** A confusion table from a file, checked. */
async function readConfusions(file: string): Promise<ConfusionTable> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new PlateKitError("FILE_NOT_FOUND", `--confusions ${file} can't be read.`, { cause });
  });
  try {
    const table: unknown = JSON.parse(text);
    if (!isTable(table)) throw new Error('it needs "misreads" (shares by character), "missed" and "invented"');
    const named = { ...table, source: table.source ?? file, provisional: table.provisional ?? false };
    confusability(named);
    return named;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PlateKitError("OPTION_INVALID", `--confusions ${file} is no confusion table: ${why}`, { cause });
  }
}

type GivenTable = Omit<ConfusionTable, "source" | "provisional"> & Partial<ConfusionTable>;

function isTable(value: unknown): value is GivenTable {
  if (!isObject(value) || !isObject(value.misreads)) return false;
  const rows = Object.values(value.misreads);
  const areShares = rows.every((row) => isObject(row) && Object.values(row).every((one) => typeof one === "number"));
  return areShares && typeof value.missed === "number" && typeof value.invented === "number";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
