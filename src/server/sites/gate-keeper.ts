/**
 * Decides of every vehicle at a camera with a barrier, from its first confident read, and tells the barrier. Facts come
 * from the rules' memory; when they can't be had in time, the site's fail-safe answers. Each passage once.
 */
import type { Passage } from "../../core/passage.ts";
import { moneyText } from "../../sites/money.ts";
import {
  decideEntry,
  decideExit,
  type EntryFacts,
  type ExitFacts,
  type GateDecision,
  manualOpening,
} from "../../sites/parking/gate.ts";
import { permitUse } from "../../sites/parking/permits.ts";
import { SESSION_DEFAULTS, updateSessions } from "../../sites/parking/sessions.ts";
import { decidingZone, movementOf } from "../../sites/parking/site.ts";
import type { SitePassage } from "../../sites/site-passage.ts";
import { createId } from "../../store/ids.ts";
import type { Site, SiteRecord, Store } from "../../store/types.ts";
import type { EventBus } from "../events.ts";
import type { IntakeLog } from "../intake/create-intake.ts";
import { type TellBrokers, tellActuator } from "./actuator.ts";
import { type SessionRecord, stayBalance } from "./parking-records.ts";
import { type ParkingRules, type ParkingState, vehiclesInside } from "./parking-rules.ts";
import { readyParking } from "./parking-setup.ts";
import { siteRecord } from "./site-rules.ts";
import type { SiteRunner } from "./site-runner.ts";

export interface GateData {
  readonly cameraId: string;
  readonly passageId: string | null;
  readonly reason: GateDecision["reason"];
  readonly detail: string;
  readonly tookMs: number | null;
  readonly by: string | null;
  readonly actuator: string;
}

export interface GateKeeper {
  /** A vehicle is seen at a camera: decided at once, in the background. */
  seen(passage: Passage, cameraId: string, siteId: string | null): void;
  /** Opens by hand, logged. Null when the camera has no barrier. */
  open(site: Site, cameraId: string, by: string, reason: string): Promise<SiteRecord<GateData> | null>;
  /** Until all decisions under way are made. */
  idle(): Promise<void>;
}

export interface GateOptions {
  readonly store: Pick<Store, "sites" | "siteRecords" | "lists">;
  readonly runner: SiteRunner;
  readonly bus: EventBus;
  readonly tellBrokers: TellBrokers;
  /** Whether lists of these kinds hold the plate here. */
  readonly listed: (passage: Passage, siteId: string) => Promise<"allow" | "deny" | null>;
  readonly log?: IntakeLog | undefined;
  readonly nowMs?: () => number;
  /** How long facts may take before the fail-safe decides, milliseconds. Default 200. */
  readonly factsMs?: number | undefined;
}

/** A decision is wanted within 300 ms of the read; the facts get most of that. */
const FACTS_MS = 200;
/** A passage that comes later than this is no vehicle before the barrier. */
const FRESH_MS = 15_000;
const MAX_REMEMBERED = 5000;

export function createGateKeeper(options: GateOptions): GateKeeper {
  const { store, bus, nowMs = Date.now, factsMs = FACTS_MS } = options;
  const decided = new Set<string>();
  const working = new Set<Promise<void>>();
  /** Sites with barriers, by id: asked for with every passage. */
  const ready = new Map<string, { readonly revision: number; readonly parking: ReturnType<typeof readyParking> }>();

  function readyOf(site: Site): ReturnType<typeof readyParking> {
    const kept = ready.get(site.id);
    if (kept?.revision === site.revision) return kept.parking;
    const parking = readyParking(site);
    ready.set(site.id, { revision: site.revision, parking });
    return parking;
  }

  async function decide(passage: Passage, cameraId: string, siteId: string, seenAt: number): Promise<void> {
    const site = await store.sites.get(siteId);
    if (site?.kind !== "parking") return;
    const parking = readyOf(site);
    const camera = parking.setup.cameras.find((one) => one.cameraId === cameraId);
    if (camera?.hasGate !== true || nowMs() - passage.lastTimeMs > FRESH_MS) return;
    const movement = movementOf(parking.park, { ...passage, cameraId });
    if (movement.kind === "unknown" || decided.has(passage.id)) return;
    decided.add(passage.id);
    if (decided.size > MAX_REMEMBERED) decided.delete(decided.values().next().value!); // the oldest; there are some
    // A decision made before a restart stands.
    if ((await store.siteRecords.get(siteId, "gate", passage.id).catch(() => null)) !== null) return;
    const facts = await inTime(gatherFacts(options, { ...passage, cameraId }, siteId, movement.kind), factsMs);
    const read = { text: passage.text, confidence: passage.confidence };
    const decision =
      movement.kind === "entry"
        ? decideEntry(read, facts as EntryFacts | null, nowMs(), parking.policy)
        : decideExit(read, facts as ExitFacts | null, nowMs(), parking.policy);
    const tookMs = performance.now() - seenAt;
    await carryOut(site, cameraId, passage.id, passage.text, decision, { tookMs, by: null });
  }

  async function carryOut(
    site: Site,
    cameraId: string,
    id: string,
    plate: string | null,
    { action, reason, detail, timeMs }: GateDecision,
    { tookMs, by }: { readonly tookMs: number | null; readonly by: string | null },
  ): Promise<SiteRecord<GateData>> {
    const { setup } = readyOf(site);
    const actuator = setup.cameras.find((one) => one.cameraId === cameraId)?.actuator ?? null;
    const order = { schema: 1 as const, id, action, reason, siteId: site.id, cameraId, plate, timeMs };
    const told = await tellActuator(actuator, order, options.tellBrokers);
    const record = siteRecord<GateData>({
      ...{ kind: "gate", id, state: action, plate, timeMs, needsPerson: action === "ask" },
      data: { ...{ cameraId, passageId: by === null ? id : null, reason, detail, by }, tookMs, actuator: told },
    });
    if (told !== "told" && told !== "none") {
      const text = `The barrier at camera ${cameraId} was not told to ${action}: ${told}`;
      bus.publish("notification", { id: createId(), level: "error", text, timeMs, cameraId });
    }
    await store.siteRecords.write(site.id, { put: [record] });
    bus.publish("site", { siteId: site.id, cameraId, timeMs });
    return record;
  }

  return {
    seen(passage, cameraId, siteId) {
      if (siteId === null || decided.has(passage.id)) return;
      const work = decide(passage, cameraId, siteId, performance.now()).catch((error: unknown) => {
        options.log?.warn({ cameraId }, `gate: ${error instanceof Error ? error.message : String(error)}`);
      });
      working.add(work);
      void work.finally(() => working.delete(work));
    },
    async open(site, cameraId, by, reason) {
      const camera = readyOf(site).setup.cameras.find((one) => one.cameraId === cameraId);
      if (camera?.hasGate !== true) return null;
      const decision = manualOpening(by, reason, nowMs());
      return carryOut(site, cameraId, createId(nowMs()), null, decision, { tookMs: null, by });
    },
    async idle() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}

/** Null when it takes too long or fails: then the fail-safe decides. */
async function inTime<Value>(work: Promise<Value>, withinMs: number): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), withinMs);
  });
  try {
    return await Promise.race([work.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function gatherFacts(
  { runner, listed, nowMs = Date.now }: GateOptions,
  passage: SitePassage & Passage,
  siteId: string,
  kind: "entry" | "exit",
): Promise<EntryFacts | ExitFacts> {
  const found = await runner.peek<ParkingState>(siteId);
  if (found === null) throw new RangeError("The site has no rules.");
  const { state } = found;
  const rules = found.rules as ParkingRules; // of a parking site, as the caller asked
  const onList = await listed(passage, siteId);
  const { park } = rules.ready;
  if (kind === "entry") {
    const { starts } = state.sessions.pairing;
    const zone = decidingZone(park, passage.cameraId);
    return {
      gatheredMs: nowMs(),
      listed: onList,
      permit: permitUse(passage, passage.lastTimeMs, zone?.id ?? null, state.permits, insideByPermit(state)),
      isFull: park.capacity > 0 && vehiclesInside(state) - Number(state.known.has(passage.id)) >= park.capacity,
      isInside: starts.some(
        ({ id, plate }) => id !== passage.id && SESSION_DEFAULTS.likeness(plate, passage) >= SESSION_DEFAULTS.sureFit,
      ),
    };
  }
  const record = stayThatEnds(rules, state, passage);
  return { gatheredMs: nowMs(), listed: onList, due: record === null ? null : dueOf(rules, state, record, nowMs()) };
}

/** The stay that an exit ends: by what the rules have made of it already, else by what they would. */
function stayThatEnds(rules: ParkingRules, state: ParkingState, passage: SitePassage): SessionRecord | null {
  const endedBy = (id: string) =>
    [...state.known.values()].find(({ data }) => data.exit?.passageId === id && data.entry !== null);
  const { outcome, sessions } = updateSessions(state.sessions, { ...passage, id: `${passage.id}?` }, rules.ready.park);
  const stay = outcome.kind === "exit" ? sessions.find(({ id }) => id === outcome.sessionId) : undefined;
  const record =
    endedBy(passage.id) ??
    (outcome.kind === "duplicate" ? endedBy(outcome.of) : undefined) ??
    (stay?.entry == null ? undefined : state.known.get(stay.id));
  const doubts = record?.state === "closed" ? record.data.doubts : (stay?.doubts ?? []);
  // A stay that may be another vehicle's neither holds this one back nor lets it go.
  return record === undefined || doubts.includes("weak-match") || doubts.includes("rival") ? null : record;
}

function insideByPermit({ known }: ParkingState) {
  return [...known.values()].flatMap(({ id, owner, data, timeMs, endMs }) =>
    owner === null || data.permitUse !== "valid"
      ? []
      : [{ sessionId: id, permitId: owner, fromMs: timeMs, toMs: endMs }],
  );
}

function dueOf(
  rules: ParkingRules,
  state: ParkingState,
  record: SessionRecord,
  nowMs: number,
): NonNullable<ExitFacts["due"]> {
  const permit = record.data.permitUse === "valid" ? (state.permitById.get(record.owner ?? "") ?? null) : null;
  const context = { ready: rules.ready, permit, payments: state.payments.get(record.id) ?? [] };
  const balance = stayBalance(record, nowMs, context);
  if (balance === null) return { amount: 0, paid: record.paid, text: "" };
  const { code } = balance.fee.currency;
  return { amount: balance.due, paid: balance.paid, text: `${moneyText(balance.due, balance.fee.currency)} ${code}` };
}
