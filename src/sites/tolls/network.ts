/** A toll road as its operator describes it: gantries, vehicle classes and what passing them costs. */
import { PlateKitError } from "../../core/errors.ts";
import { type Currency, checkPrice, currencyOf, moneyText } from "../money.ts";
import { isValidAt, type Validity } from "../validity.ts";

/**
 * Where vehicles are read across all lanes. `point`: each passage is charged by itself, by a fixed price or for the
 * section of road that the gantry stands for. `entry` and `exit`: a trip between two is charged.
 */
export interface Gantry {
  readonly id: string;
  readonly name: string;
  readonly kind: "point" | "entry" | "exit";
  readonly cameras: readonly { readonly cameraId: string; readonly lane: string }[];
  /** Place along the road, metres counted in the direction of driving; for trips by distance. */
  readonly metre?: number;
  /** For `point` by distance: length of the section it stands for. */
  readonly sectionMetres?: number;
}

/** Prices per vehicle class, minor units. */
export type ClassPrices = Readonly<Record<string, number>>;

export interface TollTariff {
  readonly id: string;
  /** In force from, epoch milliseconds. A trip is priced by the tariff of its entry. */
  readonly fromMs: number;
  /** Fixed prices of point gantries. */
  readonly points?: Readonly<Record<string, ClassPrices>>;
  /** Minor units for 100 km, for sections and trips without a price of their own; rounded half up at the end. */
  readonly per100Km?: ClassPrices;
  /** Fixed prices from entry to exit gantry. */
  readonly trips?: readonly { readonly entry: string; readonly exit: string; readonly prices: ClassPrices }[];
  /** Price of a trip of which one end was not seen; missing: a person decides. */
  readonly lostEnd?: ClassPrices;
}

export interface TollNetwork {
  readonly id: string;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly gantries: readonly Gantry[];
  /** Vehicle classes; the first is that of vehicles on no list. */
  readonly classes: readonly string[];
  readonly tariffs: readonly TollTariff[];
}

/** A plate whose vehicle is of another class than the default. */
export interface ClassEntry extends Validity {
  readonly plate: string;
  readonly vehicleClass: string;
}

export interface TollPrice {
  readonly tariffId: string;
  /** Minor units, 0 or more. */
  readonly amount: number;
  /** `Section A 12.5 km at 18.00 per 100 km = 2.25` */
  readonly text: string;
}

/**
 * Checks a network.
 *
 * @throws PlateKitError SITE_INVALID naming the part: a negative price, a class without one, a camera at two gantries.
 */
export function checkTollNetwork(network: TollNetwork): TollNetwork {
  const where = `Toll network "${network.id}"`;
  currencyOf(network.currency);
  const fail = (message: string): never => {
    throw new PlateKitError("SITE_INVALID", `${where}: ${message}`);
  };
  if (network.classes.length === 0) fail("there must be a vehicle class.");
  if (network.tariffs.length === 0) fail("there must be a tariff.");
  const ids = network.gantries.map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) fail(`gantry "${id}" is named twice.`);
  const cameras = network.gantries.flatMap((gantry) => gantry.cameras.map(({ cameraId }) => cameraId));
  for (const id of cameras)
    if (cameras.indexOf(id) !== cameras.lastIndexOf(id)) fail(`camera "${id}" is at two places.`);
  const checkPrices = (prices: ClassPrices, what: string): void => {
    for (const vehicleClass of network.classes) {
      const price = prices[vehicleClass];
      if (price === undefined) fail(`${what} has no price for class "${vehicleClass}".`);
      else checkPrice(price, `${where}: ${what}, class "${vehicleClass}"`);
    }
  };
  for (const { id, points = {}, per100Km, trips = [], lostEnd } of network.tariffs) {
    for (const [gantry, prices] of Object.entries(points)) checkPrices(prices, `tariff "${id}", gantry "${gantry}"`);
    if (per100Km !== undefined) checkPrices(per100Km, `tariff "${id}" per 100 km`);
    if (lostEnd !== undefined) checkPrices(lostEnd, `tariff "${id}" for a lost end`);
    for (const { entry, exit, prices } of trips) {
      for (const end of [entry, exit]) if (!ids.includes(end)) fail(`tariff "${id}" names no gantry "${end}".`);
      checkPrices(prices, `tariff "${id}" from "${entry}" to "${exit}"`);
    }
    for (const gantry of network.gantries) {
      if (gantry.kind !== "point" || points[gantry.id] !== undefined) continue;
      if (per100Km === undefined || gantry.sectionMetres === undefined) {
        fail(`tariff "${id}" has no price for gantry "${gantry.id}", nor a price and a length for its section.`);
      }
    }
  }
  return network;
}

export function gantryOf({ gantries }: TollNetwork, cameraId: string): { gantry: Gantry; lane: string } | undefined {
  for (const gantry of gantries) {
    const camera = gantry.cameras.find((one) => one.cameraId === cameraId);
    if (camera !== undefined) return { gantry, lane: camera.lane };
  }
  return undefined;
}

/** The class of a plate at a moment: its list entry's, or the default. */
export function vehicleClassOf(
  text: string,
  timeMs: number,
  network: TollNetwork,
  entries: ReadonlyMap<string, readonly ClassEntry[]>,
): string {
  const listed = entries.get(text)?.find((entry) => isValidAt(entry, timeMs));
  return listed !== undefined && network.classes.includes(listed.vehicleClass)
    ? listed.vehicleClass
    : network.classes[0]!; // checked: there is one
}

/** What passing a point gantry costs. */
export function pointPrice(network: TollNetwork, gantry: Gantry, vehicleClass: string, timeMs: number): TollPrice {
  const tariff = tariffAt(network, timeMs);
  const currency = currencyOf(network.currency);
  const fixed = tariff.points?.[gantry.id]?.[vehicleClass];
  if (fixed !== undefined) {
    return { tariffId: tariff.id, amount: fixed, text: `${gantry.name} ${moneyText(fixed, currency)}` };
  }
  return distancePrice(tariff, gantry.sectionMetres ?? 0, gantry.name, vehicleClass, currency);
}

/** What a trip costs; null when the tariff leaves it to a person: no price for these gantries. */
export function tripPrice(
  network: TollNetwork,
  entry: Gantry,
  exit: Gantry,
  vehicleClass: string,
  enteredMs: number,
): TollPrice | null {
  const tariff = tariffAt(network, enteredMs);
  const currency = currencyOf(network.currency);
  const way = `${entry.name} to ${exit.name}`;
  const fixed = tariff.trips?.find((trip) => trip.entry === entry.id && trip.exit === exit.id)?.prices[vehicleClass];
  if (fixed !== undefined) return { tariffId: tariff.id, amount: fixed, text: `${way} ${moneyText(fixed, currency)}` };
  if (tariff.per100Km === undefined || entry.metre === undefined || exit.metre === undefined) return null;
  return distancePrice(tariff, Math.abs(exit.metre - entry.metre), way, vehicleClass, currency);
}

/** The price of a trip of which only one end was seen; null when a person decides. */
export function lostEndPrice(
  network: TollNetwork,
  gantry: Gantry,
  vehicleClass: string,
  timeMs: number,
): TollPrice | null {
  const tariff = tariffAt(network, timeMs);
  const amount = tariff.lostEnd?.[vehicleClass];
  if (amount === undefined) return null;
  const end = gantry.kind === "entry" ? "exit" : "entry";
  return { tariffId: tariff.id, amount, text: `${gantry.name}, ${end} not seen` };
}

function distancePrice(
  tariff: TollTariff,
  metres: number,
  way: string,
  vehicleClass: string,
  currency: Currency,
): TollPrice {
  const rate = tariff.per100Km?.[vehicleClass] ?? 0;
  const amount = Math.floor((metres * rate) / 100_000 + 0.5);
  const text = `${way} ${metres / 1000} km at ${moneyText(rate, currency)} per 100 km = ${moneyText(amount, currency)}`;
  return { tariffId: tariff.id, amount, text };
}

/** The tariff in force; before the first, the first. */
function tariffAt({ tariffs }: TollNetwork, timeMs: number): TollTariff {
  const sorted = [...tariffs].sort((a, b) => a.fromMs - b.fromMs);
  return sorted.findLast(({ fromMs }) => fromMs <= timeMs) ?? sorted[0]!; // checked: there is one
}
