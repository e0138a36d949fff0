/** Plates of made-up vehicles: of several countries' formats, some of them fleets with numbers in a row. */
import { formatsOf, type PlateFormat } from "../../core/formats.ts";
import { sampleText } from "../../core/sample-format.ts";
import type { Random } from "./random.ts";

/** Where the vehicles of a site are from, and how many of ten. */
const REGIONS: readonly (readonly [region: string, share: number])[] = [
  ["de", 6],
  ["fr", 1],
  ["nl", 1],
  ["gb", 1],
  ["pl", 1],
];

/** One plate of so many belongs to a fleet; a fleet has this many. */
const FLEET_SHARE = 0.05;
const FLEET_SIZE = 20;

/** Vehicles of one place share their districts: so many letters begin most of their plates. */
const HOME_DISTRICTS = ["B", "HH", "M", "K", "BN"];

/**
 * Plates, all different, letters and digits only.
 *
 * @param homeShare of the German ones, how many are from a few districts.
 */
export function createPlates(count: number, random: Random, homeShare = 0.5): string[] {
  const plates = new Set<string>();
  const formats = REGIONS.map(([region, share]) => ({ formats: formatsOf([region]), share }));
  const total = formats.reduce((sum, { share }) => sum + share, 0);
  while (plates.size < count) {
    let rest = random.next() * total;
    const choice = formats.find(({ share }) => {
      rest -= share;
      return rest < 0;
    });
    const text = drawPlate(choice?.formats ?? formats[0]!.formats, random, homeShare); // REGIONS is not empty
    if (text === undefined) continue;
    plates.add(text);
    if (!random.chance(FLEET_SHARE / FLEET_SIZE)) continue;
    for (const mate of fleetOf(text)) if (plates.size < count) plates.add(mate);
  }
  return shuffled([...plates], random);
}

/** Fisher and Yates. */
function shuffled(plates: string[], random: Random): string[] {
  for (let i = plates.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    [plates[i], plates[j]] = [plates[j]!, plates[i]!]; // both at most i
  }
  return plates;
}

/** The likeliest of a region's formats, most often; undefined for a text with other scripts' letters. */
function drawPlate(formats: readonly PlateFormat[], random: Random, homeShare: number): string | undefined {
  const format = formats[0];
  if (format === undefined) return undefined;
  let text = sampleText(format, random.next);
  if (format.region === "de" && random.chance(homeShare)) {
    const letters = /^[A-ZÄÖÜ]+/.exec(text)?.[0].length ?? 0;
    text = random.pick(HOME_DISTRICTS) + text.slice(Math.max(0, letters - 2));
  }
  return /^[A-Z0-9]{4,9}$/.test(text) ? text : undefined;
}

/** Plates whose last number counts on from this one's. */
function fleetOf(text: string): string[] {
  const match = /^(.*?)(\d{2,})(\D*)$/.exec(text);
  if (match === null) return [];
  const [, head = "", digits = "", tail = ""] = match;
  return Array.from({ length: FLEET_SIZE - 1 }, (_, i) => {
    const number = (Number(digits) + i + 1) % 10 ** digits.length;
    return head + String(number).padStart(digits.length, "0") + tail;
  });
}
