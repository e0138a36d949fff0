/**
 * Which characters the shipped recognizer takes for which, counted on labelled plates: what src/sites weighs look-alikes by.
 *
 *     node bench/misreads.ts TUNE [--name WORDS] [--models DIR] [--limit N]     writes src/sites/look-alikes.json
 *
 * Take pictures that no figure is stated on, as the simulated sites and their rules both use the table. Only the crops are
 * read, the reader being told where the plate is; texts that share less than half of their characters are other texts, not
 * misreads. bench/look-alike-shapes.json stands in for what was not seen often enough.
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { spreadEvenly } from "../src/cli/bench.ts";
import { judge } from "../src/cli/bench-judge.ts";
import { givenDetection, measure } from "../src/cli/bench-run.ts";
import { confusions } from "../src/core/metrics.ts";
import { readDataset } from "../src/node/dataset.ts";
import { createReader } from "../src/node/reader.ts";
import { type ConfusionTable, confusability, confusionTable } from "../src/sites/confusion-table.ts";

const TABLE = new URL("../src/sites/look-alikes.json", import.meta.url);
const SHAPES = new URL("look-alike-shapes.json", import.meta.url);
const LATIN = /^[A-Z0-9]+$/;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { name: { type: "string" }, models: { type: "string" }, limit: { type: "string" } },
});
const [folder] = positionals;
if (folder === undefined) throw new RangeError("Name the folder of labelled plates.");

const { samples } = await readDataset(folder);
const crops = spreadEvenly(
  samples.filter(({ kind, plates }) => kind === "crop" && LATIN.test(plates[0]?.text ?? "")),
  Number(values.limit ?? samples.length),
);
await using reader = await createReader({
  workers: 2,
  ...(values.models === undefined ? {} : { modelsFolder: values.models }),
});
const { outcomes } = await measure(
  crops,
  {
    read: () => Promise.reject(new RangeError("Only crops are read.")),
    async readPlateAt(path, quad) {
      const { width, height, plates, ms } = await reader.readDetailed(path, { detections: [givenDetection(quad)] });
      return { width, height, plates, ms: ms.total };
    },
  },
  4,
);
const plates = outcomes.flatMap((outcome) => judge(outcome).truths).filter(({ hasText }) => hasText);
const close = plates.filter(({ read, edits, characters }) => read !== null && edits <= characters / 2);
const characters = close.reduce((sum, plate) => sum + plate.characters, 0);
const wrong = close.filter(({ exact }) => !exact).length;
const found = confusions(
  close.map(({ truth, read }) => ({ expected: truth.text ?? "", actual: read?.text ?? "" })),
).filter(({ expected, actual }) => LATIN.test(expected ?? "A") && LATIN.test(actual ?? "A"));
const misread = found.reduce((sum, { expected, actual, count }) => sum + (expected && actual ? count : 0), 0);
const shapes = JSON.parse(await readFile(SHAPES, "utf8")) as ConfusionTable; // checked by confusability below
const table = confusionTable(
  {
    ...{ confusions: found, characters },
    wrongShare: Math.max(1, wrong) / Math.max(1, close.length),
    source:
      `${misread} misread characters of ${characters} on ${close.length} plates of ${values.name ?? basename(folder)}, ` +
      "with shapes known to be confused counted as 5 more of each (bench/misreads.ts)",
  },
  shapes,
);
confusability(table);
await writeFile(TABLE, tableText(table));
process.stdout.write(
  `${table.source}\n${wrong} of ${close.length} texts wrong, ${plates.length - close.length} other.\n`,
);
for (const { expected, actual, count } of found.slice(0, 20)) {
  process.stdout.write(`${String(count).padStart(4)}  ${expected ?? "nothing"} read as ${actual ?? "nothing"}\n`);
}

/** As JSON with a row a character; shares below 1 in 200 are left to the rest. */
function tableText({ misreads, ...head }: ConfusionTable): string {
  const round = (value: number): number => Number(value.toPrecision(2));
  const rows = Object.entries(misreads)
    .filter(([there]) => LATIN.test(there))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([there, row]) => {
      const shares = Object.entries(row).filter(([, share]) => share >= 0.005);
      const cells = shares.map(([read, share]) => `${JSON.stringify(read)}: ${round(share)}`);
      return `    ${JSON.stringify(there)}: { ${cells.join(", ")} }`;
    });
  const fields = Object.entries(head).map(
    ([name, value]) =>
      `  ${JSON.stringify(name)}: ${JSON.stringify(typeof value === "number" ? round(value) : value)},`,
  );
  return `${["{", ...fields, '  "misreads": {', rows.join(",\n"), "  }", "}"].join("\n")}\n`;
}
