import assert from "node:assert/strict";
import { test } from "node:test";
import { joinSession, partSession, suggestPartners } from "../../../src/sites/parking/review.ts";
import {
  NO_SESSIONS,
  type ParkingSession,
  SESSION_DEFAULTS,
  type SessionsState,
  settleSessions,
  updateSessions,
} from "../../../src/sites/parking/sessions.ts";
import { checkParkingSite, decidingZone, type ParkingSite } from "../../../src/sites/parking/site.ts";
import type { SitePassage } from "../../../src/sites/site-passage.ts";
import { seededRandom } from "../../core/seeded-random.ts";
import { passageOf, readOf } from "../reads.ts";

const HOUR = 3_600_000;
const site: ParkingSite = {
  id: "p",
  name: "P",
  timeZone: "Europe/Berlin",
  capacity: 10,
  zones: [],
  cameras: [
    { cameraId: "in", role: "entry", zones: [] },
    { cameraId: "out", role: "exit", zones: [] },
    { cameraId: "gate", role: "both", entersBy: "in", zones: [] },
  ],
};

function run(passages: readonly SitePassage[]): {
  state: SessionsState;
  sessions: ParkingSession[];
  outcomes: string[];
} {
  let state = NO_SESSIONS;
  const sessions = new Map<string, ParkingSession>();
  const outcomes: string[] = [];
  for (const passage of passages) {
    const change = updateSessions(state, passage, site);
    state = change.state;
    for (const id of change.removed) sessions.delete(id);
    for (const session of change.sessions) sessions.set(session.id, session);
    outcomes.push(change.outcome.kind);
  }
  return { state, sessions: [...sessions.values()], outcomes };
}

const said = ({ entry, exit, state, doubts }: ParkingSession): string =>
  `${entry?.id ?? "?"} to ${exit?.id ?? "?"} ${state}${doubts.length > 0 ? `: ${doubts.join(", ")}` : ""}`;

const at = (
  id: string,
  camera: string,
  hours: number,
  read: Parameters<typeof passageOf>[3],
  more?: Partial<SitePassage>,
) => passageOf(id, camera, hours * HOUR, read, more);

const cases: readonly { name: string; passages: SitePassage[]; expected: string[]; outcomes?: string[] }[] = [
  { name: "nothing", passages: [], expected: [] },
  { name: "an entry", passages: [at("a", "in", 1, "AB123CD")], expected: ["a to ? open"] },
  {
    name: "an entry and its exit",
    passages: [at("a", "in", 1, "AB123CD"), at("b", "out", 2, "AB123CD")],
    expected: ["a to b closed"],
  },
  {
    name: "an exit without entry",
    passages: [at("b", "out", 2, "AB123CD")],
    expected: ["? to b closed: entry-missing"],
  },
  {
    name: "an exit delivered before its entry",
    passages: [at("b", "out", 2, "AB123CD"), at("a", "in", 1, "AB123CD")],
    expected: ["a to b closed"],
  },
  {
    name: "a misread exit",
    passages: [at("a", "in", 1, "AB123CD"), at("b", "out", 2, readOf("A8123CD", { 1: 0.6 }))],
    expected: ["a to b closed"],
  },
  {
    name: "an exit misread twice over",
    passages: [at("a", "in", 1, "AB123CD"), at("b", "out", 2, readOf("A8128CX", { 1: 0.6, 4: 0.9, 6: 0.9 }))],
    expected: ["a to b closed: weak-match"],
  },
  {
    name: "an exit that either of two may have made",
    passages: [
      at("a", "in", 1, "AB120CD"),
      at("x", "in", 1.01, "AB12OCD"),
      at("b", "out", 2, readOf("AB120CD", { 4: 0.55 })),
    ],
    expected: ["x to ? open", "a to b closed: rival"],
  },
  {
    name: "a vehicle delivered twice under one id",
    passages: [
      at("a", "in", 1, "AB123CD"),
      at("a", "in", 1, "AB123CD"),
      at("b", "out", 2, "AB123CD"),
      at("b", "out", 2, "AB123CD"),
    ],
    expected: ["a to b closed"],
    outcomes: ["entry", "replay", "exit", "replay"],
  },
  {
    name: "a vehicle seen twice at the entry, once misread",
    passages: [
      at("a", "in", 1, "AB123CD"),
      at("c", "in", 1.005, readOf("A8123CD", { 1: 0.6 })),
      at("b", "out", 2, "AB123CD"),
      at("c", "in", 1.005, "AB123CD"),
    ],
    expected: ["a to b closed"],
    outcomes: ["entry", "duplicate", "exit", "replay"],
  },
  {
    name: "two of a fleet in a convoy",
    passages: [
      at("a", "in", 1, "KTW6835"),
      at("b", "in", 1.001, "KTW6836"),
      at("c", "out", 2, "KTW6836"),
      at("d", "out", 2.001, "KTW6835"),
    ],
    expected: ["b to c closed", "a to d closed"],
  },
  {
    name: "two visits, delivered in reverse",
    passages: [
      at("d", "out", 9, "AB123CD"),
      at("c", "in", 8, "AB123CD"),
      at("b", "out", 2, "AB123CD"),
      at("a", "in", 1, "AB123CD"),
    ],
    expected: ["c to d closed", "a to b closed"],
  },
  {
    name: "a second entry whose first exit was not seen",
    passages: [at("a", "in", 1, "AB123CD"), at("c", "in", 8, "AB123CD"), at("d", "out", 9, "AB123CD")],
    expected: ["a to ? open", "c to d closed"],
  },
  {
    name: "an exit a minute before the entry, by its clock",
    passages: [at("a", "in", 1, "AB123CD"), at("b", "out", 0.99, "AB123CD")],
    expected: ["a to b closed: clock-skew"],
  },
  {
    name: "an exit an hour before the entry",
    passages: [at("a", "in", 2, "AB123CD"), at("b", "out", 1, "AB123CD")],
    expected: ["a to ? open", "? to b closed: entry-missing"],
  },
  {
    name: "one camera with direction",
    passages: [at("a", "gate", 1, "AB123CD", { direction: "in" }), at("b", "gate", 2, "AB123CD", { direction: "out" })],
    expected: ["a to b closed"],
  },
  {
    name: "passages that are no movement",
    passages: [at("a", "gate", 1, "AB123CD"), at("b", "roof", 1, "AB123CD")],
    expected: [],
    outcomes: ["review", "review"],
  },
  {
    name: "plates of one character: reviewed, however well they fit",
    passages: [at("a", "in", 1, "A"), at("b", "out", 2, "A")],
    expected: ["a to b closed: weak-match"],
  },
  {
    name: "unread plates",
    passages: [at("a", "in", 1, ""), at("b", "out", 2, "")],
    expected: ["a to ? open", "? to b closed: entry-missing"],
  },
];
for (const { name, passages, expected, outcomes } of cases) {
  test(`parking sessions of ${name}`, () => {
    const made = run(passages);
    assert.deepEqual(made.sessions.map(said).sort(), [...expected].sort());
    if (outcomes !== undefined) assert.deepEqual(made.outcomes, outcomes);
  });
}

test("sessions do not depend on the order of delivery", () => {
  const random = seededRandom(21);
  const plates = ["AB123CD", "AB123CO", "A8123CD", "XY987ZW", "KTW6835", "KTW6836"];
  const passages = plates.flatMap((plate, i) => {
    const noisy = (): ReturnType<typeof readOf> => readOf(plate, { [Math.floor(random() * 6)]: 0.5 + random() / 2 });
    const from = 1 + random() * 3;
    return [
      at(`${i}in`, "in", from, noisy()),
      at(`${i}out`, "out", from + 0.3 + random(), noisy()),
      at(`${i}in2`, "in", from + 2, noisy()),
      at(`${i}out2`, "out", from + 2.4 + random(), noisy()),
    ];
  });
  const pairsOf = (sessions: readonly ParkingSession[]): string[] =>
    sessions.map(({ entry, exit }) => `${entry?.id} ${exit?.id}`).sort();
  const expected = pairsOf(run(passages).sessions);
  assert.equal(expected.length, 12);
  for (let i = 0; i < 20; i++)
    assert.deepEqual(pairsOf(run([...passages].sort(() => random() - 0.5)).sessions), expected);
});

test("what time has settled is closed: a vehicle that entered again, and one that nobody saw leave", () => {
  const { state } = run([at("a", "in", 1, "AB123CD"), at("c", "in", 8, "AB123CD"), at("z", "in", 9, "XY987ZW")]);
  assert.deepEqual(settleSessions(state, 10 * HOUR).sessions, []);
  const settled = settleSessions(state, 30 * HOUR);
  assert.deepEqual(settled.sessions.map(said), ["a to ? closed: exit-missing"]);
  assert.deepEqual(
    settled.state.pairing.starts.map(({ id }) => id),
    ["c", "z"],
  );
  const years = settleSessions(settled.state, 30 * HOUR + SESSION_DEFAULTS.longestStayMs);
  assert.deepEqual(
    years.sessions.map(({ id }) => id),
    ["c", "z"],
  );
});

test("a passage that comes later than anyone stays is for a person", () => {
  const { state } = run([at("a", "in", 10_000, "AB123CD")]);
  assert.deepEqual(updateSessions(state, at("b", "out", 1, "AB123CD"), site).outcome, {
    kind: "review",
    reason: "too-late",
  });
});

test("a person joins and parts sessions, and sees whom a lone exit may belong to", () => {
  const { state, sessions } = run([at("a", "in", 1, "AB123CD"), at("b", "out", 2, readOf("QX550CD", { 0: 0.4 }))]);
  const lone = sessions.find(({ entry }) => entry === null)!;
  assert.deepEqual(suggestPartners(state, lone), []);
  const joined = joinSession(state, "a", "b");
  assert.deepEqual([joined.sessions.map(said), joined.removed], [["a to b closed"], ["b"]]);
  const parted = partSession(joined.state, "a");
  assert.deepEqual(parted.sessions.map(said), ["a to ? open", "? to b closed: entry-missing"]);
  assert.throws(() => joinSession(state, "a", "nobody"), { code: "SITE_INVALID", message: /no exit "nobody"/ });
});

const zone = (id: string, priority = 0) => ({ id, name: id, capacity: 5, priority });
const bad: readonly { name: string; change: Partial<ParkingSite>; message: RegExp }[] = [
  {
    name: "a zone nobody knows",
    change: { cameras: [{ cameraId: "c", role: "entry", zones: ["z"] }] },
    message: /names no zone "z"/,
  },
  {
    name: "a camera twice",
    change: { cameras: [site.cameras[0]!, site.cameras[0]!] },
    message: /camera "in" is named twice/,
  },
  { name: "a negative capacity", change: { capacity: -1 }, message: /capacity/ },
  {
    name: "zones that overlap with equal priority",
    change: { zones: [zone("y"), zone("z")], cameras: [{ cameraId: "c", role: "entry", zones: ["y", "z"] }] },
    message: /overlap with the same priority/,
  },
];
for (const { name, change, message } of bad) {
  test(`a parking site with ${name} is refused`, () => {
    assert.throws(() => checkParkingSite({ ...site, ...change }), { code: "SITE_INVALID", message });
  });
}

test("of zones that overlap the one with the highest priority decides", () => {
  const overlapping: ParkingSite = {
    ...site,
    zones: [zone("y", 1), zone("z", 2)],
    cameras: [{ cameraId: "c", role: "entry", zones: ["y", "z"] }],
  };
  assert.equal(decidingZone(checkParkingSite(overlapping), "c")?.id, "z");
  assert.equal(decidingZone(overlapping, null), null);
});
