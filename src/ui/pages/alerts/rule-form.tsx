import { MultiSelect, NativeSelect, NumberInput, Switch, TextInput } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { AlertRule } from "../../../server/schemas/alerts.ts";
import type { Schedule } from "../../../server/schemas/common.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { useRegionOptions } from "../../parts/regions.ts";
import { ScheduleField } from "../../parts/schedule-field.tsx";
import { strings } from "../../strings.ts";

const words = strings.rules;
const KINDS = ["list", "region", "unknown", "visit"] as const;

/** A rule as the form holds it: one main reason, and what narrows it. */
interface Draft {
  readonly name: string;
  readonly enabled: boolean;
  readonly kind: (typeof KINDS)[number];
  readonly listIds: string[];
  readonly regions: string[];
  readonly visit: number;
  readonly cameraIds: string[];
  readonly schedule: Schedule | null;
  readonly minConfidence: number;
  readonly webhookIds: string[];
  readonly notifyMqtt: boolean;
  readonly quietMinutes: number;
}

const NEW: Draft = {
  name: "",
  enabled: true,
  kind: "list",
  listIds: [],
  regions: [],
  visit: 1,
  cameraIds: [],
  schedule: null,
  minConfidence: 0.7,
  webhookIds: [],
  notifyMqtt: false,
  quietMinutes: 10,
};

function draftOf({ name, enabled, condition, webhookIds, notifyMqtt, quietMs }: AlertRule): Draft {
  const { listIds = [], regions = [], isUnknown, visit, cameraIds = [], schedule, minConfidence } = condition;
  const kind = isUnknown ? "unknown" : visit !== undefined ? "visit" : listIds.length > 0 ? "list" : "region";
  return {
    ...{ name, enabled, kind, listIds, regions, visit: visit ?? 1, cameraIds, schedule: schedule ?? null },
    ...{ minConfidence: minConfidence ?? 0, webhookIds, notifyMqtt, quietMinutes: Math.round(quietMs / 60_000) },
  };
}

/** Makes a rule, or changes the one given. */
export function RuleForm(props: {
  readonly rule: AlertRule | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const { rule, opened, onClose } = props;
  const [draft, setDraft] = useState<Draft>(NEW);
  useEffect(() => {
    if (opened) setDraft(rule === null ? NEW : draftOf(rule));
  }, [opened, rule]);
  const lists = useAll("/api/v1/lists", { enabled: opened });
  const hooks = useAll("/api/v1/webhooks", { enabled: useMay("deliveries:read") && opened });
  const cameras = useCameraNames();
  const regions = useRegionOptions();
  const done = { stale: ["/api/v1/alert-rules"] as const, done: words.saved, ownProblem: true, onDone: onClose };
  const create = useSend("POST", "/api/v1/alert-rules", done);
  const update = useSend("PATCH", "/api/v1/alert-rules/:id", done);
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const isWhole =
    draft.name.trim() !== "" &&
    (draft.kind !== "list" || draft.listIds.length > 0) &&
    (draft.kind !== "region" || draft.regions.length > 0);
  const submit = (): void => {
    const { name, enabled, kind, webhookIds, notifyMqtt, quietMinutes, schedule, cameraIds, minConfidence } = draft;
    const body = {
      ...{ name, enabled, webhookIds, notifyMqtt, quietMs: quietMinutes * 60_000 },
      condition: {
        ...(kind === "list" ? { listIds: draft.listIds } : {}),
        ...(kind === "region" || draft.regions.length > 0 ? { regions: draft.regions } : {}),
        ...(kind === "unknown" ? { isUnknown: true } : {}),
        ...(kind === "visit" ? { visit: draft.visit } : {}),
        ...(cameraIds.length > 0 ? { cameraIds } : {}),
        ...(schedule !== null ? { schedule } : {}),
        ...(minConfidence > 0 ? { minConfidence } : {}),
      },
    };
    if (rule === null) create.mutate({ body });
    else update.mutate({ params: { id: rule.id }, body });
  };
  return (
    <FormModal
      title={rule === null ? words.add : words.edit}
      size="lg"
      opened={opened}
      onClose={onClose}
      onSubmit={submit}
      isBusy={create.isPending || update.isPending}
      isDisabled={!isWhole}
      error={create.error ?? update.error}
    >
      <TextInput
        label={words.name}
        value={draft.name}
        onChange={({ currentTarget: { value } }) => change({ name: value })}
        maxLength={120}
        required
        data-autofocus
      />
      <NativeSelect
        label={words.when}
        data={KINDS.map((value) => ({ value, label: words.kinds[value] }))}
        value={draft.kind}
        onChange={({ currentTarget: { value } }) => change({ kind: KINDS.find((kind) => kind === value) ?? "list" })}
      />
      {draft.kind === "list" && (
        <MultiSelect
          label={words.lists}
          data={lists.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={draft.listIds}
          onChange={(listIds) => change({ listIds })}
          searchable
          required
        />
      )}
      {draft.kind === "region" && (
        <MultiSelect
          label={words.regions}
          data={[...regions]}
          value={draft.regions}
          onChange={(value) => change({ regions: value })}
          searchable
          required
          limit={100}
        />
      )}
      {draft.kind === "visit" && (
        <NumberInput
          label={words.visit}
          description={words.visitHint}
          inputWrapperOrder={["label", "input", "description"]}
          value={draft.visit}
          onChange={(value) => change({ visit: typeof value === "number" ? value : 1 })}
          min={1}
          max={100_000}
          allowDecimal={false}
        />
      )}
      <MultiSelect
        label={words.cameras}
        placeholder={draft.cameraIds.length === 0 ? strings.passages.anyOf : ""}
        data={[...cameras.options]}
        value={draft.cameraIds}
        onChange={(cameraIds) => change({ cameraIds })}
        searchable
        clearable
      />
      <NumberInput
        label={words.minConfidence}
        value={Math.round(draft.minConfidence * 100)}
        onChange={(value) => change({ minConfidence: typeof value === "number" ? value / 100 : 0 })}
        min={0}
        max={100}
        suffix=" %"
      />
      <ScheduleField label={words.hours} value={draft.schedule} onChange={(schedule) => change({ schedule })} />
      <NumberInput
        label={words.quiet}
        description={words.quietHint}
        inputWrapperOrder={["label", "input", "description"]}
        value={draft.quietMinutes}
        onChange={(value) => change({ quietMinutes: typeof value === "number" ? value : 0 })}
        min={0}
        max={525_600}
        allowDecimal={false}
      />
      {(hooks.data?.length ?? 0) > 0 && (
        <MultiSelect
          label={words.webhooks}
          data={hooks.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={draft.webhookIds}
          onChange={(webhookIds) => change({ webhookIds })}
          clearable
        />
      )}
      <Switch
        label={words.mqtt}
        checked={draft.notifyMqtt}
        onChange={({ currentTarget: { checked } }) => change({ notifyMqtt: checked })}
      />
      <Switch
        label={words.enabled}
        checked={draft.enabled}
        onChange={({ currentTarget: { checked } }) => change({ enabled: checked })}
      />
    </FormModal>
  );
}
