/** Tariffs over time: which one prices a stay when the operator changes it while vehicles are inside. */
import { PlateKitError } from "../../core/errors.ts";
import { type Currency, checkAmount } from "../money.ts";
import { wallText } from "../zone-clock.ts";
import { type Fee, type FeeLine, stayFee } from "./fee.ts";
import { type PreparedTariff, prepareTariff, type Tariff } from "./tariff.ts";

export interface TariffVersion {
  /** From when it is in force, epoch milliseconds; the first is in force before that too. */
  readonly fromMs: number;
  readonly tariff: Tariff;
}

export interface TariffPlan {
  readonly versions: readonly TariffVersion[];
  /**
   * `entry`: a stay is priced by the tariff that was in force when it began, the one the driver saw (default).
   * `split`: each part by the tariff then in force; a step begun under the old one is paid by it to its end, and free
   * minutes are granted once.
   */
  readonly onChange?: "entry" | "split";
}

export interface PreparedPlan {
  readonly versions: readonly { readonly fromMs: number; readonly prepared: PreparedTariff }[];
  readonly onChange: "entry" | "split";
  readonly currency: Currency;
}

/** @throws PlateKitError SITE_INVALID for no tariff, an invalid one, or versions of different currencies or zones. */
export function preparePlan({ versions, onChange = "entry" }: TariffPlan): PreparedPlan {
  const prepared = versions
    .map(({ fromMs, tariff }) => ({ fromMs, prepared: prepareTariff(tariff) }))
    .sort((a, b) => a.fromMs - b.fromMs);
  const first = prepared[0];
  if (first === undefined) throw new PlateKitError("SITE_INVALID", "A site that charges needs at least one tariff.");
  for (const { prepared: other, fromMs } of prepared) {
    if (!Number.isFinite(fromMs)) {
      throw new PlateKitError("SITE_INVALID", `Tariff "${other.tariff.id}" begins at ${fromMs}, which is no time.`);
    }
    for (const key of ["currency", "timeZone"] as const) {
      if (other.tariff[key] !== first.prepared.tariff[key]) {
        throw new PlateKitError(
          "SITE_INVALID",
          `Tariffs "${first.prepared.tariff.id}" and "${other.tariff.id}" of one site differ in their ${key}.`,
        );
      }
    }
  }
  return { versions: prepared, onChange, currency: first.prepared.currency };
}

/** A plan of one tariff that never changes. */
export function planOf(tariff: Tariff): PreparedPlan {
  return preparePlan({ versions: [{ fromMs: 0, tariff }] });
}

/** The tariff in force at a moment. */
export function tariffAt({ versions }: PreparedPlan, timeMs: number): PreparedTariff {
  return (versions.findLast(({ fromMs }) => fromMs <= timeMs) ?? versions[0]!).prepared; // there is a first, as checked
}

/**
 * The price of a stay under a plan.
 *
 * @param isFresh whether free minutes are granted.
 */
export function planFee(plan: PreparedPlan, fromMs: number, toMs: number, isFresh = true): Fee {
  const changes = plan.versions.slice(1).filter(({ fromMs: changeMs }) => changeMs > fromMs && changeMs < toMs);
  const first = tariffAt(plan, fromMs);
  if (plan.onChange === "entry" || changes.length === 0) return stayFee(first, fromMs, toMs, isFresh);
  const free = isFresh ? (first.tariff.freeMinutes ?? 0) : 0;
  const minutes = Math.floor((toMs - fromMs) / 60_000);
  if (minutes <= free) return stayFee(first, fromMs, toMs, isFresh);
  const paidFromMs = fromMs + (first.tariff.freeMinutesDeducted === true ? free * 60_000 : 0);
  const lines: FeeLine[] = [];
  let coveredMs = paidFromMs;
  for (const [i, { fromMs: sinceMs, prepared }] of [{ fromMs, prepared: first }, ...changes].entries()) {
    if (i > 0) {
      const text = `Tariff "${prepared.tariff.name}" from ${wallText(sinceMs, prepared.clock)}`;
      lines.push({ kind: "note", text, amount: 0 });
    }
    const startMs = Math.max(sinceMs, coveredMs);
    const untilMs = changes[i]?.fromMs ?? toMs;
    if (startMs >= untilMs) continue;
    const part = stayFee(prepared, startMs, untilMs, false);
    lines.push(...part.lines);
    coveredMs = Math.max(coveredMs, part.coveredMs);
  }
  const amount = checkAmount(lines.reduce((sum, line) => sum + line.amount, 0));
  return { amount, currency: plan.currency, minutes, lines };
}
