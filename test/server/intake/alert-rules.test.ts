import assert from "node:assert/strict";
import { test } from "node:test";
import { type AlertSubject, type RuleHistory, raisedAlerts } from "../../../src/server/intake/alert-rules.ts";
import type { AlertCondition, AlertRule, ListHit } from "../../../src/store/types.ts";

const rule = (condition: AlertCondition, fields: Partial<AlertRule> = {}): AlertRule => ({
  ...{ id: "rule", revision: 1, createdAtMs: 0, updatedAtMs: 0, name: "Rule", isEnabled: true, condition },
  ...{ timeZone: null, webhookIds: [], mqttTargetIds: [], quietMs: 0, ...fields },
});
const hit: ListHit = {
  ...{ listId: "stolen", listName: "Stolen", listKind: "hotlist", entryId: "e", entryText: "ABC123" },
  ...{ match: "exact", probability: 1 },
};
const subject: AlertSubject = {
  ...{ text: "ABC123", confidence: 0.9, region: "us-ca", cameraId: "gate", siteId: "north" },
  ...{ timeMs: Date.parse("2026-11-27T12:00:00Z"), listHits: [] },
};
const history = (visits = 0, lastMs: number | null = null): RuleHistory => ({
  visitsBefore: async () => visits,
  lastFiredMs: async () => lastMs,
});
const hours = (fromMinute: number, toMinute: number) => [{ days: [0, 1, 2, 3, 4, 5, 6], fromMinute, toMinute }];

const cases: readonly {
  name: string;
  rule: AlertRule;
  subject?: Partial<AlertSubject>;
  history?: RuleHistory;
  expected: string | null;
}[] = [
  { name: "a rule without conditions", rule: rule({}), expected: "every passage" },
  { name: "a rule that is off", rule: rule({}, { isEnabled: false }), expected: null },
  { name: "a plate on its list", rule: rule({ listIds: ["stolen"] }), subject: { listHits: [hit] }, expected: 'on list "Stolen"' },
  { name: "a look-alike on its list", rule: rule({ listIds: ["stolen"] }), subject: { listHits: [{ ...hit, match: "look-alike", entryText: "A8C123" }] }, expected: 'on list "Stolen", look-alike of A8C123' },
  { name: "a plate on another list", rule: rule({ listIds: ["staff"] }), subject: { listHits: [hit] }, expected: null },
  { name: "a plate on a list of its kind", rule: rule({ listKinds: ["hotlist"] }), subject: { listHits: [hit] }, expected: 'on list "Stolen"' },
  { name: "a list whose kind is another", rule: rule({ listIds: ["stolen"], listKinds: ["allow"] }), subject: { listHits: [hit] }, expected: null },
  { name: "its region", rule: rule({ regions: ["us-ca"] }), expected: "region us-ca" },
  { name: "a region that covers it", rule: rule({ regions: ["us"] }), expected: "region us-ca" },
  { name: "another region", rule: rule({ regions: ["us-c"] }), expected: null },
  { name: "no region", rule: rule({ regions: ["us"] }), subject: { region: null }, expected: null },
  { name: "an unknown plate", rule: rule({ isUnknown: true }), expected: "on no list" },
  { name: "a known plate, for a rule on unknown ones", rule: rule({ isUnknown: true }), subject: { listHits: [hit] }, expected: null },
  { name: "another camera", rule: rule({ cameraIds: ["exit"] }), expected: null },
  { name: "its camera", rule: rule({ cameraIds: ["exit", "gate"] }), expected: "every passage" },
  { name: "another site", rule: rule({ siteIds: ["south"] }), expected: null },
  { name: "no site, for a rule on one", rule: rule({ siteIds: ["south"] }), subject: { siteId: null }, expected: null },
  { name: "a read too unsure", rule: rule({ minConfidence: 0.95 }), expected: null },
  { name: "the first visit", rule: rule({ visit: 1 }), history: history(0), expected: "first visit" },
  { name: "the second, for a rule on the first", rule: rule({ visit: 1 }), history: history(1), expected: null },
  { name: "the fifth visit", rule: rule({ visit: 5 }), history: history(4), expected: "visit 5" },
  { name: "its hours", rule: rule({ schedule: hours(720, 780) }), expected: "every passage" },
  { name: "its hours on another clock", rule: rule({ schedule: hours(720, 780) }, { timeZone: "Asia/Tokyo" }), expected: null },
  { name: "the same plate within the quiet time", rule: rule({}, { quietMs: 1000 }), history: history(0, subject.timeMs - 999), expected: null },
  { name: "the same plate after the quiet time", rule: rule({}, { quietMs: 1000 }), history: history(0, subject.timeMs - 1000), expected: "every passage" },
  { name: "all conditions at once", rule: rule({ listIds: ["stolen"], regions: ["us"], visit: 2 }), subject: { listHits: [hit] }, history: history(1), expected: 'on list "Stolen", region us-ca, visit 2' },
]; // biome-ignore format: one case a line
for (const { name, rule: given, subject: changed = {}, history: past = history(), expected } of cases) {
  test(`raisedAlerts: ${name}`, async () => {
    const raised = await raisedAlerts([given], { ...subject, ...changed }, past);
    assert.deepEqual(
      raised.map(({ reason }) => reason),
      expected === null ? [] : [expected],
    );
  });
}

test("raisedAlerts: the past is asked only for rules that need it and otherwise hold", async () => {
  const asked: string[] = [];
  const spy: RuleHistory = {
    visitsBefore: async ({ id }) => asked.push(`visits ${id}`),
    lastFiredMs: async ({ id }) => {
      asked.push(`last ${id}`);
      return null;
    },
  };
  await raisedAlerts(
    [
      rule({}, { id: "plain" }),
      rule({ visit: 1, cameraIds: ["exit"] }, { id: "elsewhere" }),
      rule({}, { id: "quiet", quietMs: 1 }),
    ],
    subject,
    spy,
  );
  assert.deepEqual(asked, ["last quiet"]);
});
