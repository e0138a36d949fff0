/** Lists, their entries, import and export. */
import { createHash } from "node:crypto";
import type { PlateList, ListEntry as StoredEntry } from "../../store/types.ts";
import { audited } from "../audited.ts";
import { seesSite } from "../caller.ts";
import type { ServerContext } from "../context.ts";
import type { Call, HandlersOf } from "../handler.ts";
import { type DraftLine, entriesCsv, entriesOfCsv, entryDetail, entryText } from "../list-csv.ts";
import { pageOfRows } from "../page.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { Route } from "../route.ts";
import type { listRoutes } from "../routes/lists.ts";
import type { ImportPreview, List, ListEntry } from "../schemas/lists.ts";

/** Changes and problems that a preview names one by one. */
const NAMED = 500;

type ListCall = Pick<Call<typeof listRoutes.getList>, "params" | "caller">;

export const listHandlers: HandlersOf<typeof listRoutes> = {
  async listLists({ store }, { query, caller }) {
    const visible = (await store.lists.list()).filter((list) => list.siteId === null || seesSite(caller, list.siteId));
    const { rows, next } = pageOfRows(visible, query);
    const items = await Promise.all(
      rows.map(async (list) => listOnWire(list, await store.lists.countEntries(list.id))),
    );
    return { items, next };
  },

  async createList(context, call) {
    const { name, kind, description, enabled, siteId } = call.body;
    requireSite(call, siteId);
    const list = await context.store.lists.create({ name, kind, description, siteId, isEnabled: enabled });
    await audited(context, call, { action: "list.create", target: `list:${list.id}`, details: call.body });
    call.revision(list.revision);
    return { id: list.id };
  },

  async getList(context, call) {
    const list = await ownList(context, call);
    call.revision(list.revision);
    return listOnWire(list, await context.store.lists.countEntries(list.id));
  },

  async updateList(context, call) {
    const { store } = context;
    const list = await ownList(context, call, true);
    const { enabled, ...rest } = call.body;
    if (rest.siteId !== undefined) requireSite(call, rest.siteId);
    const patch = { ...given(rest), ...(enabled === undefined ? {} : { isEnabled: enabled }) };
    const updated = await store.lists.update(list.id, patch, call.ifRevision);
    if (updated === null) throw notFound("list");
    await audited(context, call, { action: "list.update", target: `list:${list.id}`, details: call.body });
    call.revision(updated.revision);
    return listOnWire(updated, await store.lists.countEntries(list.id));
  },

  async deleteList(context, call) {
    const list = await ownList(context, call, true);
    if (!(await context.store.lists.remove(list.id, call.ifRevision))) throw notFound("list");
    await audited(context, call, { action: "list.delete", target: `list:${list.id}`, details: { name: list.name } });
    return undefined;
  },

  async listEntries(context, call) {
    const list = await ownList(context, call);
    const { text, cursor, limit } = call.query;
    const filter = { listId: list.id, ...(text === undefined ? {} : { search: text }) };
    const { rows, nextCursor } = await context.store.lists.pageEntries(filter, { cursor: cursor ?? null, limit });
    return { items: rows.map(entryOnWire), next: nextCursor };
  },

  async createEntry(context, call) {
    const list = await ownList(context, call, true);
    const { body, caller } = call;
    checkValidity(body.validFromMs, body.validToMs);
    const entry = await context.store.lists.entries.create({
      listId: list.id,
      ...draftText(body.text, body.wildcard),
      isLookAlike: body.lookAlike,
      label: body.label,
      note: body.note || null,
      validFromMs: body.validFromMs,
      validToMs: body.validToMs,
      createdBy: caller.name,
    });
    await auditEntry(context, call, "entry.create", entry);
    return { id: entry.id };
  },

  async updateEntry(context, call) {
    const entry = await ownEntry(context, call);
    const { text, wildcard, lookAlike, note, ...rest } = call.body;
    checkValidity(
      rest.validFromMs === undefined ? entry.validFromMs : rest.validFromMs,
      rest.validToMs === undefined ? entry.validToMs : rest.validToMs,
    );
    const patch = {
      ...given(rest),
      ...(text === undefined && wildcard === undefined
        ? {}
        : draftText(text ?? entry.text, wildcard ?? entry.isWildcard)),
      ...(lookAlike === undefined ? {} : { isLookAlike: lookAlike }),
      ...(note === undefined ? {} : { note: note || null }),
    };
    const updated = await context.store.lists.entries.update(entry.id, patch, call.ifRevision);
    if (updated === null) throw notFound("entry");
    await auditEntry(context, call, "entry.update", updated);
    call.revision(updated.revision);
    return entryOnWire(updated);
  },

  async deleteEntry(context, call) {
    const entry = await ownEntry(context, call);
    if (!(await context.store.lists.entries.remove(entry.id, call.ifRevision))) throw notFound("entry");
    await auditEntry(context, call, "entry.delete", entry);
    return undefined;
  },

  async previewImport(context, call) {
    const list = await ownList(context, call, true);
    const { csv, mode } = call.body;
    const { entries, problems } = entriesOfCsv(csv, call.caller.name);
    const known = await context.store.lists.entries.list({ listId: list.id });
    return previewOf(entries, problems, known, mode, fingerprintOf(csv, mode, known));
  },

  async applyImport(context, call) {
    const { store } = context;
    const list = await ownList(context, call, true);
    const { csv, mode, fingerprint, skipProblems } = call.body;
    const { entries, problems } = entriesOfCsv(csv, call.caller.name);
    if (problems.length > 0 && !skipProblems) {
      throw new RequestProblem(422, "IMPORT_PROBLEMS", `${problems.length} lines are wrong; nothing was imported.`, {
        problems: problems.slice(0, NAMED).map(({ line, message }) => ({ path: `line ${line}`, message })),
      });
    }
    if (fingerprint !== undefined) {
      const known = await store.lists.entries.list({ listId: list.id });
      if (fingerprint !== fingerprintOf(csv, mode, known)) {
        throw new RequestProblem(
          409,
          "CHANGED_MEANWHILE",
          "The list or the file changed since the preview; look again.",
        );
      }
    }
    const drafts = entries.map(({ entry }) => entry);
    const { added, changed, removed } = await store.lists.importEntries(list.id, drafts, { mode });
    const counts = { add: added, change: changed, remove: removed, skipped: problems.length };
    await audited(context, call, {
      action: "list.import",
      target: `list:${list.id}`,
      details: { mode, ...counts },
    });
    return counts;
  },

  async exportList(context, call) {
    const list = await ownList(context, call);
    const entries = await context.store.lists.entries.list({ listId: list.id });
    await audited(context, call, { action: "list.export", target: `list:${list.id}` });
    return {
      type: "text/csv; charset=utf-8; header=present",
      headers: {
        // The list's name is free text: never part of a header.
        "content-disposition": `attachment; filename="list-${list.id}.csv"`,
        "cache-control": "no-store",
      },
      body: entriesCsv(entries),
    };
  },
};

function previewOf(
  entries: readonly DraftLine[],
  problems: readonly { readonly line: number; readonly message: string }[],
  known: readonly StoredEntry[],
  mode: "merge" | "replace",
  fingerprint: string,
): ImportPreview {
  const before = new Map(known.map((entry) => [entry.text, entry]));
  const texts = new Set(entries.map(({ entry }) => entry.text));
  const adds = entries.filter(({ entry }) => !before.has(entry.text));
  const changes = entries.flatMap(({ line, entry }) => {
    const known = before.get(entry.text);
    const detail = known === undefined ? "" : entryDetail(known, entry);
    return detail === "" ? [] : [{ line, text: entry.text, change: "change" as const, detail }];
  });
  const removes = mode === "replace" ? known.filter(({ text }) => !texts.has(text)) : [];
  return {
    rows: entries.length + problems.length,
    add: adds.length,
    change: changes.length,
    remove: removes.length,
    same: entries.length - adds.length - changes.length,
    changes: [
      ...adds.map(({ line, entry }) => ({
        line,
        text: entry.text,
        change: "add" as const,
        detail: entryDetail(undefined, entry),
      })),
      ...changes,
      ...removes.map(({ text, label }) => ({ line: null, text, change: "remove" as const, detail: label ?? "" })),
    ].slice(0, NAMED),
    problems: problems.slice(0, NAMED).map(({ line, message }) => ({ line, message })),
    problemCount: problems.length,
    fingerprint,
  };
}

function fingerprintOf(csv: string, mode: string, known: readonly StoredEntry[]): string {
  const hash = createHash("sha256").update(mode).update(csv);
  for (const { id, revision } of known) hash.update(`${id} ${revision}\n`);
  return hash.digest("base64url");
}

/** @throws RequestProblem 422. */
function draftText(text: string, isWildcard: boolean): { text: string; isWildcard: boolean } {
  const plate = entryText(text, isWildcard);
  if (plate === null) {
    throw new RequestProblem(422, "TEXT_INVALID", "An entry needs letters or digits; ? and * only with wildcard.");
  }
  return { text: plate, isWildcard };
}

function checkValidity(fromMs: number | null, toMs: number | null): void {
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    throw new RequestProblem(422, "TIMES_REVERSED", "validToMs must lie after validFromMs.");
  }
}

function requireSite({ caller }: Pick<Call<Route>, "caller">, siteId: string | null): void {
  if (!seesSite(caller, siteId)) throw new RequestProblem(403, "SITE_NOT_ALLOWED", "You may not change lists there.");
}

/** @throws RequestProblem 404; 403 where a list of every site is to be changed by somebody limited to some. */
async function ownList({ store }: ServerContext, call: ListCall, toChange = false): Promise<PlateList> {
  const list = await store.lists.get(call.params.id);
  if (list === null || (list.siteId !== null && !seesSite(call.caller, list.siteId))) throw notFound("list");
  if (toChange) requireSite(call, list.siteId);
  return list;
}

async function ownEntry(
  context: ServerContext,
  call: Pick<Call<typeof listRoutes.deleteEntry>, "params" | "caller">,
): Promise<StoredEntry> {
  const list = await ownList(context, call, true);
  const entry = await context.store.lists.entries.get(call.params.entryId);
  if (entry === null || entry.listId !== list.id) throw notFound("entry");
  return entry;
}

async function auditEntry(
  context: ServerContext,
  call: Pick<Call<Route>, "caller" | "address">,
  action: string,
  { id, listId, text }: StoredEntry,
): Promise<void> {
  await audited(context, call, { action, target: `entry:${id}`, details: { listId, text }, plate: text });
}

function listOnWire(list: PlateList, entries: number): List {
  const { id, name, kind, description, siteId, isEnabled, createdAtMs, updatedAtMs } = list;
  return {
    ...{ id, name, kind, description, siteId, entries },
    enabled: isEnabled,
    createdMs: createdAtMs,
    updatedMs: updatedAtMs,
  };
}

function entryOnWire(entry: StoredEntry): ListEntry {
  const { id, listId, text, label, note, validFromMs, validToMs, isWildcard, isLookAlike, createdBy } = entry;
  return {
    ...{ id, listId, text, label, validFromMs, validToMs, createdBy },
    note: note ?? "",
    wildcard: isWildcard,
    lookAlike: isLookAlike,
    createdMs: entry.createdAtMs,
    updatedMs: entry.updatedAtMs,
  };
}

/** Without what is undefined. */
function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]: Exclude<Fields[Key], undefined>; // filtered just now; absent keys stay absent
  };
}
