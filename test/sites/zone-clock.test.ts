import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf, isoDay, minuteOf, wallText, weekdayOf, zoneClock } from "../../src/sites/zone-clock.ts";

const cases = [
  { name: "the epoch in UTC", zone: "UTC", wall: "1970-01-01 00:00", instant: "1970-01-01T00:00Z" },
  { name: "winter in Berlin", zone: "Europe/Berlin", wall: "2026-01-15 12:00", instant: "2026-01-15T12:00+01:00" },
  { name: "summer in Berlin", zone: "Europe/Berlin", wall: "2026-07-15 12:00", instant: "2026-07-15T12:00+02:00" },
  {
    name: "the last minute before the gap",
    zone: "Europe/Berlin",
    wall: "2026-03-29 01:59",
    instant: "2026-03-29T01:59+01:00",
  },
  {
    name: "the first minute after the gap",
    zone: "Europe/Berlin",
    wall: "2026-03-29 03:00",
    instant: "2026-03-29T03:00+02:00",
  },
  {
    name: "a time that comes twice, the first",
    zone: "Europe/Berlin",
    wall: "2026-10-25 02:30",
    instant: "2026-10-25T02:30+02:00",
  },
  {
    name: "midnight at which the clocks go back an hour before",
    zone: "America/Havana",
    wall: "2026-11-01 00:30",
    instant: "2026-11-01T00:30-04:00",
  },
  {
    name: "half an hour of summer time",
    zone: "Australia/Lord_Howe",
    wall: "2026-01-15 12:00",
    instant: "2026-01-15T12:00+11:00",
  },
  {
    name: "three quarters of an hour",
    zone: "Asia/Kathmandu",
    wall: "2026-01-15 12:00",
    instant: "2026-01-15T12:00+05:45",
  },
  {
    name: "after the day that Samoa left out",
    zone: "Pacific/Apia",
    wall: "2011-12-31 00:00",
    instant: "2011-12-31T00:00+14:00",
  },
];
for (const { name, zone, wall, instant } of cases) {
  test(`a clock knows ${name}`, () => {
    const clock = zoneClock(zone);
    const [date, time] = wall.split(" ");
    assert.equal(new Date(clock.instant(dayOf(date!), minuteOf(time!))).toISOString(), new Date(instant).toISOString());
    assert.equal(wallText(Date.parse(instant), clock), wall);
  });
}

test("a time that the clocks skip is the moment they change", () => {
  const clock = zoneClock("Europe/Berlin");
  const changeMs = Date.parse("2026-03-29T01:00Z");
  for (const minute of [120, 150, 179, 180]) assert.equal(clock.instant(dayOf("2026-03-29"), minute), changeMs);
  const apia = zoneClock("Pacific/Apia");
  assert.equal(apia.instant(dayOf("2011-12-30"), 720), Date.parse("2011-12-30T10:00Z"));
});

test("a later wall time is never an earlier moment, in any of many zones and years", () => {
  for (const zone of [
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Africa/Casablanca",
  ]) {
    const clock = zoneClock(zone);
    for (const year of [1995, 2026]) {
      let before = Number.NEGATIVE_INFINITY;
      for (let day = dayOf(`${year}-01-01`); day < dayOf(`${year + 1}-01-01`); day++) {
        for (let minute = 0; minute <= 1440; minute += 60) {
          const timeMs = clock.instant(day, minute);
          assert.ok(timeMs >= before, `${zone} ${isoDay(day)} ${minute}`);
          before = timeMs;
        }
      }
    }
  }
});

test("weekdays are 1 on Monday to 7 on Sunday, before 1970 too", () => {
  assert.equal(weekdayOf(dayOf("2026-03-02")), 1);
  assert.equal(weekdayOf(dayOf("2026-03-08")), 7);
  assert.equal(weekdayOf(dayOf("1969-12-31")), 3);
});

test("what is no date, time or zone is refused by name", () => {
  for (const date of ["", "2026-13-01", "2026-02-30", "26-01-01", "tomorrow"]) {
    assert.throws(() => dayOf(date), { code: "SITE_INVALID" });
  }
  for (const time of ["", "8:00", "24:01", "12:60", "noon"])
    assert.throws(() => minuteOf(time), { code: "SITE_INVALID" });
  assert.throws(() => zoneClock("Mars/Base"), { code: "SITE_INVALID" });
  assert.throws(() => zoneClock("UTC").wallTime(Number.NaN), RangeError);
});
