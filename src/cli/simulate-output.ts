/** What a simulation found, as JSON and as a table for people. */
import type { Figure, SimulationOptions, Target } from "../sites/simulation/figures.ts";
import type { SimulationName } from "../sites/simulation/simulations.ts";

export interface SimulationJson {
  readonly simulation: SimulationName;
  readonly seed: number;
  readonly days: number;
  readonly vehicles: number;
  readonly readRate: number;
  readonly confusions: { readonly source: string; readonly provisional: boolean };
  readonly delivery: SimulationOptions["delivery"];
  /** By key: shares 0..1, or counts. */
  readonly figures: Readonly<Record<string, number>>;
  /** The same of exact matching, where it has them. */
  readonly naive: Readonly<Record<string, number>>;
  readonly targets: Readonly<Record<string, Target & { readonly isReached: boolean }>>;
}

export function simulationJson(
  simulation: SimulationName,
  { seed, days, vehicles, misreads, delivery }: SimulationOptions,
  figures: readonly Figure[],
): SimulationJson {
  const { source, provisional } = misreads.confusions;
  return {
    simulation,
    ...{ seed, days, vehicles },
    readRate: misreads.readRate,
    confusions: { source, provisional },
    delivery,
    figures: Object.fromEntries(figures.map(({ key, value }) => [key, value])),
    naive: Object.fromEntries(figures.flatMap(({ key, naive }) => (naive === null ? [] : [[key, naive]]))),
    targets: Object.fromEntries(
      figures.flatMap(({ key, target, isReached }) =>
        target === null ? [] : [[key, { ...target, isReached: isReached === true }]],
      ),
    ),
  };
}

export function simulationTable(name: SimulationName, options: SimulationOptions, figures: readonly Figure[]): string {
  const { seed, days, vehicles, misreads } = options;
  const rows = [
    ["", "PlateKit", "exact match", "to reach", ""],
    ...figures.map((figure) => [
      figure.meaning,
      valueText(figure.value, figure),
      figure.naive === null ? "" : valueText(figure.naive, figure),
      figure.target === null ? "" : `${figure.target.relation} ${valueText(figure.target.value, figure)}`,
      figure.isReached === null ? "" : figure.isReached ? "reached" : "missed",
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))); // rows are alike
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  const { source, provisional } = misreads.confusions;
  return [
    `${name}: ${vehicles} vehicles in ${days} days, seed ${seed}, ${(100 * misreads.readRate).toFixed(1)} % of passages read right.`,
    ...(provisional
      ? ["The misreads are a provisional table, not yet measured on the recognizer."]
      : [`Misreads: ${source}`]),
    "",
    ...lines,
    "",
  ].join("\n");
}

/** Shares as percentages with as many digits as they need: 99.68 %, 0.0040 %. */
function valueText(value: number, { unit }: Figure): string {
  if (unit === "count") return String(value);
  const percent = 100 * value;
  return `${Math.abs(percent) < 0.095 && percent !== 0 ? percent.toFixed(4) : percent.toFixed(2)} %`;
}
