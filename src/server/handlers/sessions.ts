/** Stays of a car park: lists, detail, and what people do with one: pay, join, part, confirm, decide. */
import { PlateKitError } from "../../core/errors.ts";
import { csvTable } from "../../sites/csv.ts";
import { moneyText } from "../../sites/money.ts";
import { overstays } from "../../sites/parking/occupancy.ts";
import { suggestPartners } from "../../sites/parking/review.ts";
import { createId } from "../../store/ids.ts";
import type { Site, StoredPassage } from "../../store/types.ts";
import { audited } from "../audited.ts";
import type { ServerContext } from "../context.ts";
import type { Call, HandlersOf } from "../handler.ts";
import { plainPlate } from "../passage-wire.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { parkingRoutes } from "../routes/parking.ts";
import type { Session, SessionDetail } from "../schemas/parking.ts";
import { ownSite } from "../sites/own-site.ts";
import { pairEnd, type SessionData, type SessionRecord } from "../sites/parking-records.ts";
import {
  changed,
  joined,
  leftUnseen,
  type ParkingRules,
  type ParkingState,
  type PaymentData,
  parted,
  permitOf,
  replated,
  stayOf,
} from "../sites/parking-rules.ts";
import { readyParking } from "../sites/parking-setup.ts";
import { paymentOnWire, rowOrNull, sessionOnWire } from "../sites/parking-wire.ts";
import { type Step, siteRecord } from "../sites/site-rules.ts";
import { spanOf } from "../sites/span.ts";

type SessionRoutes = Pick<
  typeof parkingRoutes,
  | "listSessions"
  | "exportSessions"
  | "getSession"
  | "paySession"
  | "decideFee"
  | "confirmSession"
  | "joinSession"
  | "partSession"
  | "leaveSession"
  | "setSessionPlate"
>;

export const sessionHandlers: HandlersOf<SessionRoutes> = {
  async listSessions(context, call) {
    const site = await ownSite(context, call, "parking");
    const { view, plate, from, to, cursor = null, limit, reason } = call.query;
    if (plate !== undefined) {
      if (site.isReasonRequired && (reason ?? "").trim() === "") {
        throw new RequestProblem(400, "REASON_REQUIRED", "Say why you search: send reason. It is kept in the audit.");
      }
      const details = { plate, view };
      await audited(context, call, {
        action: "session.search",
        reason: reason ?? null,
        details,
        plate: plainPlate(plate),
      });
    }
    const filter = {
      ...{ siteId: site.id, kind: "session" as const },
      ...(plate === undefined ? {} : { plate }),
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
    };
    const onWire = await sessionWriter(context, site);
    if (view === "overstay") {
      const open = (await context.store.siteRecords.list({ ...filter, states: ["open"] })) as SessionRecord[];
      const over = overstays(open.map(stayOf), context.nowMs());
      const byId = new Map(open.map((record) => [record.id, record]));
      return { items: over.slice(0, limit).map(({ sessionId }) => onWire(byId.get(sessionId)!)), next: null }; // of the list
    }
    const narrow = {
      all: {},
      inside: { states: ["open"] },
      review: { needsPerson: true },
      unpaid: { states: ["closed"], isUnpaid: true },
    }[view];
    const { rows, nextCursor } = await context.store.siteRecords.page({ ...filter, ...narrow }, { cursor, limit });
    return { items: rows.map((record) => onWire(record as SessionRecord)), next: nextCursor };
  },

  async exportSessions(context, call) {
    const site = await ownSite(context, call, "parking");
    const { fromMs, toMs } = spanOf(call.query, context.nowMs());
    await audited(context, call, { action: "session.export", target: `site:${site.id}`, details: { fromMs, toMs } });
    const filter = { siteId: site.id, kind: "session", endFromMs: fromMs, endToMs: toMs } as const;
    const records = (await context.store.siteRecords.list(filter)) as readonly SessionRecord[];
    return {
      type: "text/csv; charset=utf-8; header=present",
      headers: { "content-disposition": 'attachment; filename="stays.csv"', "cache-control": "no-store" },
      body: sessionsCsv(records),
    };
  },

  async getSession(context, call) {
    const { site, record } = await ownSession(context, call);
    return detail(context, site, record);
  },

  async paySession(context, call) {
    const { amount, method, note } = call.body;
    if (/\d{12,}/.test(`${method}${note}`.replace(/[ -]/g, ""))) {
      throw new RequestProblem(422, "CARD_REFUSED", "That looks like the number of a card; leave it out.");
    }
    const id = call.body.id ?? createId(context.nowMs());
    const data: PaymentData = { method, note, by: call.caller.name };
    return acted(context, call, "session.pay", async (record, state, rules, site) => {
      const kept = await context.store.siteRecords.get(site.id, "payment", id);
      if (kept !== null && kept.parent !== record.id) {
        throw new RequestProblem(409, "PAYMENT_KNOWN", `A payment ${id} was made for another stay.`);
      }
      if (kept !== null) return { state, put: [], removed: [] };
      const timeMs = call.body.timeMs ?? context.nowMs();
      const payment = siteRecord({ kind: "payment", id, parent: record.id, timeMs, amount, data });
      const all = await context.store.siteRecords.list({ siteId: site.id, kind: "payment", parents: [record.id] });
      return changed(rules, state, record, [...all, payment]);
    });
  },

  async decideFee(context, call) {
    const { amount, reason } = call.body;
    const decided = { amount, reason, by: call.caller.name, timeMs: context.nowMs() };
    return acted(context, call, "session.fee", async (record, state, rules, site) => {
      if (rules.ready.plan === null) {
        throw new PlateKitError("SITE_INVALID", "This car park charges nothing; give it a tariff first.");
      }
      const reviewed = { by: decided.by, note: reason, timeMs: decided.timeMs };
      const all = await context.store.siteRecords.list({ siteId: site.id, kind: "payment", parents: [record.id] });
      return changed(rules, state, { ...record, data: { ...record.data, decided, reviewed } }, all);
    });
  },

  async confirmSession(context, call) {
    const reviewed = reviewOf(context, call);
    return acted(context, call, "session.confirm", async (record, state, rules, site) => {
      const all = await context.store.siteRecords.list({ siteId: site.id, kind: "payment", parents: [record.id] });
      return changed(rules, state, { ...record, data: { ...record.data, reviewed } }, all);
    });
  },

  async joinSession(context, call) {
    const site = await ownSite(context, call, "parking");
    const other = await sessionOfPassage(context, site, call.body.passageId);
    if (other === null) throw notFound("other end");
    let id = call.params.session;
    await act(context, call, site, "session.join", (record, state, rules) => {
      const step = joined(rules, state, record, other);
      id = step.put.find((one) => one.kind === "session")?.id ?? id;
      return step;
    });
    return { id };
  },

  async partSession(context, call) {
    const site = await ownSite(context, call, "parking");
    await act(context, call, site, "session.part", (record, state, rules) => parted(rules, state, record));
    return { ok: true };
  },

  async leaveSession(context, call) {
    const reviewed = reviewOf(context, call);
    return acted(context, call, "session.leave", (record, state, rules) => {
      if (record.state !== "open") throw new PlateKitError("SITE_INVALID", "This vehicle is not inside any more.");
      return leftUnseen(rules, state, record, reviewed);
    });
  },

  async setSessionPlate(context, call) {
    const text = plainPlate(call.body.plate);
    if (text === "") throw new RequestProblem(422, "TEXT_EMPTY", "A plate needs at least one letter or digit.");
    const reviewed = reviewOf(context, call);
    return acted(context, call, "session.plate", (record, state, rules) =>
      replated(rules, state, record, text, reviewed),
    );
  },
};

type AnySessionCall = Pick<Call<typeof parkingRoutes.getSession>, "params" | "caller" | "address">;
type ReviewCall = AnySessionCall & { readonly body: { readonly note: string } };
type Work = (
  record: SessionRecord,
  state: ParkingState,
  rules: ParkingRules,
  site: Site,
) => Step<ParkingState> | Promise<Step<ParkingState>>;

function reviewOf({ nowMs }: ServerContext, { caller, body }: ReviewCall): NonNullable<SessionData["reviewed"]> {
  return { by: caller.name, note: body.note, timeMs: nowMs() };
}

/** Does something with a stay in the rules' turn, and answers with what it is then. */
async function acted(context: ServerContext, call: AnySessionCall, action: string, work: Work): Promise<SessionDetail> {
  const site = await ownSite(context, call, "parking");
  await act(context, call, site, action, work);
  return detail(context, site, (await ownSession(context, call)).record);
}

async function act(
  context: ServerContext,
  call: AnySessionCall,
  site: Site,
  action: string,
  work: Work,
): Promise<void> {
  const id = call.params.session;
  await context.sites.runner.act<ParkingState, null>(site.id, async (state, rules) => {
    const record = (await context.store.siteRecords.get(site.id, "session", id)) as SessionRecord | null;
    if (record === null) throw notFound("stay");
    return { ...(await work(record, state, rules as ParkingRules, site)), answer: null };
  });
  await audited(context, call, { action, target: `session:${id}` });
}

async function ownSession(
  context: ServerContext,
  call: AnySessionCall,
): Promise<{ site: Site; record: SessionRecord }> {
  const site = await ownSite(context, call, "parking");
  const record = await context.store.siteRecords.get(site.id, "session", call.params.session);
  if (record === null) throw notFound("stay");
  return { site, record: record as SessionRecord }; // of its kind
}

/** The stay that a passage is an end of: of an entry it has the id, of a lone exit too. */
async function sessionOfPassage(
  { store }: ServerContext,
  site: Site,
  passageId: string,
): Promise<SessionRecord | null> {
  return (await store.siteRecords.get(site.id, "session", passageId)) as SessionRecord | null; // of its kind
}

/** Writes stays with their price as of now. */
async function sessionWriter(context: ServerContext, site: Site): Promise<(record: SessionRecord) => Session> {
  const ready = readyParking(site);
  const found = await context.sites.runner.peek<ParkingState>(site.id);
  const permits = await context.store.siteRecords.list({ siteId: site.id, kind: "permit" });
  const byId = new Map(permits.map((record) => [record.id, permitOf(record)]));
  const holders = new Map([...byId].map(([id, { holder }]) => [id, holder]));
  return (record) => {
    const permit = record.data.permitUse === "valid" ? (byId.get(record.owner ?? "") ?? null) : null;
    const payments = found?.state.payments.get(record.id) ?? [];
    return sessionOnWire(record, { ready, permit, payments }, holders, context.nowMs());
  };
}

async function detail(context: ServerContext, site: Site, record: SessionRecord): Promise<SessionDetail> {
  const { store, sites } = context;
  const [onWire, payments, found] = await Promise.all([
    sessionWriter(context, site),
    store.siteRecords.list({ siteId: site.id, kind: "payment", parents: [record.id] }),
    sites.runner.peek<ParkingState>(site.id),
  ]);
  const { entry, exit } = record.data;
  const one = {
    ...{ id: record.id, state: "open" as const, doubts: [] },
    entry: pairEnd(entry, record.evidence?.entry ?? null),
    exit: pairEnd(exit, record.evidence?.exit ?? null),
    plate: (record.evidence?.entry ?? record.evidence?.exit)!, // read only where there is evidence
  };
  const partners = found === null || record.evidence === null ? [] : suggestPartners(found.state.sessions, one);
  const passages = new Map<string, StoredPassage | null>();
  const ids = [entry?.passageId, exit?.passageId, ...partners.map(({ partner }) => partner.id)];
  for (const id of ids) if (id !== undefined) passages.set(id, await store.passages.get(id));
  const passageOf = (id: string | undefined) => rowOrNull(id === undefined ? null : passages.get(id));
  return {
    ...onWire(record),
    payments: payments.map(paymentOnWire),
    partners: partners.map(({ partner, fit }) => ({
      ...{ passageId: partner.id, cameraId: partner.place, timeMs: partner.timeMs, text: partner.plate.text, fit },
      passage: passageOf(partner.id),
    })),
    entryPassage: passageOf(entry?.passageId),
    exitPassage: passageOf(exit?.passageId),
  };
}

function sessionsCsv(records: readonly SessionRecord[]): string {
  const iso = (timeMs: number | undefined): string | null =>
    timeMs === undefined ? null : new Date(timeMs).toISOString();
  const money = (amount: number, { data }: SessionRecord): string =>
    data.fee === null ? String(amount) : moneyText(amount, data.fee.currency);
  return csvTable<SessionRecord>(
    [
      { name: "id", value: ({ id }) => id },
      { name: "plate", value: ({ plate }) => plate },
      { name: "entry", value: ({ data }) => iso(data.entry?.timeMs) },
      { name: "exit", value: ({ data }) => iso(data.exit?.timeMs) },
      { name: "permit", value: ({ owner }) => owner },
      { name: "fee", value: (record) => (record.amount === null ? null : money(record.amount, record)) },
      { name: "paid", value: (record) => money(record.paid, record) },
      { name: "currency", value: ({ data }) => data.fee?.currency.code ?? null },
      { name: "doubts", value: ({ data }) => data.doubts.join(" ") },
    ],
    records,
  );
}
