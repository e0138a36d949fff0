import assert from "node:assert/strict";
import { test } from "node:test";
import type { SitePassage } from "../../../src/sites/site-passage.ts";
import { accountIndex } from "../../../src/sites/tolls/accounts.ts";
import {
  NO_TOLLS,
  TOLL_DEFAULTS,
  type TollCharge,
  type TollContext,
  updateTolls,
} from "../../../src/sites/tolls/charges.ts";
import { checkTollNetwork, type Gantry } from "../../../src/sites/tolls/network.ts";
import { isSeenElsewhere } from "../../../src/sites/tolls/seen-elsewhere.ts";
import { passageOf, readOf } from "../reads.ts";

const MINUTE = 60_000;
const point = (id: string, metre?: number): Gantry => ({
  ...{ id, name: id, kind: "point", cameras: [{ cameraId: `${id}1`, lane: "1" }] },
  ...(metre === undefined ? {} : { metre }),
});
const gantries = new Map([point("A", 0), point("B", 12_000), point("U"), point("V")].map((one) => [one.id, one]));
const end = (place: string, minutes: number, text = "AB123") => ({
  ...{ id: `${place}${minutes}`, place, timeMs: minutes * MINUTE, plate: passageOf("x", place, 0, text) },
});

const pairs: readonly { name: string; a: ReturnType<typeof end>; b: ReturnType<typeof end>; expected: boolean }[] = [
  { name: "nothing read", a: end("A", 0, ""), b: end("B", 8, ""), expected: false },
  { name: "8 minutes for 12 km", a: end("A", 0), b: end("B", 8), expected: true },
  { name: "told in reverse", a: end("B", 8), b: end("A", 0), expected: true },
  { name: "another text", a: end("A", 0), b: end("B", 8, "AB124"), expected: false },
  { name: "the same gantry", a: end("A", 0), b: end("A", 8), expected: false },
  { name: "faster than anyone drives", a: end("A", 0), b: end("B", 1), expected: false },
  { name: "slower than a trip", a: end("A", 0), b: end("B", 40), expected: false },
  { name: "against the direction of driving", a: end("B", 0), b: end("A", 8), expected: false },
  { name: "places not told, within half an hour", a: end("U", 0), b: end("V", 29), expected: true },
  { name: "places not told, after it", a: end("U", 0), b: end("V", 31), expected: false },
  { name: "a place that is none", a: end("U", 0), b: end("Z", 1), expected: false },
];
for (const { name, a, b, expected } of pairs) {
  test(`a vehicle seen at two gantries: ${name}`, () =>
    assert.equal(isSeenElsewhere(a, b, gantries, TOLL_DEFAULTS), expected));
}

const context: TollContext = {
  network: checkTollNetwork({
    ...{ id: "n", name: "N", currency: "EUR", classes: ["car"], gantries: [...gantries.values()] },
    tariffs: [{ id: "t", fromMs: 0, points: Object.fromEntries([...gantries.keys()].map((id) => [id, { car: 150 }])) }],
  }),
  accounts: accountIndex([]),
  classes: new Map(),
  options: { ...TOLL_DEFAULTS, threshold: 0.998 },
};

function run(passages: readonly SitePassage[]): TollCharge[] {
  let state = NO_TOLLS;
  const charges = new Map<string, TollCharge>();
  for (const passage of passages) {
    const change = updateTolls(state, passage, context);
    state = change.state;
    for (const charge of change.charges) charges.set(charge.id, charge);
  }
  return [...charges.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const doubtful = readOf("QX550YZ", { 1: 0.95 });
const first = passageOf("p", "A1", 0, doubtful);
const second = passageOf("q", "B1", 8 * MINUTE, doubtful);

test("a stranger read badly waits for a person, until the next gantry has read the same", () => {
  assert.deepEqual(
    run([first]).map(({ state }) => state),
    ["review"],
  );
  const both = run([first, second]);
  assert.deepEqual(
    both.map(({ id, state, passageIds, supportIds }) => [id, state, passageIds, supportIds]),
    [
      ["A:p", "charged", ["p"], ["q"]],
      ["B:q", "charged", ["q"], ["p"]],
    ],
  );
  assert.ok(both.every(({ probability }) => probability > 0.998 && probability < 1));
});

test("charges of a vehicle under way do not depend on the order of delivery", () => {
  assert.deepEqual(run([second, first]), run([first, second]));
});

test("the second look of one gantry's other lane is no second gantry", () => {
  const again = passageOf("p2", "A1", 5000, doubtful);
  const [one, ...others] = run([first, again]);
  assert.deepEqual([one?.id, one?.state, one?.supportIds, others.length], ["A:p", "review", undefined, 0]);
  assert.deepEqual(run([first, again, second])[1]?.supportIds, ["p"]);
});
