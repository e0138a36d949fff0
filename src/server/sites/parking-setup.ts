/** A car park as its operator set it up, made ready for the rules. What is stored is JSON that schemas/parking.ts checked. */
import { GATE_DEFAULTS, type GatePolicy } from "../../sites/parking/gate.ts";
import { type PreparedPlan, preparePlan, type TariffPlan } from "../../sites/parking/schedule.ts";
import { checkParkingSite, type ParkingSite } from "../../sites/parking/site.ts";
import type { Site } from "../../store/types.ts";
import type { ParkingSetup, TariffPlanOnWire } from "../schemas/parking.ts";

export interface ReadyParking {
  readonly setup: ParkingSetup;
  readonly park: ParkingSite;
  /** Null: the site charges nothing. */
  readonly plan: PreparedPlan | null;
  readonly policy: GatePolicy;
}

const NOTHING: ParkingSetup = { capacity: 0, zones: [], cameras: [], policy: {} };
const NO_PLAN: TariffPlanOnWire = { versions: [], onChange: "entry" };

export function storedSetup({ settings }: Site): ParkingSetup {
  return { ...NOTHING, ...(settings.parking as Partial<ParkingSetup> | undefined) }; // written by the route that checks it
}

export function storedPlan({ settings }: Site): TariffPlanOnWire {
  return (settings.tariff as TariffPlanOnWire | undefined) ?? NO_PLAN; // written by the route that checks it
}

/** @throws PlateKitError SITE_INVALID naming the part. */
export function readyParking(site: Site, setup = storedSetup(site), plan = storedPlan(site)): ReadyParking {
  return {
    setup,
    park: checkParkingSite({
      ...{ id: site.id, name: site.name, timeZone: site.timeZone, capacity: setup.capacity },
      zones: jsonOf<ParkingSite["zones"]>(setup.zones),
      cameras: jsonOf<ParkingSite["cameras"]>(setup.cameras),
    }),
    plan: plan.versions.length === 0 ? null : readyPlan(plan, site.timeZone),
    policy: { ...GATE_DEFAULTS, ...jsonOf<Partial<GatePolicy>>(setup.policy) },
  };
}

/** Tariffs hold by the site's clock. @throws PlateKitError SITE_INVALID naming the part. */
export function readyPlan({ versions, onChange }: TariffPlanOnWire, timeZone: string): PreparedPlan {
  const plan = jsonOf<TariffPlan["versions"]>(
    versions.map(({ fromMs, tariff }) => ({ fromMs, tariff: { ...tariff, timeZone } })),
  );
  return preparePlan({ versions: plan, onChange });
}

/** The same without fields that are undefined: absent and undefined differ to the rules' types, not to JSON. */
export function jsonOf<Value>(value: unknown): Value {
  return JSON.parse(JSON.stringify(value)) as Value; // of the shape that its schema has checked
}
