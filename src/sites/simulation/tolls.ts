/** A month on a toll road: open gantries and a closed section, run through the rules of tolls, and charged by exact text. */
import { type CheckedAnswer, chooseReviewThreshold, type ReviewThreshold } from "../review-threshold.ts";
import type { PlateEvidence } from "../site-passage.ts";
import { type AccountIndex, accountIndex, chargedPlate, type TollAccount } from "../tolls/accounts.ts";
import {
  NO_TOLLS,
  settleTolls,
  TOLL_DEFAULTS,
  type TollCharge,
  type TollContext,
  updateTolls,
} from "../tolls/charges.ts";
import { checkTollNetwork, type Gantry, gantryOf, pointPrice, type TollNetwork, tripPrice } from "../tolls/network.ts";
import { ALWAYS } from "../validity.ts";
import { type Figure, type SimulationOptions, shareFigure } from "./figures.ts";
import { createMisreader, type Misreader } from "./misreads.ts";
import { SIMULATION_START_MS } from "./parking.ts";
import { createPlates } from "./population.ts";
import { createRandom, type Random } from "./random.ts";
import { type Delivery, deliver, type TruePassage } from "./stream.ts";

const gantry = (id: string, kind: Gantry["kind"], metre: number): Gantry => ({
  id,
  name: `Gantry ${id}`,
  kind,
  metre,
  ...(kind === "point" ? { sectionMetres: 12_500 } : {}),
  cameras: [1, 2].map((lane) => ({ cameraId: `${id}-lane-${lane}`, lane: String(lane) })),
});

export const SIMULATED_NETWORK: TollNetwork = checkTollNetwork({
  id: "simulated",
  name: "Simulated toll road",
  currency: "EUR",
  classes: ["car", "truck"],
  gantries: [
    ...[0, 1, 2, 3].map((i) => gantry(`P${i}`, "point", i * 12_500)),
    ...[0, 1, 2].map((i) => gantry(`E${i}`, "entry", i * 20_000)),
    ...[1, 2, 3].map((i) => gantry(`X${i}`, "exit", i * 20_000 - 2_000)),
  ],
  tariffs: [{ id: "2026", fromMs: 0, per100Km: { car: 820, truck: 3480 } }],
});

/** Wrong charges allowed: one in so many. */
const WRONG_SHARE = 1e-4;
/** Charges whose truth is known, for the threshold: enough to show the rate with room for a few wrong ones. */
const CALIBRATION_CHARGES = 150_000;
/** The others take the closed section. */
const OPEN_ROAD_SHARE = 0.5;
const ACCOUNT_SHARE = 0.9;

/** A true passage or trip and what it costs, by the id of the passage that completes it. */
interface TrueCharge {
  readonly plate: string;
  readonly amount: number;
}

interface Traffic {
  readonly passages: readonly TruePassage[];
  readonly truths: ReadonlyMap<string, TrueCharge>;
}

export function simulateTolls(options: SimulationOptions): readonly Figure[] {
  const { vehicles, days, seed } = options;
  const random = createRandom(seed, 21);
  const plates = createPlates(Math.max(10, Math.round(vehicles / 2)), random);
  const accounts = accountIndex(createAccounts(plates, random));
  const traffic = createTraffic(vehicles, days, plates, random);
  const read = createMisreader(options.misreads);
  const chosen = thresholdFor(read, plates, accounts, createRandom(seed, 22));
  const deliveries = deliver(traffic.passages, read, seed, options.delivery);
  const context: TollContext = {
    network: SIMULATED_NETWORK,
    accounts,
    classes: new Map(),
    options: { ...TOLL_DEFAULTS, threshold: chosen.threshold, knownShare: ACCOUNT_SHARE },
  };
  const charged = judge(chargeAll(deliveries, context), traffic);
  const naive = judge(chargeExactly(deliveries, accounts), traffic);
  return [
    shareFigure("tollsWrong", "wrong charges, of those charged without a person", charged.wrong, naive.wrong, {
      relation: "<=",
      value: WRONG_SHARE,
    }),
    shareFigure("tollsReviewed", "charges that a person decides", charged.reviewed, naive.reviewed, {
      relation: "<=",
      value: 0.05,
    }),
    shareFigure("tollsRight", "passages and trips charged rightly without a person", charged.right, naive.right),
    shareFigure("tollsLost", "passages and trips neither charged nor reviewed", charged.lost, naive.lost),
    shareFigure("threshold", "probability below which a person decides", chosen.threshold ?? 1, null),
  ];
}

function createAccounts(plates: readonly string[], random: Random): TollAccount[] {
  return plates
    .filter(() => random.chance(ACCOUNT_SHARE))
    .map((plate, i) => ({ id: `account-${i}`, holder: `Holder ${i}`, plates: [{ plate, ...ALWAYS }] }));
}

/** Half of the vehicles take the open road past some gantries, half the closed section. */
function createTraffic(count: number, days: number, plates: readonly string[], random: Random): Traffic {
  const passages: TruePassage[] = [];
  const truths = new Map<string, TrueCharge>();
  const gantryById = new Map(SIMULATED_NETWORK.gantries.map((one) => [one.id, one]));
  const free = new Map<string, number>();
  const pass = (id: string, plate: string, gantryId: string, timeMs: number): void => {
    passages.push({ id, plate, cameraId: `${gantryId}-lane-${random.int(1, 2)}`, timeMs });
  };
  for (let i = 0; i < count; i++) {
    const plate = random.pick(plates);
    // A vehicle is at one place at a time: two trips of it are two hours apart.
    const timeMs = Math.max(SIMULATION_START_MS + Math.round(random.next() * days * 86_400_000), free.get(plate) ?? 0);
    free.set(plate, timeMs + 7_200_000);
    const metresPerMs = 0.026 + 0.008 * random.next();
    if (random.chance(OPEN_ROAD_SHARE)) {
      const first = random.int(0, 3);
      const last = random.int(first, 3);
      for (let g = first; g <= last; g++) {
        const one = gantryById.get(`P${g}`)!; // the network has P0 to P3
        const passedMs = Math.round(timeMs + ((g - first) * 12_500) / metresPerMs);
        pass(`t${i}-${g}`, plate, one.id, passedMs);
        truths.set(`t${i}-${g}`, { plate, amount: pointPrice(SIMULATED_NETWORK, one, "car", passedMs).amount });
      }
    } else {
      const entry = random.int(0, 2);
      const out = random.int(entry + 1, 3);
      const [from, to] = [gantryById.get(`E${entry}`)!, gantryById.get(`X${out}`)!]; // E0 to E2, X1 to X3
      const passedMs = Math.round(timeMs + (to.metre! - from.metre!) / metresPerMs); // both have a place
      pass(`t${i}-in`, plate, from.id, timeMs);
      pass(`t${i}-out`, plate, to.id, passedMs);
      truths.set(`t${i}-out`, { plate, amount: tripPrice(SIMULATED_NETWORK, from, to, "car", timeMs)!.amount }); // by distance
    }
  }
  return { passages, truths };
}

/** The threshold as an operator finds it: from charges that people have checked, drawn like those of the road. */
function thresholdFor(
  read: Misreader,
  plates: readonly string[],
  accounts: AccountIndex,
  random: Random,
): ReviewThreshold {
  const answers: CheckedAnswer[] = [];
  while (answers.length < CALIBRATION_CHARGES) {
    const plate = random.pick(plates);
    const reads = (count: number): PlateEvidence[] => Array.from({ length: count }, () => read(plate, random));
    const answer = (said: readonly PlateEvidence[]): void => {
      const found = chargedPlate(said, accounts, ACCOUNT_SHARE);
      answers.push({ confidence: found?.probability ?? 0, isRight: found?.text === plate });
    };
    if (random.chance(OPEN_ROAD_SHARE)) {
      const first = random.int(0, 3);
      const passed = reads(random.int(first, 3) - first + 1);
      // What was read alike at other gantries speaks for it.
      for (const one of passed) answer([one, ...passed.filter((other) => other !== one && other.text === one.text)]);
    } else answer(reads(2));
  }
  return chooseReviewThreshold(answers, WRONG_SHARE);
}

function chargeAll(deliveries: readonly Delivery[], context: TollContext): TollCharge[] {
  const charges = new Map<string, TollCharge>();
  let state = NO_TOLLS;
  for (const [i, { passage, arrivesMs }] of deliveries.entries()) {
    const change = updateTolls(state, passage, context);
    state = change.state;
    for (const charge of change.charges) charges.set(charge.id, charge);
    if (i % 200 !== 0) continue;
    const settled = settleTolls(state, arrivesMs, context);
    state = settled.state;
    for (const charge of settled.charges) charges.set(charge.id, charge);
  }
  for (const charge of settleTolls(state, Number.MAX_SAFE_INTEGER, context).charges) charges.set(charge.id, charge);
  return [...charges.values()].filter(({ state: made }) => made !== "void");
}

/** What most systems do: charge the text that was read; an exit ends the last entry of exactly the same text. */
function chargeExactly(deliveries: readonly Delivery[], accounts: AccountIndex): TollCharge[] {
  const charges = new Map<string, TollCharge>();
  const open = new Map<string, { gantry: Gantry; timeMs: number }>();
  for (const { passage } of deliveries) {
    const { gantry: one } = gantryOf(SIMULATED_NETWORK, passage.cameraId)!; // cameras of the network
    const { id, text, firstTimeMs: timeMs, confidence } = passage;
    if (one.kind === "entry") {
      open.set(text, { gantry: one, timeMs });
      continue;
    }
    const entry = open.get(text);
    if (one.kind === "exit") open.delete(text);
    const price =
      one.kind === "point"
        ? pointPrice(SIMULATED_NETWORK, one, "car", timeMs)
        : entry === undefined
          ? null
          : tripPrice(SIMULATED_NETWORK, entry.gantry, one, "car", entry.timeMs);
    charges.set(`${one.id}:${id}`, {
      id: `${one.id}:${id}`,
      passageIds: [id],
      gantryIds: [one.id],
      timeMs,
      text,
      probability: confidence,
      accountId: accounts.byText.get(text)?.[0]?.id ?? null,
      vehicleClass: "car",
      price,
      state: price === null ? "review" : "charged",
      reason: price === null ? "lost-end" : "sure",
    });
  }
  return [...charges.values()];
}

/** Shares: wrong of those charged, reviewed of all made, right and lost of the true ones. */
function judge(
  charges: readonly TollCharge[],
  { truths }: Traffic,
): { wrong: number; reviewed: number; right: number; lost: number } {
  const seen = new Set<string>();
  const chargedOnce = new Set<string>();
  let charged = 0;
  let right = 0;
  for (const { id, state, text, price } of charges) {
    const trueId = id.slice(id.indexOf(":") + 1).replace(/~2$/, "");
    const truth = truths.get(trueId);
    seen.add(trueId);
    if (state !== "charged") continue;
    charged++;
    // A second charge for the same passage is wrong, whatever it says.
    if (truth !== undefined && !chargedOnce.has(trueId) && truth.plate === text && truth.amount === price?.amount)
      right++;
    chargedOnce.add(trueId);
  }
  const lost = [...truths.keys()].filter((id) => !seen.has(id)).length;
  return {
    wrong: charged === 0 ? 0 : (charged - right) / charged,
    reviewed: (charges.length - charged) / Math.max(1, charges.length),
    right: right / Math.max(1, truths.size),
    lost: lost / Math.max(1, truths.size),
  };
}
