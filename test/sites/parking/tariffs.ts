/** Tariffs of made-up sites that the tests price stays by. */
import type { Tariff } from "../../../src/sites/parking/tariff.ts";

const site = { currency: "EUR", timeZone: "Europe/Berlin" } as const;
const always = (minutes: number, price: number) => [{ name: "Parking", steps: [{ minutes, price }] }];

export const TARIFFS = {
  /** 1.50 an hour, stays up to 15 minutes free. */
  hourly: { ...site, id: "hourly", name: "Hourly", freeMinutes: 15, bands: always(60, 150) },
  /** First hour 2.00, then 0.80 a half hour, at most 15.00 a calendar day. */
  stepped: {
    ...site,
    id: "stepped",
    name: "Stepped",
    bands: [
      {
        name: "Parking",
        steps: [
          { minutes: 60, price: 200 },
          { minutes: 30, price: 80 },
        ],
      },
    ],
    dayCap: { price: 1500, basis: "calendar" },
  },
  /** 08:00 to 20:00 1.50 an hour, the night 5.00 flat. */
  dayNight: {
    ...site,
    id: "day-night",
    name: "Day and night",
    bands: [
      { name: "Day", hours: [{ from: "08:00", to: "20:00" }], steps: [{ minutes: 60, price: 150 }] },
      { name: "Night", hours: [{ from: "20:00", to: "08:00" }], flat: 500 },
      { name: "Else", flat: 0 },
    ],
  },
  /** Weekend days 3.00 each, else 0.50 for 20 minutes. */
  weekend: {
    ...site,
    id: "weekend",
    name: "Weekend",
    bands: [
      { name: "Weekend", hours: [{ days: [6, 7], from: "00:00", to: "24:00" }], flat: 300 },
      { name: "Weekday", steps: [{ minutes: 20, price: 50 }] },
    ],
  },
  /** Holidays free, Christmas among them; else 1.00 an hour. */
  holiday: {
    ...site,
    id: "holiday",
    name: "Holidays",
    holidays: ["2026-12-25", "2026-12-26"],
    bands: [
      { name: "Holiday", hours: [{ days: ["holiday"], from: "00:00", to: "24:00" }], flat: 0 },
      { name: "Parking", steps: [{ minutes: 60, price: 100 }] },
    ],
  },
  /** First hour of each 24 hours 4.00, then 2.00; at most 12.00 for each 24 hours. */
  cap24: {
    ...site,
    id: "cap-24",
    name: "24 hours",
    stepsRestart: "daily",
    dayCap: { price: 1200, basis: "24h" },
    bands: [
      {
        name: "Parking",
        steps: [
          { minutes: 60, price: 400 },
          { minutes: 60, price: 200 },
        ],
      },
    ],
  },
  /** 1.50 an hour, 10.00 for the concert, at most 6.00 a day without it. */
  event: {
    ...site,
    id: "event",
    name: "Concert",
    dayCap: { price: 600, basis: "calendar" },
    events: [{ name: "Concert", from: "2026-07-01T18:00", to: "2026-07-01T23:00", price: 1000 }],
    bands: always(60, 150),
  },
  /** The first half hour free for all, then 1.00 a half hour. */
  deducted: {
    ...site,
    id: "deducted",
    name: "Deducted",
    freeMinutes: 30,
    freeMinutesDeducted: true,
    bands: always(30, 100),
  },
  /** 4 × 30 min at 0.50, 2 × 1 h at 2.00, then 2 h at 3.00. */
  ladder: {
    ...site,
    id: "ladder",
    name: "Ladder",
    bands: [
      {
        name: "Parking",
        steps: [
          { minutes: 30, price: 50, times: 4 },
          { minutes: 60, price: 200, times: 2 },
          { minutes: 120, price: 300 },
        ],
      },
    ],
  },
  /** 300 yen an hour, 900 a day. */
  yen: {
    ...site,
    currency: "JPY",
    timeZone: "Asia/Tokyo",
    id: "yen",
    name: "Tokyo",
    dayCap: { price: 900, basis: "calendar" },
    bands: always(60, 300),
  },
  /** 0.05 a minute. */
  minute: { ...site, id: "minute", name: "By the minute", bands: always(1, 5) },
} as const satisfies Record<string, Tariff>;
