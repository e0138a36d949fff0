import assert from "node:assert/strict";
import { test } from "node:test";
import {
  caseState,
  checkPurpose,
  countsAsHit,
  decideCase,
  type EnforcementCase,
} from "../../../src/sites/enforcement/cases.ts";
import { prepareRestriction, type Restriction, violationsOf } from "../../../src/sites/enforcement/restrictions.ts";
import { checkSpeedSection, measureSpeed, type SpeedSection, speedCase } from "../../../src/sites/enforcement/speed.ts";
import { certainPlate } from "../../../src/sites/site-passage.ts";
import { passageOf, readOf } from "../reads.ts";

const one: EnforcementCase = {
  id: "c",
  kind: "hotlist",
  passageIds: ["p"],
  text: "AB123CD",
  probability: 0.9,
  summary: "",
  timeMs: 0,
  trail: [],
};
const by = (decision: "confirm" | "reject" | "reopen", reason = "seen", who = "officer") => ({
  decision,
  by: who,
  reason,
  timeMs: 1,
});

test("nothing counts before a person has confirmed it", () => {
  assert.equal(countsAsHit(one), false);
  const confirmed = decideCase(one, by("confirm", ""));
  assert.ok(countsAsHit(confirmed));
  assert.equal(decideCase(confirmed, by("confirm", "")), confirmed);
  const reopened = decideCase(confirmed, by("reopen"));
  assert.deepEqual([caseState(reopened), countsAsHit(reopened)], ["unconfirmed", false]);
  assert.equal(caseState(decideCase(reopened, by("reject"))), "rejected");
  assert.equal(decideCase(reopened, by("reject")).trail.length, 3);
});

test("a decision needs a person, a reason where it denies, and an open case", () => {
  const bad = { code: "SITE_INVALID" };
  assert.throws(() => decideCase(one, by("confirm", "", "system")), bad);
  assert.throws(() => decideCase(one, by("confirm", "", " ")), bad);
  assert.throws(() => decideCase(one, by("reject", "")), bad);
  assert.throws(() => decideCase(one, by("reopen")), bad);
  assert.throws(() => decideCase(decideCase(one, by("confirm")), by("reject")), {
    ...bad,
    message: /confirmed already/,
  });
});

test("a search says why where the site asks for it", () => {
  checkPurpose({ requiresReason: false, purposes: [] }, "", "");
  checkPurpose({ requiresReason: true, purposes: ["theft"] }, "theft", "file 17");
  assert.throws(() => checkPurpose({ requiresReason: true, purposes: [] }, "", " a "), { code: "SITE_INVALID" });
  assert.throws(() => checkPurpose({ requiresReason: false, purposes: ["theft"] }, "curiosity", "file 17"), {
    code: "SITE_INVALID",
  });
});

const section: SpeedSection = {
  id: "s",
  fromCameraId: "a",
  toCameraId: "b",
  metres: 2000,
  metresTolerance: 10,
  clockToleranceMs: 50,
  limitKmh: 80,
  marginKmh: 3,
};
const speeds = [
  // 2000 m in 90 s are 80 km/h.
  { name: "at the limit", ms: 90_000, verdict: "within-limit" },
  // 2000 m in 85 s are 84.7 km/h; (1990 m in 85.1 s = 84.18) - 3 = 81.
  { name: "just too fast after all tolerances", ms: 85_000, verdict: "too-fast", charged: 81 },
  // 1990 m in 86.1 s = 83.2; less 3 is 80, which is allowed.
  { name: "too fast but for the tolerances", ms: 86_000, verdict: "within-limit", charged: 80 },
  { name: "in no time", ms: 0, verdict: "implausible" },
  { name: "there before it left: clocks that differ", ms: -5000, verdict: "implausible" },
  { name: "faster than any vehicle", ms: 10_000, verdict: "implausible" },
] as const;
for (const { name, ms, verdict, ...rest } of speeds) {
  test(`average speed: a vehicle ${name}`, () => {
    const measured = measureSpeed(checkSpeedSection(section), 1000, 1000 + ms);
    assert.equal(measured.verdict, verdict);
    if ("charged" in rest) assert.equal(measured.chargedKmh, rest.charged);
    const end = (id: string, timeMs: number) => ({ id, timeMs, place: "", plate: certainPlate("AB123CD") });
    assert.equal(
      speedCase(section, end("p", 1000), end("q", 1000 + ms), "AB123CD", 1) !== null,
      verdict === "too-fast",
    );
  });
}

test("a section without length, or more tolerance than length, is refused", () => {
  for (const change of [{ metres: 0 }, { metresTolerance: 3000 }, { clockToleranceMs: -1 }, { limitKmh: Number.NaN }]) {
    assert.throws(() => checkSpeedSection({ ...section, ...change }), { code: "SITE_INVALID" });
  }
});

const lane: Restriction = {
  id: "lane",
  name: "Bus lane",
  kind: "bus-lane",
  cameraIds: ["c"],
  timeZone: "Europe/Berlin",
  hours: [{ days: [1, 2, 3, 4, 5], from: "07:00", to: "09:00" }],
  holidays: ["2026-03-03"],
  exempt: [
    { plate: "BUS1234", validFromMs: null, validToMs: null },
    { plate: "OLD1234", validFromMs: null, validToMs: 0 },
  ],
};
const delivery: Restriction = {
  ...lane,
  id: "delivery",
  name: "Deliveries",
  kind: "permitted-hours",
  hours: [{ from: "06:00", to: "10:00" }],
  holidays: [],
  exempt: [],
};
const inner: Restriction = {
  ...lane,
  id: "inner",
  name: "Inner zone",
  kind: "restricted-zone",
  hours: [],
  priority: 2,
  exempt: [],
};
const outer: Restriction = { ...inner, id: "outer", name: "Outer zone", priority: 1 };
const night: Restriction = { ...inner, id: "night", name: "Night", hours: [{ days: [1], from: "22:00", to: "06:00" }] };

// 2 March 2026 is a Monday.
const restricted: readonly {
  name: string;
  rules: Restriction[];
  at: string;
  read?: Parameters<typeof passageOf>[3];
  camera?: string;
  expected: string[];
}[] = [
  { name: "without rules", rules: [], at: "2026-03-02T08:00+01:00", expected: [] },
  { name: "in a bus lane in its hours", rules: [lane], at: "2026-03-02T08:00+01:00", expected: ["lane"] },
  { name: "when the hours begin", rules: [lane], at: "2026-03-02T07:00+01:00", expected: ["lane"] },
  { name: "when the hours have ended", rules: [lane], at: "2026-03-02T09:00+01:00", expected: [] },
  { name: "on a Sunday", rules: [lane], at: "2026-03-08T08:00+01:00", expected: [] },
  { name: "on a holiday", rules: [lane], at: "2026-03-03T08:00+01:00", expected: [] },
  { name: "at another camera", rules: [lane], at: "2026-03-02T08:00+01:00", camera: "d", expected: [] },
  { name: "of a bus", rules: [lane], at: "2026-03-02T08:00+01:00", read: "BUS1234", expected: [] },
  {
    name: "of a bus, misread",
    rules: [lane],
    at: "2026-03-02T08:00+01:00",
    read: readOf("8US1234", { 0: 0.6 }),
    expected: [],
  },
  {
    name: "whose exemption has ended",
    rules: [lane],
    at: "2026-03-02T08:00+01:00",
    read: "OLD1234",
    expected: ["lane"],
  },
  { name: "within the permitted hours", rules: [delivery], at: "2026-03-02T08:00+01:00", expected: [] },
  { name: "outside the permitted hours", rules: [delivery], at: "2026-03-02T11:00+01:00", expected: ["delivery"] },
  {
    name: "in zones that overlap: one case, of the higher priority",
    rules: [outer, inner],
    at: "2026-03-02T11:00+01:00",
    expected: ["inner and outer"],
  },
  {
    name: "against rules of two kinds: two cases",
    rules: [delivery, inner],
    at: "2026-03-02T11:00+01:00",
    expected: ["inner", "delivery"],
  },
  {
    name: "at night after midnight: the Monday's night",
    rules: [night],
    at: "2026-03-03T05:59+01:00",
    expected: ["night"],
  },
  { name: "on Monday morning, before its night", rules: [night], at: "2026-03-02T05:59+01:00", expected: [] },
  {
    name: "in the hour that comes twice",
    rules: [{ ...lane, hours: [{ from: "02:00", to: "03:00" }] }],
    at: "2026-10-25T02:30+01:00",
    expected: ["lane"],
  },
];
for (const { name, rules, at, read = "AB123CD", camera = "c", expected } of restricted) {
  test(`a passage ${name}`, () => {
    const found = violationsOf(passageOf("p", camera, Date.parse(at), read), rules.map(prepareRestriction));
    assert.deepEqual(
      found.map(({ rule, also }) => [rule.id, ...also].join(" and ")),
      expected,
    );
    for (const { case: made } of found) assert.equal(caseState(made), "unconfirmed");
  });
}

test("permitted hours without hours are refused", () => {
  assert.throws(() => prepareRestriction({ ...delivery, hours: [] }), { code: "SITE_INVALID" });
});
