/** The rules of a toll road on its records: charges, and the books that are only ever added to. */

import type { PairEnd } from "../../sites/pairing.ts";
import { certainPlate } from "../../sites/site-passage.ts";
import { type AccountIndex, accountIndex, accountOf, type TollAccount } from "../../sites/tolls/accounts.ts";
import {
  settleTolls,
  TOLL_DEFAULTS,
  type TollCharge,
  type TollContext,
  type TollState,
  updateTolls,
} from "../../sites/tolls/charges.ts";
import {
  disputeCharge,
  entriesForCharge,
  type LedgerAct,
  type LedgerEntry,
  type LedgerKind,
  type Resolution,
  resolveCharge,
  standingOf,
} from "../../sites/tolls/ledger.ts";
import { type ClassEntry, checkTollNetwork, type TollNetwork } from "../../sites/tolls/network.ts";
import type { Site, SiteRecord, Store } from "../../store/types.ts";
import type { TollSetup } from "../schemas/tolls.ts";
import { jsonOf } from "./parking-setup.ts";
import { sightChanges, sightsOf } from "./sight-records.ts";
import { type SiteRules, type Step, siteRecord } from "./site-rules.ts";

/** A charge without what names its plate. */
export type ChargeData = Omit<TollCharge, "text" | "state" | "id" | "timeMs">;
export interface ChargeEvidence {
  /** The plate as the rules saw it. */
  readonly text: string;
}
export type ChargeRecord = SiteRecord<ChargeData, ChargeEvidence>;

export interface TollRulesState {
  readonly toll: TollState;
  readonly accounts: AccountIndex;
  readonly classes: ReadonlyMap<string, readonly ClassEntry[]>;
  /** Of charges that the rules may still change, what the books say. */
  readonly trails: ReadonlyMap<string, readonly LedgerEntry[]>;
}

export interface TollRules extends SiteRules<TollRulesState> {
  readonly network: TollNetwork | null;
}

const GROUP = "toll";
const RECENT = "recent";

export function tollSetup({ settings }: Site): TollSetup | null {
  return (settings.toll as TollSetup | undefined) ?? null; // written by the route that checks it
}

/** @throws PlateKitError SITE_INVALID naming the part. */
export function networkOf(site: Site, setup = tollSetup(site)): TollNetwork | null {
  if (setup === null) return null;
  const { currency, classes, gantries, tariffs } = setup;
  return checkTollNetwork(jsonOf({ id: site.id, name: site.name, currency, classes, gantries, tariffs }));
}

export function tollRules(site: Site, store: Pick<Store, "siteRecords">): TollRules {
  const setup = tollSetup(site);
  const network = networkOf(site);
  const contextOf = ({ accounts, classes }: TollRulesState): TollContext => ({
    ...{ network: network!, accounts, classes }, // the callers have asked whether there is one
    options: {
      ...TOLL_DEFAULTS,
      threshold: setup?.threshold ?? null,
      knownShare: setup?.knownShare ?? TOLL_DEFAULTS.knownShare,
    },
  });
  return {
    ...{ site, network },
    async load() {
      const siteId = site.id;
      const [sights, accounts] = await Promise.all([
        store.siteRecords.list({ siteId, kind: "sight", isLive: true }),
        store.siteRecords.list({ siteId, kind: "account" }),
      ]);
      const toll = { recent: recentOf(sights), pairing: sightsOf(sights, GROUP) };
      const ids = liveCharges(toll);
      const trails = new Map<string, LedgerEntry[]>();
      for (let i = 0; i < ids.length; i += 500) {
        const parents = ids.slice(i, i + 500);
        for (const record of await store.siteRecords.list({ siteId, kind: "entry", parents })) {
          const entry = entryOf(record);
          trails.set(entry.chargeId, [...(trails.get(entry.chargeId) ?? []), entry]);
        }
      }
      return { toll, ...accountsOf(accounts.map(accountRecordOf)), trails };
    },
    take(state, passage) {
      if (network === null) return { state, put: [], removed: [] };
      const seen = passage.correctedText === null ? passage : { ...passage, ...certainPlate(passage.correctedText) };
      const { state: toll, charges } = updateTolls(state.toll, seen, contextOf(state));
      return booked(state, { ...state, toll }, charges);
    },
    settle(state, nowMs) {
      if (network === null) return { state, put: [], removed: [] };
      const { state: toll, charges } = settleTolls(state.toll, nowMs, contextOf(state));
      const step = booked(state, { ...state, toll }, charges);
      const live = new Set(liveCharges(toll));
      const trails = new Map([...step.state.trails].filter(([id]) => live.has(id)));
      return { ...step, state: { ...step.state, trails } };
    },
  };
}

/** The records of changed charges and of passages that may still find a partner. */
function booked(before: TollRulesState, state: TollRulesState, charges: readonly TollCharge[]): Step<TollRulesState> {
  const trails = new Map(state.trails);
  const put: SiteRecord[] = [];
  for (const charge of charges) {
    const trail = trails.get(charge.id) ?? [];
    const entries = entriesForCharge(charge, trail);
    const whole = [...trail, ...entries];
    trails.set(charge.id, whole);
    put.push(chargeRecord(charge, whole), ...entries.map(entryRecord));
  }
  const sights = sightChanges(GROUP, before.toll.pairing, state.toll.pairing);
  const recent = recentChanges(before.toll.recent, state.toll.recent);
  return {
    state: { ...state, trails },
    put: [...put, ...sights.put, ...recent.put],
    removed: [...sights.removed, ...recent.removed],
  };
}

/** Charges that late passages may still change. */
function liveCharges({ recent, pairing: { ends, pairs } }: TollState): readonly string[] {
  return [...recent, ...ends, ...pairs.map(({ end }) => end)].map(({ id, place }) => `${place}:${id}`);
}

/** How a charge stands after what the books say. */
export function chargeRecord(charge: TollCharge, trail: readonly LedgerEntry[]): ChargeRecord {
  const { id, text, state, timeMs, ...data } = charge;
  const standing = standingOf(trail);
  const last = trail.at(-1)?.kind;
  const isDecided = trail.some(({ kind }) => kind === "uphold" || kind === "correct" || kind === "cancel");
  const now =
    standing?.isDisputed === true
      ? "disputed"
      : last === "cancel"
        ? "cancelled"
        : isDecided
          ? "charged"
          : state === "void" || last === "void"
            ? state === "review"
              ? "review"
              : "void"
            : state;
  return siteRecord<ChargeData, ChargeEvidence>({
    ...{ kind: "charge", id, state: now, timeMs, data },
    needsPerson: now === "review" || now === "disputed",
    owner: standing?.accountId ?? charge.accountId,
    plate: standing?.text ?? text,
    amount: standing?.amount ?? 0,
    evidence: { text },
  });
}

export function chargeOf(record: ChargeRecord): TollCharge {
  const { id, timeMs, data, evidence } = record;
  const state = record.state === "void" || record.state === "charged" ? record.state : "review";
  return { id, timeMs, ...data, text: evidence?.text ?? "", state };
}

export function entryRecord(entry: LedgerEntry): SiteRecord {
  const { id, chargeId, kind, timeMs, by, reason, accountId, text, amount } = entry;
  return siteRecord({
    ...{ kind: "entry", id, parent: chargeId, owner: accountId, plate: text, amount, timeMs, state: kind },
    data: { by, reason },
  });
}

export function entryOf({ id, parent, owner, plate, amount, timeMs, state, data }: SiteRecord): LedgerEntry {
  const { by, reason } = data as { by: string; reason: string }; // only entryRecord writes them
  return {
    ...{ id, chargeId: parent ?? "", kind: state as LedgerKind, timeMs, by, reason, accountId: owner },
    ...{ text: plate ?? "", amount: amount ?? 0 },
  };
}

// What people decide: each adds to the books and never takes away.

/** A charge with what a decision made of it. */
function withEntries(
  state: TollRulesState,
  record: ChargeRecord,
  trail: readonly LedgerEntry[],
  entries: readonly LedgerEntry[],
  answers: readonly SiteRecord[] = [],
): Step<TollRulesState> {
  const whole = [...trail, ...entries];
  const next = chargeRecord(chargeOf(record), whole);
  const trails = state.trails.has(record.id) ? new Map(state.trails).set(record.id, whole) : state.trails;
  return { state: { ...state, trails }, put: [next, ...entries.map(entryRecord), ...answers], removed: [] };
}

/** A person charges what the rules were not sure of. */
export function chargedByHand(
  state: TollRulesState,
  record: ChargeRecord,
  trail: readonly LedgerEntry[],
  text: string,
  amount: number,
  act: LedgerAct,
): Step<TollRulesState> {
  const charge = chargeOf(record);
  const price = { tariffId: charge.price?.tariffId ?? "", amount, text: charge.price?.text ?? "by hand" };
  const accountId = accountOf(text, charge.timeMs, state.accounts)?.id ?? null;
  const made = entriesForCharge({ ...charge, text, accountId, price, state: "charged" }, trail, act.by);
  const upheld = resolveCharge([...trail, ...made], { kind: "uphold" }, { ...act, reason: act.reason || "looked at" });
  return withEntries(state, record, trail, [...made, ...upheld], [answerRecord(record, text, act)]);
}

/**
 * Nothing is owed of a charge that waits for a person.
 *
 * @param isMisread whether the plate was read wrong; not told: the choice of a threshold learns nothing.
 */
export function dropped(
  state: TollRulesState,
  record: ChargeRecord,
  trail: readonly LedgerEntry[],
  act: LedgerAct,
  isMisread: boolean | undefined,
): Step<TollRulesState> {
  const entry: LedgerEntry = {
    ...act,
    chargeId: record.id,
    kind: "cancel",
    accountId: null,
    text: record.plate ?? "",
    amount: 0,
  };
  const text = isMisread === true ? "" : (record.evidence?.text ?? "");
  return withEntries(state, record, trail, [entry], isMisread === undefined ? [] : [answerRecord(record, text, act)]);
}

export function disputed(
  state: TollRulesState,
  record: ChargeRecord,
  trail: readonly LedgerEntry[],
  act: LedgerAct,
): Step<TollRulesState> {
  return withEntries(state, record, trail, disputeCharge(trail, act));
}

/** @param isMisread of a charge that is cancelled: whether the plate was read wrong; not told, it counts as wrong. */
export function resolved(
  state: TollRulesState,
  record: ChargeRecord,
  trail: readonly LedgerEntry[],
  resolution: Resolution,
  act: LedgerAct,
  isMisread = resolution.kind === "cancel",
): Step<TollRulesState> {
  const read = isMisread ? "" : (record.evidence?.text ?? "");
  const text = resolution.kind === "correct" ? resolution.text : read;
  return withEntries(state, record, trail, resolveCharge(trail, resolution, act), [answerRecord(record, text, act)]);
}

/** Whether the rules had the plate right: what a threshold is chosen from. Names no plate. */
function answerRecord(record: ChargeRecord, text: string, { timeMs }: LedgerAct): SiteRecord {
  const isRight = text !== "" && text === record.evidence?.text;
  return siteRecord({
    kind: "answer",
    id: record.id,
    timeMs,
    state: isRight ? "right" : "wrong",
    data: record.data.probability,
  });
}

type AccountData = {
  readonly holder: string;
  readonly plates: readonly (TollAccount["plates"][number] & { readonly vehicleClass: string | null })[];
};
export type AccountRecord = AccountData & { readonly id: string };

export function accountRecordOf({ id, data }: SiteRecord): AccountRecord {
  return { id, ...(data as AccountData) }; // only the account routes write them
}

function accountsOf(accounts: readonly AccountRecord[]): Pick<TollRulesState, "accounts" | "classes"> {
  const classes = new Map<string, ClassEntry[]>();
  for (const { plate, vehicleClass, validFromMs, validToMs } of accounts.flatMap(({ plates }) => plates)) {
    if (vehicleClass === null) continue;
    classes.set(plate, [...(classes.get(plate) ?? []), { plate, vehicleClass, validFromMs, validToMs }]);
  }
  return { accounts: accountIndex(accounts), classes };
}

type Recent = TollState["recent"][number];

/** Passages of point gantries that may be seen twice. */
function recentChanges(before: readonly Recent[], after: readonly Recent[]): Omit<Step<unknown>, "state"> {
  const was = new Set(before);
  const is = new Set(after);
  return {
    put: after
      .filter((one) => !was.has(one))
      .map(({ id, timeMs, place, plate, charged }) =>
        siteRecord({
          ...{ kind: "sight", id: `${RECENT}:${id}`, isLive: true, parent: RECENT, plate: plate.text, timeMs },
          data: { id, place },
          evidence: { plate, charged },
        }),
      ),
    removed: before.filter((one) => !is.has(one)).map(({ id }) => ({ kind: "sight", id: `${RECENT}:${id}` })),
  };
}

function recentOf(records: readonly SiteRecord[]): Recent[] {
  return records.flatMap(({ parent, timeMs, data, evidence }) => {
    if (parent !== RECENT || evidence === null) return [];
    const { id, place } = data as Pick<PairEnd, "id" | "place">; // only recentChanges writes them
    const { plate, charged } = evidence as Pick<Recent, "plate" | "charged">;
    return [{ id, place, timeMs, plate, charged }];
  });
}
