import { Badge, Group, Switch, TextInput } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { useEdited } from "../../parts/edited.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.siteSettings;
const STALE = ["/api/v1/sites"] as const;

/** What holds for a site whatever is done there: its hours, who may search, how much is kept of a plate. */
export function SiteSettings(): JSX.Element {
  const sites = useAll("/api/v1/sites");
  const mayWrite = useMay("sites:write");
  const edited = useEdited<Site>();
  const remove = useSend("DELETE", "/api/v1/sites/:id", { stale: STALE, done: words.removed });
  return (
    <Section
      title={words.title}
      about={words.about}
      flush
      actions={mayWrite && <AddButton label={words.add} onClick={() => edited.open(null)} />}
    >
      <Answer query={sites}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon="lock" title={words.empty} text={words.emptyText} />
          ) : (
            <DataTable
              label={words.title}
              minWidth={460}
              rows={all}
              keyOf={({ id }) => id}
              columns={[
                { head: words.name, cell: ({ name }) => name, isName: true },
                { head: words.timeZone, cell: ({ timeZone }) => timeZone },
                {
                  head: words.rules,
                  cell: ({ privacy, reasonRequired }) => (
                    <Group gap="xs">
                      {privacy && <Badge color="teal">{words.isPrivate}</Badge>}
                      {reasonRequired && <Badge color="blue">{words.asksReason}</Badge>}
                    </Group>
                  ),
                },
              ]}
              actions={
                mayWrite
                  ? (site) => (
                      <EditAndRemove
                        name={site.name}
                        words={words}
                        look="words"
                        onEdit={() => edited.open(site)}
                        onRemove={() => remove.mutate({ params: { id: site.id } })}
                      />
                    )
                  : undefined
              }
            />
          )
        }
      </Answer>
      <SiteForm site={edited.row} opened={edited.isOpen} onClose={edited.close} />
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
