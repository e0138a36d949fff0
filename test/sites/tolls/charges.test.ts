import assert from "node:assert/strict";
import { test } from "node:test";
import type { SitePassage } from "../../../src/sites/site-passage.ts";
import { accountIndex, accountOf, chargedPlate } from "../../../src/sites/tolls/accounts.ts";
import {
  NO_TOLLS,
  settleTolls,
  TOLL_DEFAULTS,
  type TollCharge,
  type TollContext,
  updateTolls,
} from "../../../src/sites/tolls/charges.ts";
import { checkTollNetwork, type Gantry, type TollNetwork } from "../../../src/sites/tolls/network.ts";
import { ALWAYS } from "../../../src/sites/validity.ts";
import { passageOf, readOf } from "../reads.ts";

const MINUTE = 60_000;
const gantry = (id: string, kind: Gantry["kind"], metre: number): Gantry => ({
  id,
  name: id,
  kind,
  metre,
  cameras: [
    { cameraId: `${id}1`, lane: "1" },
    { cameraId: `${id}2`, lane: "2" },
  ],
});
const network: TollNetwork = {
  id: "n",
  name: "N",
  currency: "EUR",
  classes: ["car", "truck"],
  gantries: [
    gantry("P", "point", 0),
    { ...gantry("S", "point", 0), sectionMetres: 12_345 },
    gantry("E", "entry", 0),
    gantry("F", "entry", 10_000),
    gantry("X", "exit", 30_000),
  ],
  tariffs: [
    {
      id: "old",
      fromMs: 0,
      points: { P: { car: 150, truck: 400 } },
      per100Km: { car: 820, truck: 2000 },
      trips: [{ entry: "F", exit: "X", prices: { car: 99, truck: 199 } }],
      lostEnd: { car: 500, truck: 900 },
    },
    { id: "new", fromMs: 1000 * MINUTE, points: { P: { car: 200, truck: 500 } }, per100Km: { car: 900, truck: 2100 } },
  ],
};
const accounts = accountIndex([
  {
    id: "A1",
    holder: "A",
    plates: [
      { plate: "AB123CD", ...ALWAYS },
      { plate: "TR999CK", ...ALWAYS },
    ],
  },
  { id: "A2", holder: "B", plates: [{ plate: "OLD77ER", validFromMs: null, validToMs: 5 * MINUTE }] },
]);
const context: TollContext = {
  network: checkTollNetwork(network),
  accounts,
  classes: new Map([["TR999CK", [{ plate: "TR999CK", vehicleClass: "truck", ...ALWAYS }]]]),
  options: { ...TOLL_DEFAULTS, threshold: 0.99 },
};

function run(passages: readonly SitePassage[], settleMs?: number): { charges: TollCharge[]; outcomes: string[] } {
  let state = NO_TOLLS;
  const charges = new Map<string, TollCharge>();
  const outcomes: string[] = [];
  for (const passage of passages) {
    const change = updateTolls(state, passage, context);
    state = change.state;
    outcomes.push(change.outcome.kind);
    for (const charge of change.charges) charges.set(charge.id, charge);
  }
  if (settleMs !== undefined)
    for (const charge of settleTolls(state, settleMs, context).charges) charges.set(charge.id, charge);
  return { charges: [...charges.values()], outcomes };
}

const said = ({ id, state, reason, text, accountId, vehicleClass, price }: TollCharge): string =>
  `${id} ${state} ${reason} ${text} ${accountId ?? "-"} ${vehicleClass} ${price?.amount ?? "?"}`;
const at = (id: string, camera: string, minutes: number, read: Parameters<typeof passageOf>[3]) =>
  passageOf(id, camera, minutes * MINUTE, read);

const cases: readonly {
  name: string;
  passages: SitePassage[];
  settle?: number;
  expected: string[];
  outcomes?: string[];
}[] = [
  { name: "nothing", passages: [], expected: [] },
  {
    name: "an account's plate at a gantry",
    passages: [at("a", "P1", 1, "AB123CD")],
    expected: ["P:a charged sure AB123CD A1 car 150"],
  },
  {
    name: "a truck by its list, by the later tariff",
    passages: [at("a", "P1", 1001, "TR999CK")],
    expected: ["P:a charged sure TR999CK A1 truck 500"],
  },
  {
    name: "a section by its length: 12.345 km × 8.20 / 100 = 1.01",
    passages: [at("a", "S1", 1, "AB123CD")],
    expected: ["S:a charged sure AB123CD A1 car 101"],
  },
  {
    name: "a plate that left its account",
    passages: [at("a", "P1", 6, "OLD77ER")],
    expected: ["P:a charged sure OLD77ER - car 150"],
  },
  {
    name: "a misread account's plate",
    passages: [at("a", "P1", 1, readOf("A8123CD", { 1: 0.6 }))],
    expected: ["P:a charged sure AB123CD A1 car 150"],
  },
  {
    name: "a stranger read badly",
    passages: [at("a", "P1", 1, readOf("QX550YZ", { 1: 0.8 }))],
    expected: ["P:a review not-sure QX550YZ - car 150"],
  },
  { name: "nothing read", passages: [at("a", "P1", 1, "")], expected: ["P:a review unread  - car 150"] },
  {
    name: "a plate of one character",
    passages: [at("a", "P1", 1, "A")],
    expected: ["P:a review not-sure A - car 150"],
  },
  {
    name: "one passage told twice, and seen by two lanes",
    passages: [
      at("a", "P1", 1, "AB123CD"),
      at("a", "P1", 1, "AB123CD"),
      at("b", "P2", 1.1, readOf("A8123CD", { 1: 0.6 })),
    ],
    expected: ["P:a charged sure AB123CD A1 car 150"],
    outcomes: ["taken", "replay", "duplicate"],
  },
  {
    name: "two passages of a vehicle, ten minutes apart",
    passages: [at("a", "P1", 1, "AB123CD"), at("b", "P1", 11, "AB123CD")],
    expected: ["P:a charged sure AB123CD A1 car 150", "P:b charged sure AB123CD A1 car 150"],
  },
  {
    name: "a trip by distance: 30 km × 8.20 / 100 = 2.46",
    passages: [at("a", "E1", 0, "AB123CD"), at("b", "X1", 20, "AB123CD")],
    expected: ["X:b charged sure AB123CD A1 car 246"],
  },
  {
    name: "a trip with its own price, delivered in reverse",
    passages: [at("b", "X1", 20, "AB123CD"), at("a", "F1", 5, "AB123CD")],
    expected: ["X:b charged sure AB123CD A1 car 99"],
  },
  {
    name: "a trip over a change of tariff: by its entry",
    passages: [at("a", "F1", 990, "AB123CD"), at("b", "X1", 1005, "AB123CD")],
    expected: ["X:b charged sure AB123CD A1 car 99"],
  },
  {
    name: "a trip too slow to be one",
    passages: [at("a", "E1", 0, "AB123CD"), at("b", "X1", 200, "AB123CD")],
    expected: ["X:b review slow-trip AB123CD A1 car 246"],
  },
  {
    name: "a trip too fast to be one, and an exit without entry",
    passages: [at("a", "E1", 0, "AB123CD"), at("b", "X1", 1, "AB123CD")],
    settle: 10_000,
    expected: ["E:a charged sure AB123CD A1 car 500", "X:b charged sure AB123CD A1 car 500"],
  },
  {
    name: "a trip whose nearer entry is delivered late",
    passages: [at("a", "E1", 0, "AB123CD"), at("b", "X1", 20, "AB123CD"), at("c", "F1", 10, "AB123CD")],
    expected: ["X:b charged sure AB123CD A1 car 99"],
  },
  { name: "a camera of no gantry", passages: [at("a", "Q", 0, "AB123CD")], expected: [], outcomes: ["review"] },
];
for (const { name, passages, settle, expected, outcomes } of cases) {
  test(`tolls of ${name}`, () => {
    const made = run(passages, settle === undefined ? undefined : settle * MINUTE);
    assert.deepEqual(made.charges.map(said).sort(), [...expected].sort());
    if (outcomes !== undefined) assert.deepEqual(made.outcomes, outcomes);
  });
}

test("without a threshold everything is for a person", () => {
  const { charges } = updateTolls(NO_TOLLS, at("a", "P1", 1, "AB123CD"), { ...context, options: TOLL_DEFAULTS });
  assert.equal(charges[0]!.state, "review");
});

test("two reads of one vehicle say more than one", () => {
  const read = readOf("A8I23CD", { 1: 0.5, 2: 0.5 });
  const one = chargedPlate([read], accounts)!;
  const two = chargedPlate([read, readOf("AB123C0", { 6: 0.5 })], accounts)!;
  assert.equal(two.text, "AB123CD");
  assert.ok(two.probability > 0.999 && two.probability > one.probability);
  assert.equal(chargedPlate([readOf("")], accounts), null);
  assert.equal(accountOf("NOBODY", 0, accounts), null);
});

const refused: readonly { name: string; change: Partial<TollNetwork>; message: RegExp }[] = [
  { name: "no class", change: { classes: [] }, message: /must be a vehicle class/ },
  { name: "no tariff", change: { tariffs: [] }, message: /must be a tariff/ },
  {
    name: "a negative price",
    change: { tariffs: [{ id: "t", fromMs: 0, points: { P: { car: -1, truck: 1 } }, per100Km: { car: 1, truck: 1 } }] },
    message: /found -1/,
  },
  {
    name: "a class without price",
    change: { tariffs: [{ id: "t", fromMs: 0, points: { P: { car: 1 } } }] },
    message: /no price for class "truck"/,
  },
  { name: "a gantry without price", change: { tariffs: [{ id: "t", fromMs: 0 }] }, message: /no price for gantry "P"/ },
  {
    name: "a camera at two places",
    change: {
      gantries: [gantry("E", "entry", 0), { ...gantry("F", "entry", 0), cameras: gantry("E", "entry", 0).cameras }],
    },
    message: /at two places/,
  },
];
for (const { name, change, message } of refused) {
  test(`a toll network with ${name} is refused`, () => {
    assert.throws(() => checkTollNetwork({ ...network, ...change }), { code: "SITE_INVALID", message });
  });
}
