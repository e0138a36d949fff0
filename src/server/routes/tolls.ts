/** Toll roads: set-up, accounts, charges, disputes, statements, books. */
import type { Route } from "../route.ts";
import { createdSchema, idParams, nothingSchema, pageOf, pageQuery } from "../schemas/common.ts";
import { spanQuery } from "../schemas/parking.ts";
import * as tolls from "../schemas/tolls.ts";

const read = { tag: "tolls", method: "GET", access: "sites:read", rate: "query", params: idParams } as const;
const act = { tag: "tolls", method: "POST", access: "sites:operate", rate: "write" } as const;
const SITE = "/api/v1/sites/:id";

export const tollRoutes = {
  getToll: {
    ...read,
    path: `${SITE}/toll`,
    summary: "A toll road as it is set up: gantries, classes, tariffs, threshold",
    reply: tolls.tollConfigSchema,
  },
  putToll: {
    ...act,
    method: "PUT",
    access: "sites:write",
    path: `${SITE}/toll`,
    summary: "Set a toll road up; its cameras become the site's",
    params: idParams,
    body: tolls.tollSetupSchema,
    reply: tolls.tollConfigSchema,
    shownBy: "getToll",
  },
  tollOverview: {
    ...read,
    path: `${SITE}/toll/overview`,
    summary: "Charges of a span, what waits for a person, revenue by gantry",
    query: spanQuery,
    reply: tolls.tollOverviewSchema,
  },
  tollThreshold: {
    ...read,
    path: `${SITE}/toll/threshold`,
    summary: "The threshold that keeps wrong charges under a rate, from what people have decided",
    query: tolls.thresholdQuery,
    reply: tolls.thresholdSchema,
  },
  listCharges: {
    ...read,
    path: `${SITE}/charges`,
    summary: "Charges, newest first",
    query: tolls.chargesQuery,
    reply: pageOf(tolls.chargeSchema),
  },
  getCharge: {
    ...read,
    path: `${SITE}/charges/:charge`,
    summary: "A charge with its pictures, its trail in the books, and whose it may be",
    params: tolls.chargeParams,
    reply: tolls.chargeDetailSchema,
  },
  decideCharge: {
    ...act,
    path: `${SITE}/charges/:charge/decide`,
    summary: "Decide a charge that the rules were not sure of",
    params: tolls.chargeParams,
    body: tolls.decideChargeBody,
    reply: tolls.chargeDetailSchema,
  },
  disputeCharge: {
    ...act,
    path: `${SITE}/charges/:charge/dispute`,
    summary: "Record that the holder objects",
    params: tolls.chargeParams,
    body: tolls.disputeBody,
    reply: tolls.chargeDetailSchema,
  },
  resolveCharge: {
    ...act,
    path: `${SITE}/charges/:charge/resolve`,
    summary: "Uphold, correct or cancel a charge, disputed or not",
    params: tolls.chargeParams,
    body: tolls.resolveBody,
    reply: tolls.chargeDetailSchema,
  },
  listAccounts: {
    ...read,
    path: `${SITE}/accounts`,
    summary: "Toll accounts with what they owe",
    query: pageQuery,
    reply: pageOf(tolls.accountSchema),
  },
  createAccount: {
    ...act,
    path: `${SITE}/accounts`,
    summary: "Add an account",
    params: idParams,
    body: tolls.accountBody,
    status: 201,
    reply: createdSchema,
  },
  updateAccount: {
    ...act,
    method: "PUT",
    path: `${SITE}/accounts/:account`,
    summary: "Replace an account's holder and plates",
    params: tolls.accountParams,
    body: tolls.accountBody,
    reply: tolls.accountSchema,
  },
  deleteAccount: {
    ...act,
    method: "DELETE",
    path: `${SITE}/accounts/:account`,
    summary: "Remove an account; its entries in the books stay",
    params: tolls.accountParams,
    status: 204,
    reply: nothingSchema,
  },
  getStatement: {
    ...read,
    path: `${SITE}/accounts/:account/statement`,
    summary: "What an account owes for a span, entry by entry",
    params: tolls.accountParams,
    query: spanQuery,
    reply: tolls.statementSchema,
  },
  exportLedger: {
    ...read,
    access: "passages:export",
    rate: "heavy",
    path: `${SITE}/ledger`,
    summary: "The books of a span as CSV or JSON",
    query: tolls.ledgerExportQuery,
    media: ["text/csv", "application/json"],
  },
} as const satisfies Record<string, Route>;
