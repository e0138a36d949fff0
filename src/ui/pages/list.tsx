import { Anchor, Badge, Button, Group, Paper, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import type { List, ListEntry } from "../../server/schemas/lists.ts";
import { addressOf } from "../api/client.ts";
import { useGet, usePages, useSend } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { ActionsHeader } from "../parts/actions-header.tsx";
import { AddButton } from "../parts/add-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { EditAndRemove } from "../parts/edit-and-remove.tsx";
import { formatDay, formatTime } from "../parts/format.ts";
import { Icon } from "../parts/icons.tsx";
import { ListBadge } from "../parts/list-badge.tsx";
import { More } from "../parts/more.tsx";
import { Page } from "../parts/page.tsx";
import { Plate } from "../parts/plate.tsx";
import { Answer, Empty } from "../parts/states.tsx";
import { strings } from "../strings.ts";
import { EntryForm } from "./list/entry-form.tsx";
import { ImportButton } from "./list/import-form.tsx";
import { ListForm } from "./lists/list-form.tsx";

const route = getRouteApi("/shell/lists/$id");
const words = strings.list;

export function ListPage(): JSX.Element {
  const { id } = route.useParams();
  const list = useGet("/api/v1/lists/:id", { params: { id } });
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/lists" size="sm">
        <Group gap={4}>
          <Icon name="left" size={16} />
          {words.back}
        </Group>
      </Anchor>
      <Answer query={list}>{(found) => <Detail list={found} />}</Answer>
    </Stack>
  );
}

function Detail({ list }: { readonly list: List }): JSX.Element {
  const mayWrite = useMay("lists:write");
  const navigate = useNavigate();
  const [search, setSearch] = useState("");
  const [text] = useDebouncedValue(search.trim(), 250);
  const params = { id: list.id };
  const entries = usePages("/api/v1/lists/:id/entries", { params, query: { text: text === "" ? undefined : text } });
  const [isEditingList, editingList] = useDisclosure();
  const [isEditing, editing] = useDisclosure();
  const [entry, setEntry] = useState<ListEntry | null>(null);
  const removeList = useSend("DELETE", "/api/v1/lists/:id", {
    stale: ["/api/v1/lists"],
    done: words.removedList,
    onDone: () => void navigate({ to: "/lists" }),
  });
  const edit = (chosen: ListEntry | null): void => {
    setEntry(chosen);
    editing.open();
  };
  return (
    <Page
      title={list.name}
      about={
        <Group gap="xs" component="span">
          <ListBadge name={strings.lists.kinds[list.kind]} kind={list.kind} />
          {!list.enabled && <Badge color="gray">{strings.lists.off}</Badge>}
          {strings.lists.entries(list.entries)}
          {list.description !== "" && ` · ${list.description}`}
        </Group>
      }
      actions={
        <>
          <Button
            component="a"
            href={addressOf("/api/v1/lists/:id/export", { params })}
            download
            variant="default"
            leftSection={<Icon name="download" size={16} />}
          >
            {words.export}
          </Button>
          {mayWrite && (
            <>
              <ImportButton listId={list.id} />
              <Button variant="default" leftSection={<Icon name="edit" size={16} />} onClick={editingList.open}>
                {strings.actions.edit}
              </Button>
              <Confirm
                title={words.removeListTitle}
                text={words.removeListText(list.entries)}
                action={strings.actions.remove}
                onConfirm={() => removeList.mutate({ params })}
              >
                {(ask) => (
                  <Button variant="subtle" color="red" leftSection={<Icon name="trash" size={16} />} onClick={ask}>
                    {strings.actions.remove}
                  </Button>
                )}
              </Confirm>
              <AddButton label={words.add} onClick={() => edit(null)} isOfPage />
            </>
          )}
        </>
      }
    >
      <Paper style={{ overflow: "hidden" }}>
        <TextInput
          aria-label={words.search}
          placeholder={words.search}
          value={search}
          onChange={({ currentTarget: { value } }) => setSearch(value)}
          leftSection={<Icon name="search" size={18} />}
          m="md"
          maw={360}
          maxLength={32}
        />
        <Answer query={entries}>
          {({ rows }) =>
            rows.length === 0 ? (
              <Empty
                icon="lists"
                title={text === "" ? words.empty : strings.passages.none}
                text={text === "" ? words.emptyText : words.noneText}
              />
            ) : (
              <EntryTable entries={rows} mayWrite={mayWrite} onEdit={edit} />
            )
          }
        </Answer>
      </Paper>
      <More pages={entries} />
      <EntryForm listId={list.id} entry={entry} opened={isEditing} onClose={editing.close} />
      <ListForm list={list} opened={isEditingList} onClose={editingList.close} />
    </Page>
  );
}

function EntryTable(props: {
  readonly entries: readonly ListEntry[];
  readonly mayWrite: boolean;
  readonly onEdit: (entry: ListEntry) => void;
}): JSX.Element {
  const remove = useSend("DELETE", "/api/v1/lists/:id/entries/:entryId", {
    stale: ["/api/v1/lists/:id/entries", "/api/v1/lists", "/api/v1/lists/:id"],
    done: words.removed,
  });
  return (
    <Table.ScrollContainer minWidth={640} type="native" tabIndex={0}>
      <Table aria-label={words.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.text}</Table.Th>
            <Table.Th>{words.label}</Table.Th>
            <Table.Th>{words.match}</Table.Th>
            <Table.Th>{words.validity}</Table.Th>
            <Table.Th>{words.note}</Table.Th>
            {props.mayWrite && <ActionsHeader />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.entries.map((entry) => (
            <Table.Tr key={entry.id}>
              <Table.Td>
                <Plate text={entry.text} />
              </Table.Td>
              <Table.Td>{entry.label}</Table.Td>
              <Table.Td>
                <Group gap={4}>
                  {entry.wildcard && <Badge color="grape">{words.wildcard}</Badge>}
                  {entry.lookAlike && <Badge color="blue">{words.lookAlike}</Badge>}
                  {!entry.wildcard && !entry.lookAlike && (
                    <Text size="sm" c="dimmed">
                      {words.exact}
                    </Text>
                  )}
                </Group>
              </Table.Td>
              <Table.Td>
                <Validity entry={entry} />
              </Table.Td>
              <Table.Td>
                <Text size="sm" lineClamp={2} title={entry.note}>
                  {entry.note}
                </Text>
              </Table.Td>
              {props.mayWrite && (
                <Table.Td>
                  <Group gap={2} justify="flex-end" wrap="nowrap">
                    <EditAndRemove
                      name={entry.text}
                      words={words}
                      look="icons"
                      onEdit={() => props.onEdit(entry)}
                      onRemove={() => remove.mutate({ params: { id: entry.listId, entryId: entry.id } })}
                    />
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Validity({ entry }: { readonly entry: ListEntry }): JSX.Element {
  const { validFromMs, validToMs } = entry;
  const nowMs = Date.now();
  const isOver = validToMs !== null && validToMs <= nowMs;
  const isAhead = validFromMs !== null && validFromMs > nowMs;
  if (validFromMs === null && validToMs === null) {
    return (
      <Text size="sm" c="dimmed">
        {words.always}
      </Text>
    );
  }
  const title = [validFromMs, validToMs].map((timeMs) => (timeMs === null ? "…" : formatTime(timeMs))).join(" – ");
  return (
    <Group gap={6} title={title}>
      <Text size="sm">
        {validFromMs === null ? "…" : formatDay(validFromMs)} – {validToMs === null ? "…" : formatDay(validToMs)}
      </Text>
      {isOver && <Badge color="gray">{words.over}</Badge>}
      {isAhead && <Badge color="blue">{words.ahead}</Badge>}
    </Group>
  );
}
