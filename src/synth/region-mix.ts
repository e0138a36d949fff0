/** Which plates a run draws: how often each country, region and format comes up. */
import type { PlateFormat } from "../core/formats.ts";
import type { Random } from "./random.ts";

/**
 * Shares of countries in a mixed run; 1 where none is named. Countries whose plates vary most or are met most weigh
 * more: a reader learns many layouts from the United States or India and one from Andorra.
 */
const COUNTRY_WEIGHTS: Readonly<Record<string, number>> = {
  us: 60,
  br: 16,
  de: 14,
  gb: 14,
  in: 14,
  cn: 12,
  eg: 12,
  pk: 10,
  fr: 9,
  au: 8,
  ca: 8,
  vn: 7,
  dz: 7,
  nl: 6,
  es: 6,
  it: 6,
  be: 6,
  pl: 6,
  ro: 6,
  at: 5,
  ch: 5,
  se: 5,
  si: 5,
  sk: 4,
  tn: 5,
  ar: 5,
  mx: 5,
  pt: 4,
  cz: 4,
  hr: 3,
  no: 3,
  dk: 3,
  fi: 3,
  hu: 3,
  ie: 3,
  lt: 3,
  lv: 3,
  bg: 3,
  gr: 3,
  il: 4,
  ae: 4,
  za: 4,
  my: 4,
  tr: 4,
  ru: 3,
  ua: 3,
  jp: 2,
  kr: 2,
  th: 2,
  id: 3,
  ph: 2,
  nz: 2,
  cl: 2,
  co: 2,
  pe: 2,
  ec: 2,
};

/** A drawer of formats: country by weight, region evenly, format by its prior. */
export function formatPicker(formats: readonly PlateFormat[]): (random: Random) => PlateFormat {
  if (formats.length === 0) throw new RangeError("no formats to draw from");
  const countries = new Map<string, Map<string, PlateFormat[]>>();
  for (const format of formats) {
    const country = format.region.split("-")[0]!;
    const regions = countries.get(country) ?? new Map<string, PlateFormat[]>();
    countries.set(country, regions.set(format.region, [...(regions.get(format.region) ?? []), format]));
  }
  const choices = [...countries].map(
    ([country, regions]) => [[...regions.values()], COUNTRY_WEIGHTS[country] ?? 1] as const,
  );
  return (random) => {
    const regions = random.weighted(choices);
    // the country's own formats, which stand for all its states, weigh half as much as the states together
    const group = random.weighted(
      regions.map((region) => [region, region[0]!.region.includes("-") ? 1 : 1 + regions.length / 2] as const),
    );
    return random.weighted(group.map((format) => [format, format.prior] as const));
  };
}
