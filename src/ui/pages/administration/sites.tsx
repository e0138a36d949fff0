import { Badge, Button, Group, Switch, Table, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useEffect, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { ActionsHeader } from "../../parts/actions-header.tsx";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { Icon } from "../../parts/icons.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.siteSettings;
const STALE = ["/api/v1/sites"] as const;

/** What holds for a site whatever is done there: its hours, who may search, how much is kept of a plate. */
export function SiteSettings(): JSX.Element {
  const sites = useAll("/api/v1/sites");
  const mayWrite = useMay("sites:write");
  const [isOpen, form] = useDisclosure();
  const [edited, setEdited] = useState<Site | null>(null);
  const remove = useSend("DELETE", "/api/v1/sites/:id", { stale: STALE, done: words.removed });
  const edit = (site: Site | null): void => {
    setEdited(site);
    form.open();
  };
  return (
    <Section
      title={words.title}
      about={words.about}
      flush
      actions={
        mayWrite && (
          <Button size="xs" leftSection={<Icon name="plus" size={14} />} onClick={() => edit(null)}>
            {words.add}
          </Button>
        )
      }
    >
      <Answer query={sites}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon="lock" title={words.empty} text={words.emptyText} />
          ) : (
            <Table.ScrollContainer minWidth={460} type="native" tabIndex={0}>
              <Table aria-label={words.title}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{words.name}</Table.Th>
                    <Table.Th>{words.timeZone}</Table.Th>
                    <Table.Th>{words.rules}</Table.Th>
                    <ActionsHeader />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {all.map((site) => (
                    <Table.Tr key={site.id}>
                      <Table.Td fw={600}>{site.name}</Table.Td>
                      <Table.Td>{site.timeZone}</Table.Td>
                      <Table.Td>
                        <Group gap="xs">
                          {site.privacy && <Badge color="teal">{words.isPrivate}</Badge>}
                          {site.reasonRequired && <Badge color="blue">{words.asksReason}</Badge>}
                        </Group>
                      </Table.Td>
                      <Table.Td>
                        <Group gap={4} justify="flex-end" wrap="nowrap">
                          {mayWrite && (
                            <EditAndRemove
                              name={site.name}
                              words={words}
                              look="words"
                              onEdit={() => edit(site)}
                              onRemove={() => remove.mutate({ params: { id: site.id } })}
                            />
                          )}
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Answer>
      <SiteForm site={edited} opened={isOpen} onClose={form.close} />
    </Section>
  );
}

type Draft = Pick<Site, "name" | "timeZone" | "privacy" | "reasonRequired">;

function SiteForm(props: {
  readonly site: Site | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const { site, opened, onClose } = props;
  const [draft, setDraft] = useState<Draft>(draftOf(site));
  useEffect(() => {
    if (opened) setDraft(draftOf(site));
  }, [opened, site]);
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const done = { stale: STALE, done: words.saved, ownProblem: true, onDone: onClose };
  const create = useSend("POST", "/api/v1/sites", done);
  const update = useSend("PATCH", "/api/v1/sites/:id", done);
  const submit = (): void => {
    if (site === null) create.mutate({ body: draft });
    else update.mutate({ params: { id: site.id }, body: draft });
  };
  return (
    <FormModal
      title={site === null ? words.add : words.edit}
      opened={opened}
      onClose={onClose}
      onSubmit={submit}
      isBusy={create.isPending || update.isPending}
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
      <TextInput
        label={words.timeZone}
        description={strings.system.timeZoneHint}
        inputWrapperOrder={["label", "input", "description"]}
        value={draft.timeZone}
        onChange={({ currentTarget: { value } }) => change({ timeZone: value })}
        required
      />
      <Switch
        label={words.privacy}
        description={words.privacyHint}
        checked={draft.privacy}
        onChange={({ currentTarget: { checked } }) => change({ privacy: checked })}
      />
      <Switch
        label={words.reasonRequired}
        description={strings.system.reasonRequiredHint}
        checked={draft.reasonRequired}
        onChange={({ currentTarget: { checked } }) => change({ reasonRequired: checked })}
      />
    </FormModal>
  );
}

/** A new site's clock is the browser's, as a rule where the site is. */
function draftOf(site: Site | null): Draft {
  if (site === null) {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return { name: "", timeZone, privacy: false, reasonRequired: false };
  }
  const { name, timeZone, privacy, reasonRequired } = site;
  return { name, timeZone, privacy, reasonRequired };
}
