/** Toll roads: set-up, accounts, charges and what people decide of them, the books. */
import { currencyOf } from "../../sites/money.ts";
import { chooseReviewThreshold } from "../../sites/review-threshold.ts";
import { likelyAccounts } from "../../sites/tolls/accounts.ts";
import { type LedgerAct, ledgerCsv, ledgerJson, statementOf } from "../../sites/tolls/ledger.ts";
import { createId } from "../../store/ids.ts";
import type { Site, SiteRecord, StoredPassage } from "../../store/types.ts";
import { audited } from "../audited.ts";
import type { ServerContext } from "../context.ts";
import type { Call, HandlersOf } from "../handler.ts";
import { pageOfRows } from "../page.ts";
import { plainPlate, rowOnWire } from "../passage-wire.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { tollRoutes } from "../routes/tolls.ts";
import type { Charge, ChargeDetail, TollAccountOnWire, TollOverview, TollSetup } from "../schemas/tolls.ts";
import { claimCameras, ownSite, saveSettings } from "../sites/own-site.ts";
import { type Step, siteRecord } from "../sites/site-rules.ts";
import { spanOf } from "../sites/span.ts";
import {
  type AccountRecord,
  accountRecordOf,
  type ChargeRecord,
  chargedByHand,
  disputed,
  dropped,
  entryOf,
  networkOf,
  resolved,
  type TollRulesState,
  tollSetup,
} from "../sites/toll-rules.ts";

const NO_SETUP = { currency: "EUR", classes: [], gantries: [], tariffs: [], threshold: null, knownShare: 0.7 };

export const tollHandlers: HandlersOf<typeof tollRoutes> = {
  async getToll(context, call) {
    const site = await ownSite(context, call, "toll");
    call.revision(site.revision);
    return tollSetup(site) ?? NO_SETUP;
  },

  async putToll(context, call) {
    const site = await ownSite(context, call, "toll");
    networkOf(site, call.body);
    const cameraIds = call.body.gantries.flatMap(({ cameras }) => cameras.map(({ cameraId }) => cameraId));
    await claimCameras(context, site, cameraIds);
    const saved = await saveSettings(context, site, { toll: call.body }, call.ifRevision);
    await audited(context, call, { action: "site.toll", target: `site:${site.id}`, details: call.body });
    call.revision(saved.revision);
    return call.body;
  },

  async tollOverview(context, call) {
    const site = await ownSite(context, call, "toll");
    return overview(context, site, spanOf(call.query, context.nowMs()));
  },

  async tollThreshold({ store }, call) {
    const site = await ownSite({ store }, call, "toll");
    const { rate } = call.query;
    const answers = await store.siteRecords.list({ siteId: site.id, kind: "answer" });
    const chosen = chooseReviewThreshold(
      answers.map(({ state, data }) => ({ confidence: Number(data), isRight: state === "right" })),
      rate,
    );
    return { ...chosen, rate, inUse: tollSetup(site)?.threshold ?? null };
  },

  async listCharges(context, call) {
    const site = await ownSite(context, call, "toll");
    const { state, person, plate, account, from, to, cursor = null, limit, reason } = call.query;
    if (plate !== undefined) {
      if (site.isReasonRequired && (reason ?? "").trim() === "") {
        throw new RequestProblem(400, "REASON_REQUIRED", "Say why you search: send reason. It is kept in the audit.");
      }
      await audited(context, call, {
        action: "charge.search",
        reason: reason ?? null,
        details: { plate },
        plate: plainPlate(plate),
      });
    }
    const { rows, nextCursor } = await context.store.siteRecords.page(
      {
        ...{ siteId: site.id, kind: "charge" },
        ...(state === undefined ? {} : { states: [state] }),
        ...(person === undefined ? {} : { needsPerson: true }),
        ...(plate === undefined ? {} : { plate }),
        ...(account === undefined ? {} : { owner: account }),
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
      },
      { cursor, limit },
    );
    const holders = await holdersOf(context, site);
    return { items: rows.map((row) => chargeOnWire(row as ChargeRecord, holders)), next: nextCursor };
  },

  async getCharge(context, call) {
    const site = await ownSite(context, call, "toll");
    return chargeDetail(context, site, await ownCharge(context, site, call.params.charge));
  },

  async decideCharge(context, call) {
    const { body } = call;
    return acted(context, call, `charge.${body.decision}`, body.reason, (state, record, trail, act) => {
      if (record.state !== "review")
        throw new RequestProblem(409, "CHARGE_DECIDED", "This charge is decided already; resolve it instead.");
      if (body.decision === "cancel") return dropped(state, record, trail, act, body.isMisread);
      const amount = body.amount ?? record.data.price?.amount;
      if (amount === undefined) throw new RequestProblem(422, "PRICE_MISSING", "No price is known here; send amount.");
      return chargedByHand(state, record, trail, plateOf(body.plate), amount, act);
    });
  },

  async disputeCharge(context, call) {
    return acted(context, call, "charge.dispute", call.body.reason, disputed);
  },

  async resolveCharge(context, call) {
    const { body } = call;
    return acted(context, call, `charge.${body.decision}`, body.reason, (state, record, trail, act) => {
      if (body.decision === "uphold") return resolved(state, record, trail, { kind: "uphold" }, act);
      if (body.decision === "cancel") return resolved(state, record, trail, { kind: "cancel" }, act, body.isMisread);
      const text = plateOf(body.plate);
      const owner = state.accounts.byText.get(text)?.[0]?.id ?? null;
      return resolved(state, record, trail, { kind: "correct", accountId: owner, text, amount: body.amount }, act);
    });
  },

  async listAccounts(context, call) {
    const site = await ownSite(context, call, "toll");
    const records = await context.store.siteRecords.list({ siteId: site.id, kind: "account" });
    const sorted = records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const { rows, next } = pageOfRows(sorted, call.query);
    return { items: await Promise.all(rows.map((row) => accountOnWire(context, site, accountRecordOf(row)))), next };
  },

  async createAccount(context, call) {
    const site = await ownSite(context, call, "toll");
    const id = createId(context.nowMs());
    await putAccount(context, site, { id, ...call.body });
    await audited(context, call, { action: "account.create", target: `account:${id}` });
    return { id };
  },

  async updateAccount(context, call) {
    const site = await ownSite(context, call, "toll");
    const { account: id } = call.params;
    if ((await context.store.siteRecords.get(site.id, "account", id)) === null) throw notFound("account");
    const account = await putAccount(context, site, { id, ...call.body });
    await audited(context, call, { action: "account.update", target: `account:${id}` });
    return accountOnWire(context, site, account);
  },

  async deleteAccount(context, call) {
    const site = await ownSite(context, call, "toll");
    const { account: id } = call.params;
    if ((await context.store.siteRecords.get(site.id, "account", id)) === null) throw notFound("account");
    await context.store.siteRecords.write(site.id, { removed: [{ kind: "account", id }] });
    context.sites.runner.reload(site.id);
    await audited(context, call, { action: "account.delete", target: `account:${id}` });
    return undefined;
  },

  async getStatement(context, call) {
    const site = await ownSite(context, call, "toll");
    const { account: id } = call.params;
    const record = await context.store.siteRecords.get(site.id, "account", id);
    const { fromMs, toMs } = spanOf(call.query, context.nowMs());
    const records = await context.store.siteRecords.list({ siteId: site.id, kind: "entry", owner: id, toMs });
    if (record === null && records.length === 0) throw notFound("account");
    const { opening, total, closing, entries } = statementOf(records.map(entryOf), id, fromMs, toMs);
    const { code, digits } = currencyOf(tollSetup(site)?.currency ?? NO_SETUP.currency);
    const holder = record === null ? "" : accountRecordOf(record).holder;
    return {
      accountId: id,
      holder,
      currency: code,
      digits,
      fromMs,
      toMs,
      opening,
      total,
      closing,
      entries: [...entries],
    };
  },

  async exportLedger(context, call) {
    const site = await ownSite(context, call, "toll");
    const { fromMs, toMs } = spanOf(call.query, context.nowMs());
    const { format } = call.query;
    await audited(context, call, {
      action: "ledger.export",
      target: `site:${site.id}`,
      details: { fromMs, toMs, format },
    });
    const records = await context.store.siteRecords.list({ siteId: site.id, kind: "entry", fromMs, toMs });
    const entries = records.map(entryOf);
    const currency = tollSetup(site)?.currency ?? NO_SETUP.currency;
    return {
      type: format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/json",
      headers: { "content-disposition": `attachment; filename="ledger.${format}"`, "cache-control": "no-store" },
      body: format === "csv" ? ledgerCsv(entries) : ledgerJson(entries, currency),
    };
  },
};

type ChargeCall = Pick<Call<typeof tollRoutes.getCharge>, "params" | "caller" | "address">;
type Work = (
  state: TollRulesState,
  record: ChargeRecord,
  trail: ReturnType<typeof entryOf>[],
  act: LedgerAct,
) => Step<TollRulesState>;

async function acted(
  context: ServerContext,
  call: ChargeCall,
  action: string,
  reason: string,
  work: Work,
): Promise<ChargeDetail> {
  const site = await ownSite(context, call, "toll");
  const act = { id: createId(context.nowMs()), timeMs: context.nowMs(), by: call.caller.name, reason };
  await context.sites.runner.act<TollRulesState, null>(site.id, async (state) => {
    const record = await ownCharge(context, site, call.params.charge);
    return { ...work(state, record, await trailOf(context, site, record.id), act), answer: null };
  });
  await audited(context, call, { action, target: `charge:${call.params.charge}`, reason: reason || null });
  return chargeDetail(context, site, await ownCharge(context, site, call.params.charge));
}

async function ownCharge({ store }: ServerContext, site: Site, id: string): Promise<ChargeRecord> {
  const record = await store.siteRecords.get(site.id, "charge", id);
  if (record === null) throw notFound("charge");
  return record as ChargeRecord; // of its kind
}

async function trailOf({ store }: ServerContext, site: Site, chargeId: string) {
  const records = await store.siteRecords.list({ siteId: site.id, kind: "entry", parents: [chargeId] });
  // A correction takes back before it charges anew, at the same time: then by their ids.
  return records.map(entryOf).sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1));
}

function plateOf(given: string): string {
  const text = plainPlate(given);
  if (text === "") throw new RequestProblem(422, "TEXT_EMPTY", "A plate needs at least one letter or digit.");
  return text;
}

async function holdersOf({ store }: ServerContext, site: Site): Promise<ReadonlyMap<string, string>> {
  const records = await store.siteRecords.list({ siteId: site.id, kind: "account" });
  return new Map(records.map(accountRecordOf).map(({ id, holder }) => [id, holder]));
}

function chargeOnWire(
  { id, state, plate, owner, timeMs, amount, needsPerson, data }: ChargeRecord,
  holders: ReadonlyMap<string, string>,
): Charge {
  const { probability, gantryIds, passageIds, vehicleClass, price, reason } = data;
  return {
    ...{ id, plate, timeMs, needsPerson, probability, vehicleClass, reason },
    state: state as Charge["state"], // only chargeRecord writes it
    account: owner === null ? null : { id: owner, holder: holders.get(owner) ?? owner },
    gantryIds: [...gantryIds],
    passageIds: [...passageIds],
    price: price === null ? null : { ...price },
    owed: amount ?? 0,
  };
}

async function chargeDetail(context: ServerContext, site: Site, record: ChargeRecord): Promise<ChargeDetail> {
  const { store, sites } = context;
  const [holders, trail, found] = await Promise.all([
    holdersOf(context, site),
    trailOf(context, site, record.id),
    sites.runner.peek<TollRulesState>(site.id),
  ]);
  const passages = (await Promise.all(record.data.passageIds.map((id) => store.passages.get(id)))).filter(
    (passage): passage is NonNullable<typeof passage> => passage !== null,
  );
  const accounts = found?.state.accounts;
  const read: StoredPassage | undefined = passages[0];
  const likely = accounts === undefined || read === undefined ? [] : likelyAccounts(read, accounts);
  return {
    ...chargeOnWire(record, holders),
    trail,
    passages: passages.map(rowOnWire),
    likely: likely.map((one) => ({ ...one, holder: accounts?.byText.get(one.text)?.[0]?.holder ?? null })),
  };
}

async function accountOnWire(
  { store }: ServerContext,
  site: Site,
  { id, holder, plates }: AccountRecord,
): Promise<TollAccountOnWire> {
  const { amount } = await store.siteRecords.totals({ siteId: site.id, kind: "entry", owner: id });
  return { id, holder, plates: plates.map((one) => ({ ...one })), owed: amount };
}

async function putAccount(
  { store, sites }: ServerContext,
  site: Site,
  { id, holder, plates }: { id: string; holder: string; plates: readonly AccountRecord["plates"][number][] },
): Promise<AccountRecord> {
  const data = { holder, plates: plates.map((one) => ({ ...one, plate: plateOf(one.plate) })) };
  await store.siteRecords.write(site.id, { put: [siteRecord({ kind: "account", id, timeMs: 0, data })] });
  sites.runner.reload(site.id);
  return { id, ...data };
}

async function overview(
  { store }: ServerContext,
  site: Site,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<TollOverview> {
  const siteId = site.id;
  const setup: TollSetup | null = tollSetup(site);
  const [charges, person, disputes, accounts] = await Promise.all([
    store.siteRecords.list({ siteId, kind: "charge", fromMs, toMs }),
    store.siteRecords.totals({ siteId, kind: "charge", needsPerson: true }),
    store.siteRecords.totals({ siteId, kind: "charge", states: ["disputed"], needsPerson: true }),
    store.siteRecords.totals({ siteId, kind: "account" }),
  ]);
  const real = charges.filter(({ state }) => state !== "void") as readonly ChargeRecord[];
  const charged = real.filter(({ state }) => state === "charged" || state === "disputed");
  const byPerson = real.filter(({ data }) => data.reason !== "sure").length;
  return {
    ...{
      fromMs,
      toMs,
      currency: setup?.currency ?? null,
      digits: setup === null ? 2 : currencyOf(setup.currency).digits,
    },
    charged: { count: charged.length, amount: sumOf(charged) },
    review: person.count - disputes.count,
    disputed: disputes.count,
    accounts: accounts.count,
    reviewShare: real.length === 0 ? null : byPerson / real.length,
    gantries: (setup?.gantries ?? []).map(({ id, name }) => {
      const own = charged.filter(({ data }) => data.gantryIds.includes(id));
      return { id, name, charges: own.length, amount: sumOf(own) };
    }),
  };
}

function sumOf(records: readonly SiteRecord[]): number {
  return records.reduce((sum, { amount }) => sum + (amount ?? 0), 0);
}
