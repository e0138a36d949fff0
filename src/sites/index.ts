/** The public API of "platekit/sites": what passages mean. One line a name; pure rules without store or clock. */
export { type ConfusionTable, confusability, confusionTable } from "./confusion-table.ts";
export * from "./enforcement/cases.ts";
export * from "./enforcement/evidence.ts";
export * from "./enforcement/hotlist.ts";
export * from "./enforcement/restrictions.ts";
export * from "./enforcement/speed.ts";
export { type IdentifyOptions, type Identity, identifyPlate } from "./identify.ts";
export { type Currency, moneyText } from "./money.ts";
export { type Balance, balanceAt, type Payment } from "./parking/balance.ts";
export { type Fee, type FeeLine, stayFee } from "./parking/fee.ts";
export * from "./parking/gate.ts";
export * from "./parking/occupancy.ts";
export { type Permit, type PermitUse, permitIndex, permitUse } from "./parking/permits.ts";
export { joinSession, partSession, suggestPartners } from "./parking/review.ts";
export { planOf, preparePlan, type TariffPlan } from "./parking/schedule.ts";
export { sessionFee } from "./parking/session-fee.ts";
export { NO_SESSIONS, type ParkingSession, settleSessions, updateSessions } from "./parking/sessions.ts";
export { checkParkingSite, type ParkingSite } from "./parking/site.ts";
export { prepareTariff, type Tariff } from "./parking/tariff.ts";
export { type PlateIndex, plateIndex } from "./plate-index.ts";
export { plateLikelihood } from "./plate-likelihood.ts";
export { chooseReviewThreshold, type ReviewThreshold } from "./review-threshold.ts";
export { certainPlate, type PlateEvidence, type SitePassage, sitePassage } from "./site-passage.ts";
export { accountIndex, chargedPlate, type TollAccount } from "./tolls/accounts.ts";
export {
  NO_TOLLS,
  settleTolls,
  TOLL_DEFAULTS,
  type TollCharge,
  type TollContext,
  updateTolls,
} from "./tolls/charges.ts";
export * from "./tolls/ledger.ts";
export { checkTollNetwork, type Gantry, type TollNetwork } from "./tolls/network.ts";
export * from "./traffic/bins.ts";
export * from "./traffic/comparison.ts";
export * from "./traffic/origin-destination.ts";
export * from "./traffic/travel-time.ts";
