/** Money in whole minor units: cents, yen, fils. Knows no exchange rates. */
import { PlateKitError } from "../core/errors.ts";

/** A currency: its ISO 4217 code, and how many digits its minor unit has. */
export interface Currency {
  readonly code: string;
  /** 2 for euro, 0 for yen, 3 for Kuwaiti dinar. */
  readonly digits: number;
}

const currencies = new Map<string, Currency>();

/** The currency of a code, with the digits its minor unit has (CLDR, by Intl). */
export function currencyOf(code: string): Currency {
  if (!/^[A-Z]{3}$/.test(code)) {
    throw new PlateKitError("SITE_INVALID", `"${code}" is no currency; use an ISO 4217 code such as EUR.`);
  }
  const known = currencies.get(code);
  if (known !== undefined) return known;
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat("en", {
    style: "currency",
    currency: code,
  }).resolvedOptions();
  const currency = { code, digits: maximumFractionDigits };
  currencies.set(code, currency);
  return currency;
}

/** `1234` cents as `12.34`: no sign of the currency, a point, no grouping, so that machines read it too. */
export function moneyText(amount: number, { digits }: Currency): string {
  const sign = amount < 0 ? "-" : "";
  const text = String(Math.abs(amount)).padStart(digits + 1, "0");
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/**
 * A price as given in a tariff.
 *
 * @throws PlateKitError SITE_INVALID when it is negative, broken or no whole number of minor units.
 */
export function checkPrice(price: number, where: string): number {
  if (!Number.isSafeInteger(price) || price < 0) {
    throw new PlateKitError(
      "SITE_INVALID",
      `${where} must be a whole number of minor units (cents) of 0 or more, found ${price}.`,
    );
  }
  return price;
}

/** @throws RangeError when a sum of money can't be held exactly. */
export function checkAmount(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} minor units can't be counted exactly.`);
  return amount;
}
