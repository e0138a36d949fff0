import { Group, MultiSelect, Text } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Permit } from "../../../server/schemas/parking.ts";
import type { BodyGiven } from "../../api/client.ts";
import { useGet, usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { useEdited } from "../../parts/edited.ts";
import { FaultsOf } from "../../parts/faults.tsx";
import { LinesField, MomentField, OptionalNumberField, TextField } from "../../parts/fields.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatDay } from "../../parts/format.ts";
import { More } from "../../parts/more.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";

const words = siteStrings.parking;
const PERMITS = "/api/v1/sites/:id/permits";
const STALE = [PERMITS] as const;

export function Permits({ site }: { readonly site: Site }): JSX.Element {
  const permits = usePages(PERMITS, { params: { id: site.id }, query: { limit: 500 } });
  const edited = useEdited<Permit>();
  const mayOperate = useMay("sites:operate");
  const remove = useSend("DELETE", `${PERMITS}/:permit`, { stale: STALE, done: siteStrings.done });
  return (
    <Section
      title={words.tabs.permits}
      about={words.permitsAbout}
      flush
      actions={mayOperate && <AddButton label={words.addPermit} onClick={() => edited.open(null)} />}
    >
      <Answer query={permits}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty icon="lists" title={words.noPermits} text={words.permitsAbout} />
          ) : (
            <DataTable
              label={words.tabs.permits}
              minWidth={640}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                { head: words.holder, cell: ({ holder }) => holder, isName: true },
                {
                  head: words.plates,
                  cell: ({ plates }) => (
                    <Text size="sm" lineClamp={2}>
                      {plates.join(", ")}
                    </Text>
                  ),
                },
                { head: words.maxConcurrent, cell: ({ maxConcurrent }) => maxConcurrent ?? "–" },
                {
                  head: words.validFrom,
                  cell: ({ validFromMs }) => (validFromMs === null ? "–" : formatDay(validFromMs)),
                },
                { head: words.validTo, cell: ({ validToMs }) => (validToMs === null ? "–" : formatDay(validToMs)) },
              ]}
              actions={
                mayOperate
                  ? (permit) => (
                      <EditAndRemove
                        name={permit.holder}
                        words={words}
                        look="icons"
                        onEdit={() => edited.open(permit)}
                        onRemove={() => remove.mutate({ params: { id: site.id, permit: permit.id } })}
                      />
                    )
                  : undefined
              }
            />
          )
        }
      </Answer>
      <More pages={permits} />
      <PermitForm site={site} permit={edited.row} opened={edited.isOpen} onClose={edited.close} />
    </Section>
  );
}

type Body = BodyGiven<"POST", typeof PERMITS>;
const NEW: Body = { holder: "", plates: [], zones: null, maxConcurrent: null, validFromMs: null, validToMs: null };

function PermitForm(props: {
  readonly site: Site;
  readonly permit: Permit | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const { site, permit, opened, onClose } = props;
  const [draft, setDraft] = useState(NEW);
  const setup = useGet("/api/v1/sites/:id/parking", { params: { id: site.id } }, { enabled: opened });
  const done = { stale: STALE, done: siteStrings.saved, ownProblem: true, onDone: onClose };
  const create = useSend("POST", PERMITS, done);
  const update = useSend("PUT", `${PERMITS}/:permit`, done);
  const { reset: resetCreate } = create;
  const { reset: resetUpdate } = update;
  useEffect(() => {
    if (!opened) return;
    setDraft(permit ?? NEW);
    resetCreate();
    resetUpdate();
  }, [opened, permit, resetCreate, resetUpdate]);
  const change = (patch: Partial<Body>): void => setDraft({ ...draft, ...patch });
  const error = create.error ?? update.error;
  const submit = (): void => {
    if (permit === null) create.mutate({ params: { id: site.id }, body: draft });
    else update.mutate({ params: { id: site.id, permit: permit.id }, body: draft });
  };
  const zones = setup.data?.zones ?? [];
  return (
    <FormModal
      title={permit === null ? words.addPermit : words.editPermit}
      opened={opened}
      onClose={onClose}
      onSubmit={submit}
      isBusy={create.isPending || update.isPending}
      isDisabled={draft.holder.trim() === "" || draft.plates.length === 0}
      error={error}
    >
      <FaultsOf error={error}>
        <TextField
          label={words.holder}
          at="/holder"
          maxLength={120}
          value={draft.holder}
          onChange={(holder) => change({ holder })}
        />
        <LinesField
          label={words.plates}
          hint={words.platesHint}
          at="/plates"
          value={draft.plates}
          onChange={(plates) => change({ plates: [...plates] })}
        />
        <OptionalNumberField
          label={words.maxConcurrent}
          hint={words.maxHint}
          at="/maxConcurrent"
          min={1}
          value={draft.maxConcurrent ?? undefined}
          onChange={(value) => change({ maxConcurrent: value ?? null })}
        />
        {zones.length > 0 && (
          <MultiSelect
            label={words.permitZones}
            placeholder={draft.zones == null ? words.everyZone : ""}
            data={zones.map(({ id, name }) => ({ value: id, label: name }))}
            value={draft.zones ?? []}
            onChange={(ids) => change({ zones: ids.length === 0 ? null : ids })}
            clearable
          />
        )}
        <Group align="flex-start" gap="sm">
          <MomentField
            label={words.validFrom}
            at="/validFromMs"
            value={draft.validFromMs ?? null}
            onChange={(validFromMs) => change({ validFromMs })}
          />
          <MomentField
            label={words.validTo}
            at="/validToMs"
            value={draft.validToMs ?? null}
            onChange={(validToMs) => change({ validToMs })}
          />
        </Group>
      </FaultsOf>
    </FormModal>
  );
}
