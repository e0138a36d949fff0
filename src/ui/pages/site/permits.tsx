import { Button, Group, NumberInput, Table, Text, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useEffect, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Permit } from "../../../server/schemas/parking.ts";
import { usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { ActionsHeader } from "../../parts/actions-header.tsx";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatDay } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { fromLocalInput, toLocalInput } from "../../parts/local-time.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";

const words = siteStrings.parking;
const STALE = ["/api/v1/sites/:id/permits"] as const;

export function Permits({ site }: { readonly site: Site }): JSX.Element {
  const permits = usePages("/api/v1/sites/:id/permits", { params: { id: site.id }, query: { limit: 500 } });
  const [isOpen, form] = useDisclosure();
  const [edited, setEdited] = useState<Permit | null>(null);
  const mayOperate = useMay("sites:operate");
  const remove = useSend("DELETE", "/api/v1/sites/:id/permits/:permit", { stale: STALE, done: siteStrings.done });
  const edit = (permit: Permit | null): void => {
    setEdited(permit);
    form.open();
  };
  return (
    <Section
      title={words.tabs.permits}
      about={words.permitsAbout}
      flush
      actions={
        mayOperate && (
          <Button size="xs" leftSection={<Icon name="plus" size={14} />} onClick={() => edit(null)}>
            {words.addPermit}
          </Button>
        )
      }
    >
      <Answer query={permits}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty icon="lists" title={words.noPermits} />
          ) : (
            <Table.ScrollContainer minWidth={640} type="native" tabIndex={0}>
              <Table aria-label={words.tabs.permits}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{words.holder}</Table.Th>
                    <Table.Th>{words.plates}</Table.Th>
                    <Table.Th>{words.maxConcurrent}</Table.Th>
                    <Table.Th>{words.validFrom}</Table.Th>
                    <Table.Th>{words.validTo}</Table.Th>
                    <ActionsHeader />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((permit) => (
                    <Table.Tr key={permit.id}>
                      <Table.Td fw={600}>{permit.holder}</Table.Td>
                      <Table.Td>
                        <Text size="sm" lineClamp={2}>
                          {permit.plates.join(", ")}
                        </Text>
                      </Table.Td>
                      <Table.Td>{permit.maxConcurrent ?? "–"}</Table.Td>
                      <Table.Td>{permit.validFromMs === null ? "–" : formatDay(permit.validFromMs)}</Table.Td>
                      <Table.Td>{permit.validToMs === null ? "–" : formatDay(permit.validToMs)}</Table.Td>
                      <Table.Td>
                        {mayOperate && (
                          <Group gap={0} wrap="nowrap" justify="flex-end">
                            <EditAndRemove
                              name={permit.holder}
                              words={words}
                              look="icons"
                              onEdit={() => edit(permit)}
                              onRemove={() => remove.mutate({ params: { id: site.id, permit: permit.id } })}
                            />
                          </Group>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Answer>
      <PermitForm site={site} permit={edited} opened={isOpen} onClose={form.close} />
    </Section>
  );
}

const NEW = { holder: "", plates: "", maxConcurrent: "" as number | string, from: "", to: "" };

function PermitForm(props: {
  readonly site: Site;
  readonly permit: Permit | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const { site, permit, opened, onClose } = props;
  const [draft, setDraft] = useState(NEW);
  useEffect(() => {
    if (!opened) return;
    setDraft(
      permit === null
        ? NEW
        : {
            holder: permit.holder,
            plates: permit.plates.join("\n"),
            maxConcurrent: permit.maxConcurrent ?? "",
            from: toLocalInput(permit.validFromMs),
            to: toLocalInput(permit.validToMs),
          },
    );
  }, [opened, permit]);
  const done = { stale: STALE, done: siteStrings.saved, ownProblem: true, onDone: onClose };
  const create = useSend("POST", "/api/v1/sites/:id/permits", done);
  const update = useSend("PUT", "/api/v1/sites/:id/permits/:permit", done);
  const plates = draft.plates
    .split(/[\n,;]+/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
  const submit = (): void => {
    const body = {
      ...{ holder: draft.holder, plates, zones: permit?.zones ?? null },
      maxConcurrent: draft.maxConcurrent === "" ? null : Number(draft.maxConcurrent),
      validFromMs: fromLocalInput(draft.from),
      validToMs: fromLocalInput(draft.to),
    };
    if (permit === null) create.mutate({ params: { id: site.id }, body });
    else update.mutate({ params: { id: site.id, permit: permit.id }, body });
  };
  return (
    <FormModal
      title={permit === null ? words.addPermit : words.editPermit}
      opened={opened}
      onClose={onClose}
      onSubmit={submit}
      isBusy={create.isPending || update.isPending}
      isDisabled={draft.holder.trim() === "" || plates.length === 0}
      error={create.error ?? update.error}
    >
      <TextInput
        label={words.holder}
        value={draft.holder}
        onChange={({ currentTarget: { value } }) => setDraft({ ...draft, holder: value })}
        maxLength={120}
        data-autofocus
      />
      <Textarea
        label={words.plates}
        description={words.platesHint}
        value={draft.plates}
        onChange={({ currentTarget: { value } }) => setDraft({ ...draft, plates: value })}
        autosize
        minRows={2}
        maxRows={10}
      />
      <NumberInput
        label={words.maxConcurrent}
        description={words.maxHint}
        value={draft.maxConcurrent}
        onChange={(value) => setDraft({ ...draft, maxConcurrent: value })}
        min={1}
        allowDecimal={false}
      />
      <Group grow>
        <TextInput
          type="datetime-local"
          label={words.validFrom}
          value={draft.from}
          onChange={({ currentTarget: { value } }) => setDraft({ ...draft, from: value })}
        />
        <TextInput
          type="datetime-local"
          label={words.validTo}
          value={draft.to}
          onChange={({ currentTarget: { value } }) => setDraft({ ...draft, to: value })}
        />
      </Group>
    </FormModal>
  );
}
