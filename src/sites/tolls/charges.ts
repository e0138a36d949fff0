/**
 * Turns gantry passages into charges: each passage and gantry at most once, whatever is delivered twice or late.
 * A pure reducer; what it charges is written to the ledger (ledger.ts) under the charge's id, which the same passages
 * always have, so that writing it twice changes nothing.
 */
import {
  addToPairing,
  NO_PAIRS,
  type Pair,
  type PairEnd,
  type PairingOptions,
  type PairingState,
  settlePairing,
} from "../pairing.ts";
import { plateLikelihood } from "../plate-likelihood.ts";
import type { PlateEvidence, SitePassage } from "../site-passage.ts";
import { type AccountIndex, accountOf, chargedPlate, DEFAULT_KNOWN_SHARE } from "./accounts.ts";
import {
  type ClassEntry,
  type Gantry,
  gantryOf,
  lostEndPrice,
  pointPrice,
  type TollNetwork,
  type TollPrice,
  tripPrice,
  vehicleClassOf,
} from "./network.ts";
import { isSeenElsewhere } from "./seen-elsewhere.ts";

export interface TollCharge {
  /** `gantry:passage` of the passage that completes it: the idempotency key. */
  readonly id: string;
  readonly passageIds: readonly string[];
  readonly gantryIds: readonly string[];
  readonly timeMs: number;
  /** The plate charged, or the best guess for the person who decides. */
  readonly text: string;
  readonly probability: number;
  /** Null: the plate has no account; the bill goes to whoever holds the vehicle. */
  readonly accountId: string | null;
  readonly vehicleClass: string;
  /** Null: no price is known. */
  readonly price: TollPrice | null;
  /** `charged`: no person needed. `review`: not charged before a person decides. `void`: superseded, or never was. */
  readonly state: "charged" | "review" | "void";
  readonly reason: "sure" | "not-sure" | "unread" | "lost-end" | "weak-match" | "slow-trip" | "superseded";
  /** Passages of the same vehicle at other point gantries, which speak for the plate. Missing: none. */
  readonly supportIds?: readonly string[];
}

export interface TollOptions {
  /** Charges less probable are reviewed; chosen by chooseReviewThreshold. Null: all are. */
  readonly threshold: number | null;
  readonly knownShare: number;
  /** The same plate again at the same gantry within this time is one vehicle seen twice, also by another lane's camera. */
  readonly duplicateMs: number;
  /** Gantries' clocks may differ by this. */
  readonly skewMs: number;
  /** Nobody is under way longer between entry and exit. */
  readonly longestTripMs: number;
  /** Metres a second: faster trips are of two vehicles, slower ones are reviewed, as the entry may be of an earlier trip. */
  readonly fastest: number;
  readonly slowest: number;
  /** Between point gantries whose place along the road is not told, a vehicle takes at most this. */
  readonly companyMs: number;
  /** How late passages may be delivered. */
  readonly lateMs: number;
  /** Nats, as in parking sessions. */
  readonly minFit: number;
  /** Above, two reads at one gantry are one vehicle seen twice. */
  readonly sureFit: number;
  /** Below, a trip whose ends are not by themselves of one plate is reviewed. */
  readonly tripFit: number;
}

export const TOLL_DEFAULTS: TollOptions = {
  threshold: null,
  knownShare: DEFAULT_KNOWN_SHARE,
  duplicateMs: 30_000,
  skewMs: 60_000,
  longestTripMs: 24 * 3_600_000,
  fastest: 80,
  slowest: 12,
  companyMs: 1_800_000,
  lateMs: 12 * 3_600_000,
  minFit: 0,
  sureFit: 7,
  tripFit: 2,
};

export interface TollContext {
  readonly network: TollNetwork;
  readonly accounts: AccountIndex;
  readonly classes: ReadonlyMap<string, readonly ClassEntry[]>;
  readonly options: TollOptions;
}

export interface TollState {
  /** Passages of point gantries recent enough to be seen twice or told again, with the plate charged; "" for none. */
  readonly recent: readonly (PairEnd & { readonly charged: string })[];
  readonly pairing: PairingState;
}

export const NO_TOLLS: TollState = { recent: [], pairing: NO_PAIRS };

export interface TollChange {
  readonly state: TollState;
  /** New or changed charges, by id. */
  readonly charges: readonly TollCharge[];
  readonly outcome:
    | { readonly kind: "taken" }
    | { readonly kind: "replay" }
    | { readonly kind: "duplicate"; readonly of: string }
    | { readonly kind: "review"; readonly reason: "no-such-camera" };
}

/** Takes in a passage. */
export function updateTolls(state: TollState, passage: SitePassage, context: TollContext): TollChange {
  const found = gantryOf(context.network, passage.cameraId);
  if (found === undefined) return { state, charges: [], outcome: { kind: "review", reason: "no-such-camera" } };
  const { gantry } = found;
  const { id, firstTimeMs, text, confidence, characters, candidates } = passage;
  const one: PairEnd = {
    id,
    timeMs: firstTimeMs,
    place: gantry.id,
    plate: { text, confidence, characters, candidates },
  };
  const earlier = earlierSight(state, one, context.options);
  if (earlier !== undefined) return { state, charges: [], outcome: earlier };
  if (gantry.kind === "point") return passPoint(state, one, context);
  const role = gantry.kind === "entry" ? "start" : "end";
  const change = addToPairing(state.pairing, one, role, tollPairing(context));
  const charges = [
    ...change.broken.map((pair) => voided(tripCharge(pair, context))),
    ...change.made.map((pair) => tripCharge(pair, context)),
  ];
  // A trip made anew under the id of one that broke (the same exit) replaces it.
  const latest = new Map(charges.map((charge) => [charge.id, charge]));
  return { state: { ...state, pairing: change.state }, charges: [...latest.values()], outcome: { kind: "taken" } };
}

/** A passage at a point gantry, and what it says of the same vehicle's passages at others. */
function passPoint(state: TollState, one: PairEnd, context: TollContext): TollChange {
  const gantries = new Map(context.network.gantries.map((gantry) => [gantry.id, gantry]));
  const companyOf = (passage: PairEnd, among: TollState["recent"]): TollState["recent"] =>
    among.filter(
      (other) => other.charged !== "" && isSeenElsewhere(other, passage, gantries, context.options), // duplicates add nothing
    );
  const company = companyOf(one, state.recent);
  const charge = pointCharge(one, company, context);
  // Unlike reads may turn out to be of one plate: nobody passes a gantry twice within seconds.
  const twin = state.recent.find((other) => isTwin(other, one, context.options) && other.charged === charge.text);
  if (twin !== undefined && charge.text !== "") {
    const recent = [...state.recent, { ...one, charged: "" }];
    return { state: { ...state, recent }, charges: [], outcome: { kind: "duplicate", of: twin.id } };
  }
  const recent = [...state.recent, { ...one, charged: charge.text }];
  // What was decided before this passage came is decided anew with it, under the same ids.
  const redone = new Map(
    company.map((other) => [other.id, pointCharge(other, companyOf(other, recent), context)] as const),
  );
  const known = recent.map((other) => {
    const again = redone.get(other.id);
    return again === undefined || again.text === other.charged ? other : { ...other, charged: again.text };
  });
  return { state: { ...state, recent: known }, charges: [charge, ...redone.values()], outcome: { kind: "taken" } };
}

/**
 * Settles what time has decided: exits without entry and entries without exit get the price of a lost end, or go to a
 * person. Call it every few minutes.
 */
export function settleTolls(
  state: TollState,
  nowMs: number,
  context: TollContext,
): { state: TollState; charges: readonly TollCharge[] } {
  const { options } = context;
  const isLate = ({ timeMs }: PairEnd): boolean => nowMs - timeMs > options.lateMs;
  const isOver = (start: PairEnd): boolean => nowMs - start.timeMs > options.lateMs + options.longestTripMs;
  const lone = [...state.pairing.starts.filter(isOver), ...state.pairing.ends.filter(isLate)];
  return {
    state: {
      recent: state.recent.filter((one) => !isLate(one)),
      pairing: settlePairing(state.pairing, { start: isOver, end: isLate, pair: ({ end }) => isLate(end) }),
    },
    charges: lone.map((one) => loneCharge(one, context)),
  };
}

function isTwin(other: PairEnd, one: PairEnd, { duplicateMs }: TollOptions): boolean {
  return other.place === one.place && Math.abs(other.timeMs - one.timeMs) <= duplicateMs;
}

function tollPairing({ network, options }: TollContext): PairingOptions {
  const { minFit, sureFit, skewMs, longestTripMs, fastest } = options;
  const metres = new Map(network.gantries.map(({ id, metre }) => [id, metre]));
  return {
    minFit,
    sameFit: sureFit,
    likeness: plateLikelihood,
    plausibility(start, end) {
      const tripMs = end.timeMs - start.timeMs;
      if (tripMs < -skewMs || tripMs > longestTripMs) return Number.NEGATIVE_INFINITY;
      const way = (metres.get(end.place) ?? Number.NaN) - (metres.get(start.place) ?? Number.NaN);
      // Metres count up in the direction of driving; without them, any exit may follow any entry.
      if (way <= 0 || (way / (tripMs + skewMs)) * 1000 > fastest) return Number.NEGATIVE_INFINITY;
      return tripMs < 0 ? -3 : -Math.log1p(tripMs / 3_600_000);
    },
  };
}

function earlierSight(
  { recent, pairing: { starts, ends, pairs } }: TollState,
  one: PairEnd,
  options: TollOptions,
): { kind: "replay" } | { kind: "duplicate"; of: string } | undefined {
  let twin: PairEnd | undefined;
  const look = (other: PairEnd): boolean => {
    if (!isTwin(other, one, options)) return false;
    if (other.id === one.id) return true;
    if (twin === undefined && plateLikelihood(other.plate, one.plate) >= options.sureFit) twin = other;
    return false;
  };
  for (const other of recent) if (look(other)) return { kind: "replay" };
  for (const other of starts) if (look(other)) return { kind: "replay" };
  for (const other of ends) if (look(other)) return { kind: "replay" };
  for (const { start, end } of pairs) if (look(start) || look(end)) return { kind: "replay" };
  return twin === undefined ? undefined : { kind: "duplicate", of: twin.id };
}

function pointCharge(one: PairEnd, company: readonly PairEnd[], context: TollContext): TollCharge {
  const gantry = gantryById(context.network, one.place);
  const priceFor = (vehicleClass: string) => pointPrice(context.network, gantry, vehicleClass, one.timeMs);
  const charge = decided([one], [gantry.id], one.timeMs, context, priceFor, company);
  return company.length === 0 ? charge : { ...charge, supportIds: company.map(({ id }) => id) };
}

function tripCharge({ start, end, fit }: Pair, context: TollContext): TollCharge {
  const { network, options } = context;
  const [entry, exit] = [gantryById(network, start.place), gantryById(network, end.place)];
  const charge = decided([end, start], [entry.id, exit.id], end.timeMs, context, (vehicleClass) =>
    tripPrice(network, entry, exit, vehicleClass, start.timeMs),
  );
  if (charge.state !== "charged") return charge;
  // Unlike reads that each by itself are of this plate belong together all the same.
  const isOnePlate = (read: PlateEvidence): boolean =>
    chargedPlate([read], context.accounts, options.knownShare)?.text === charge.text;
  if (fit < options.tripFit && !(isOnePlate(start.plate) && isOnePlate(end.plate))) {
    return { ...charge, state: "review", reason: "weak-match" };
  }
  const way = (exit.metre ?? Number.NaN) - (entry.metre ?? Number.NaN);
  const isSlow = (way / Math.max(1, end.timeMs - start.timeMs)) * 1000 < options.slowest;
  return isSlow ? { ...charge, state: "review", reason: "slow-trip" } : charge;
}

function loneCharge(one: PairEnd, context: TollContext): TollCharge {
  const gantry = gantryById(context.network, one.place);
  const charge = decided([one], [gantry.id], one.timeMs, context, (vehicleClass) =>
    lostEndPrice(context.network, gantry, vehicleClass, one.timeMs),
  );
  return charge.price === null ? { ...charge, state: "review", reason: "lost-end" } : charge;
}

/**
 * @param ends the passages, that which completes the charge first.
 * @param company passages that are not charged here and speak for the plate.
 */
function decided(
  ends: readonly PairEnd[],
  gantryIds: readonly string[],
  timeMs: number,
  { network, accounts, classes, options }: TollContext,
  priceFor: (vehicleClass: string) => TollPrice | null,
  company: readonly PairEnd[] = [],
): TollCharge {
  const [last] = ends;
  const reads: readonly PlateEvidence[] = [...ends, ...company].map(({ plate }) => plate);
  const plate = chargedPlate(reads, accounts, options.knownShare);
  const text = plate?.text ?? "";
  const vehicleClass = vehicleClassOf(text, timeMs, network, classes);
  const price = priceFor(vehicleClass);
  const isSure = plate !== null && options.threshold !== null && plate.probability >= options.threshold;
  return {
    id: `${last!.place}:${last!.id}`, // there is a passage to charge
    passageIds: ends.map(({ id }) => id),
    gantryIds,
    timeMs,
    text,
    probability: plate?.probability ?? 0,
    accountId: accountOf(text, timeMs, accounts)?.id ?? null,
    vehicleClass,
    price,
    state: isSure && price !== null ? "charged" : "review",
    reason: plate === null ? "unread" : isSure ? "sure" : "not-sure",
  };
}

function voided(charge: TollCharge): TollCharge {
  return { ...charge, state: "void", reason: "superseded" };
}

function gantryById({ gantries }: TollNetwork, id: string): Gantry {
  return gantries.find((gantry) => gantry.id === id)!; // places are ids of gantries
}
