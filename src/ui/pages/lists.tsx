import { Badge, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import type { JSX } from "react";
import { useAll } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { AddButton } from "../parts/add-button.tsx";
import { formatAgo } from "../parts/format.ts";
import { LinkAnchor } from "../parts/link.tsx";
import { ListBadge } from "../parts/list-badge.tsx";
import { Page } from "../parts/page.tsx";
import { Answer, Empty } from "../parts/states.tsx";
import { strings } from "../strings.ts";
import { ListForm } from "./lists/list-form.tsx";

const words = strings.lists;

export function ListsPage(): JSX.Element {
  const lists = useAll("/api/v1/lists");
  const mayWrite = useMay("lists:write");
  const navigate = useNavigate();
  const [isAdding, { open, close }] = useDisclosure();
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={mayWrite && <AddButton label={words.add} onClick={open} isOfPage />}
    >
      <Answer query={lists}>
        {(all) =>
          all.length === 0 ? (
            <Paper>
              <Empty icon="lists" title={words.empty} text={words.emptyText} />
            </Paper>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }} spacing="md">
              {all.map(({ id, name, kind, description, enabled, entries, updatedMs }) => (
                <Paper key={id} p="md" component="article" aria-label={name}>
                  <Stack gap={6}>
                    <Group justify="space-between" gap="xs">
                      <LinkAnchor to="/lists/$id" params={{ id }} fw={650} c="var(--mantine-color-text)">
                        {name}
                      </LinkAnchor>
                      <Group gap={4}>
                        {!enabled && <Badge color="gray">{words.off}</Badge>}
                        <ListBadge name={words.kinds[kind]} kind={kind} />
                      </Group>
                    </Group>
                    {description !== "" && (
                      <Text size="sm" lineClamp={2}>
                        {description}
                      </Text>
                    )}
                    <Text size="sm" c="dimmed">
                      {words.entries(entries)} · {words.changed(formatAgo(updatedMs))}
                    </Text>
                  </Stack>
                </Paper>
              ))}
            </SimpleGrid>
          )
        }
      </Answer>
      <ListForm
        opened={isAdding}
        onClose={close}
        onSaved={(id) => void navigate({ to: "/lists/$id", params: { id } })}
      />
    </Page>
  );
}
