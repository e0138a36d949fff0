import assert from "node:assert/strict";
import { test } from "node:test";
import { isScheduled } from "../../../src/server/intake/week-schedule.ts";
import { zoneClock } from "../../../src/sites/zone-clock.ts";

const weekdays = [{ days: [0, 1, 2, 3, 4], fromMinute: 8 * 60, toMinute: 18 * 60 }];
const fridayNight = [{ days: [4], fromMinute: 22 * 60, toMinute: 6 * 60 }];
const sundayWhole = [{ days: [6], fromMinute: 0, toMinute: 1440 }];
// 2026-11-27 is a Friday.
const cases = [
  { name: "no schedule", spans: null, at: "2026-11-27T03:00:00Z", expected: true },
  { name: "an empty schedule", spans: [], at: "2026-11-27T03:00:00Z", expected: true },
  { name: "a minute before", spans: weekdays, at: "2026-11-27T06:59:59Z", expected: false },
  { name: "the first moment, by the local clock", spans: weekdays, at: "2026-11-27T07:00:00Z", expected: true },
  { name: "the last moment", spans: weekdays, at: "2026-11-27T16:59:59Z", expected: true },
  { name: "the moment it ends", spans: weekdays, at: "2026-11-27T17:00:00Z", expected: false },
  { name: "the weekend", spans: weekdays, at: "2026-11-28T10:00:00Z", expected: false },
  { name: "an overnight span in the evening", spans: fridayNight, at: "2026-11-27T22:00:00Z", expected: true },
  { name: "an overnight span next morning", spans: fridayNight, at: "2026-11-28T04:59:00Z", expected: true },
  { name: "an overnight span after its end", spans: fridayNight, at: "2026-11-28T05:00:00Z", expected: false },
  { name: "the morning before an overnight span", spans: fridayNight, at: "2026-11-27T04:00:00Z", expected: false },
  { name: "a whole day to its last minute", spans: sundayWhole, at: "2026-11-29T22:59:59Z", expected: true },
  { name: "the day after a whole day", spans: sundayWhole, at: "2026-11-29T23:00:00Z", expected: false },
];
for (const { name, spans, at, expected } of cases) {
  test(`isScheduled: ${name}`, () => {
    assert.equal(isScheduled(spans, Date.parse(at), zoneClock("Europe/Berlin")), expected);
  });
}
