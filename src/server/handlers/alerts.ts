/** Alert rules and alerts. What goes out is in deliveries.ts. */

import type { z } from "zod";
import type { AlertCondition, StoredPassage, AlertRule as StoredRule } from "../../store/types.ts";
import { alertOnWire, ruleOnWire } from "../alert-wire.ts";
import { audited } from "../audited.ts";
import { visibleCameras } from "../caller.ts";
import type { ServerContext } from "../context.ts";
import type { HandlersOf } from "../handler.ts";
import { pageOfRows } from "../page.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { alertRoutes } from "../routes/alerts.ts";
import type { conditionSchema } from "../schemas/alerts.ts";
import { deliveryHandlers } from "./deliveries.ts";

export const alertHandlers: HandlersOf<typeof alertRoutes> = {
  async listRules({ store }, { query }) {
    const { rows, next } = pageOfRows(await store.alerts.rules.list(), query);
    return { items: rows.map(ruleOnWire), next };
  },

  async createRule(context, call) {
    const { name, enabled, condition, timeZone, webhookIds, notifyMqtt, quietMs } = call.body;
    await checkReferences(context, condition, webhookIds);
    const rule = await context.store.alerts.rules.create({
      ...{ name, timeZone, webhookIds, quietMs },
      isEnabled: enabled,
      condition: conditionOfWire(condition),
      mqttTargetIds: notifyMqtt ? await brokerIds(context) : [],
    });
    context.intake.targetsChanged();
    await audited(context, call, { action: "rule.create", target: `rule:${rule.id}`, details: call.body });
    call.revision(rule.revision);
    return { id: rule.id };
  },

  async getRule(context, call) {
    const rule = await knownRule(context, call.params.id);
    call.revision(rule.revision);
    return ruleOnWire(rule);
  },

  async updateRule(context, call) {
    const rule = await knownRule(context, call.params.id);
    const { name, enabled, condition, timeZone, webhookIds, notifyMqtt, quietMs } = call.body;
    await checkReferences(context, condition ?? {}, webhookIds ?? []);
    const patch = {
      ...(name === undefined ? {} : { name }),
      ...(enabled === undefined ? {} : { isEnabled: enabled }),
      ...(condition === undefined ? {} : { condition: conditionOfWire(condition) }),
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(webhookIds === undefined ? {} : { webhookIds }),
      ...(notifyMqtt === undefined ? {} : { mqttTargetIds: notifyMqtt ? await brokerIds(context) : [] }),
      ...(quietMs === undefined ? {} : { quietMs }),
    };
    const updated = await context.store.alerts.rules.update(rule.id, patch, call.ifRevision);
    if (updated === null) throw notFound("alert rule");
    context.intake.targetsChanged();
    await audited(context, call, { action: "rule.update", target: `rule:${rule.id}`, details: call.body });
    call.revision(updated.revision);
    return ruleOnWire(updated);
  },

  async deleteRule(context, call) {
    const rule = await knownRule(context, call.params.id);
    if (!(await context.store.alerts.rules.remove(rule.id, call.ifRevision))) throw notFound("alert rule");
    context.intake.targetsChanged();
    await audited(context, call, { action: "rule.delete", target: `rule:${rule.id}`, details: { name: rule.name } });
    return undefined;
  },

  async listAlerts({ store }, { query, caller }) {
    const { open, rule, camera, from, to, cursor, limit } = query;
    const visible =
      caller.siteIds === null ? null : visibleCameras(caller, await store.cameras.list()).map(({ id }) => id);
    const wanted = camera === undefined || camera.length === 0 ? visible : camera;
    const cameraIds = visible === null ? wanted : (wanted ?? []).filter((id) => visible.includes(id));
    if (cameraIds !== null && cameraIds.length === 0) return { items: [], next: null };
    const { rows, nextCursor } = await store.alerts.page(
      {
        ...(open === undefined ? {} : { isAcknowledged: !open }),
        ...(rule === undefined ? {} : { ruleIds: rule }),
        ...(cameraIds === null ? {} : { cameraIds }),
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
      },
      { cursor: cursor ?? null, limit },
    );
    const passages = await Promise.all(
      rows.map(
        async ({ passageId }): Promise<StoredPassage | null> =>
          passageId === null || !caller.permissions.has("passages:read") ? null : store.passages.get(passageId),
      ),
    );
    return { items: rows.map((alert, i) => alertOnWire(alert, passages[i] ?? null)), next: nextCursor };
  },

  async acknowledgeAlert(context, call) {
    const { store } = context;
    const alert = await store.alerts.get(call.params.id);
    const visible = visibleCameras(call.caller, await store.cameras.list());
    const isHidden = call.caller.siteIds !== null && !visible.some(({ id }) => id === alert?.cameraId);
    if (alert === null || isHidden) throw notFound("alert");
    const updated = await store.alerts.acknowledge(alert.id, call.caller.name, call.body.note || null);
    if (updated === null) throw notFound("alert");
    await audited(context, call, { action: "alert.acknowledge", target: `alert:${alert.id}` });
    const passage = updated.passageId === null ? null : await store.passages.get(updated.passageId);
    return alertOnWire(updated, passage);
  },

  ...deliveryHandlers,
};

async function knownRule({ store }: ServerContext, id: string): Promise<StoredRule> {
  const rule = await store.alerts.rules.get(id);
  if (rule === null) throw notFound("alert rule");
  return rule;
}

type WireCondition = z.output<typeof conditionSchema>;

/** Without what is undefined. */
function conditionOfWire(condition: WireCondition): AlertCondition {
  return Object.fromEntries(Object.entries(condition).filter(([, value]) => value !== undefined));
}

/** @throws RequestProblem 422 for a list, camera or webhook that is not there: such a rule would never fire. */
async function checkReferences(
  { store }: ServerContext,
  { listIds = [], cameraIds = [] }: WireCondition,
  webhookIds: readonly string[],
): Promise<void> {
  const checks = [
    ["list", listIds, (id: string) => store.lists.get(id)],
    ["camera", cameraIds, (id: string) => store.cameras.get(id)],
    ["webhook", webhookIds, (id: string) => store.webhooks.get(id)],
  ] as const;
  for (const [what, ids, get] of checks) {
    for (const id of ids) {
      if ((await get(id)) === null) throw new RequestProblem(422, "REFERENCE_UNKNOWN", `There is no ${what} ${id}.`);
    }
  }
}

/** @throws RequestProblem 422 while no broker is set up. */
async function brokerIds({ store }: ServerContext): Promise<string[]> {
  const targets = await store.mqttTargets.list();
  if (targets.length === 0) {
    throw new RequestProblem(422, "MQTT_MISSING", "Set the MQTT broker up first, under Administration.");
  }
  return targets.map(({ id }) => id);
}
