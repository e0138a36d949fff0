import { Badge, Group, NativeSelect, Paper, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import type { Site } from "../../server/schemas/administration.ts";
import { useAll, useSend } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { AddButton } from "../parts/add-button.tsx";
import { FormModal } from "../parts/form-modal.tsx";
import { LinkAnchor } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Answer, Empty } from "../parts/states.tsx";
import { siteStrings as words } from "../site-strings.ts";

const KINDS = ["parking", "toll", "enforcement", "traffic", "generic"] as const;

export function SitesPage(): JSX.Element {
  const sites = useAll("/api/v1/sites");
  const mayWrite = useMay("sites:write");
  const [isAdding, { open, close }] = useDisclosure();
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={mayWrite && <AddButton label={words.add} onClick={open} isOfPage />}
    >
      <Answer query={sites}>
        {(all) =>
          all.length === 0 ? (
            <Paper>
              <Empty icon="sites" title={words.empty} text={words.emptyText} />
            </Paper>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }} spacing="md">
              {all.map((site) => (
                <Paper key={site.id} p="md" component="article" aria-label={site.name}>
                  <Stack gap={6}>
                    <Group justify="space-between" gap="xs">
                      <LinkAnchor to="/sites/$id" params={{ id: site.id }} fw={650} c="var(--mantine-color-text)">
                        {site.name}
                      </LinkAnchor>
                      <Badge variant="light">{words.kinds[site.kind]}</Badge>
                    </Group>
                    <Text size="sm" c="dimmed">
                      {site.timeZone}
                    </Text>
                  </Stack>
                </Paper>
              ))}
            </SimpleGrid>
          )
        }
      </Answer>
      <AddSite opened={isAdding} onClose={close} />
    </Page>
  );
}

function AddSite({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }): JSX.Element {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Site["kind"]>("parking");
  const [timeZone, setTimeZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const navigate = useNavigate();
  const create = useSend("POST", "/api/v1/sites", {
    stale: ["/api/v1/sites"],
    done: words.saved,
    ownProblem: true,
    onDone: ({ id }) => {
      onClose();
      void navigate({ to: "/sites/$id", params: { id }, search: { tab: "setup" } });
    },
  });
  return (
    <FormModal
      title={words.add}
      opened={opened}
      onClose={onClose}
      onSubmit={() => create.mutate({ body: { name, kind, timeZone } })}
      isBusy={create.isPending}
      isDisabled={name.trim() === ""}
      error={create.error}
    >
      <TextInput
        label={words.name}
        value={name}
        onChange={({ currentTarget: { value } }) => setName(value)}
        maxLength={120}
        required
        data-autofocus
      />
      <NativeSelect
        label={words.kind}
        data={KINDS.map((value) => ({ value, label: words.kinds[value] }))}
        value={kind}
        onChange={({ currentTarget: { value } }) => setKind(KINDS.find((one) => one === value) ?? "parking")}
      />
      <TextInput
        label={words.timeZone}
        description={words.addHint}
        value={timeZone}
        onChange={({ currentTarget: { value } }) => setTimeZone(value)}
      />
    </FormModal>
  );
}
