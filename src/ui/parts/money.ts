/** Money in whole minor units, as people read and type it. */

/** `1234` cents as `12.34 EUR`. */
export function formatMoney(amount: number, currency: string | null, digits = 2): string {
  const text = (amount / 10 ** digits).toFixed(digits);
  return currency === null ? text : `${text}\u00a0${currency}`;
}

/** What `<input>` holds for an amount; empty for none. */
export function moneyInput(amount: number | undefined, digits = 2): string {
  return amount === undefined ? "" : (amount / 10 ** digits).toFixed(digits);
}

/** Whole minor units; null for nothing and for what is no amount. */
export function moneyOf(text: string, digits = 2): number | null {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? null : Math.round(value * 10 ** digits);
}

/** Digits of a currency's minor unit, by CLDR as at the server: 2 for euro, 0 for yen. Half-typed codes have 2. */
export function digitsOf(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) return 2;
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return maximumFractionDigits;
}
