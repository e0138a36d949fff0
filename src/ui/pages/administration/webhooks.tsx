import { Badge, Button, Group, MultiSelect, Stack, Switch, Text, TextInput } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { Webhook } from "../../../server/schemas/deliveries.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { useCameraNames } from "../../parts/cameras.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { useEdited } from "../../parts/edited.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatMs } from "../../parts/format.ts";
import { showDone, showProblem } from "../../parts/notices.ts";
import { Secret } from "../../parts/secret.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.webhooks;
export const EVENTS = ["passage", "preview", "alert", "health"] as const;
const STALE = ["/api/v1/webhooks"] as const;

export function Webhooks(): JSX.Element {
  const hooks = useAll("/api/v1/webhooks", { refetchMs: 30_000 });
  const mayWrite = useMay("deliveries:write");
  const edited = useEdited<Webhook>();
  const [key, setKey] = useState<string | null>(null);
  const remove = useSend("DELETE", "/api/v1/webhooks/:id", { stale: STALE, done: words.removed });
  const rotate = useSend("POST", "/api/v1/webhooks/:id/rotate", { stale: STALE, onDone: (made) => setKey(made.key) });
  const test = useSend("POST", "/api/v1/webhooks/:id/test", {
    onDone: ({ ok, message, tookMs }) =>
      ok ? showDone(words.testDone(formatMs(tookMs))) : showProblem(new Error(message ?? "")),
  });
  return (
    <Section
      title={words.title}
      about={words.about}
      flush
      actions={mayWrite && <AddButton label={words.add} onClick={() => edited.open(null)} />}
    >
      {key !== null && (
        <Stack px="md" pb="md">
          <Secret text={words.once} value={key} />
        </Stack>
      )}
      <Answer query={hooks}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon="upload" title={words.empty} />
          ) : (
            <DataTable
              label={words.title}
              minWidth={680}
              rows={all}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: words.name,
                  cell: ({ name, url }) => (
                    <>
                      <Text size="sm" fw={600}>
                        {name}
                      </Text>
                      <Text size="xs" c="dimmed" ff="monospace" style={{ wordBreak: "break-all" }}>
                        {url}
                      </Text>
                    </>
                  ),
                },
                { head: words.events, cell: ({ events }) => events.map((event) => words.eventNames[event]).join(", ") },
                {
                  head: words.state,
                  cell: ({ enabled, pending, dead, keys }) => (
                    <Group gap={4}>
                      <Badge color={enabled ? "green" : "gray"}>{enabled ? words.on : words.off}</Badge>
                      {pending > 0 && <Badge color="blue">{words.pending(pending)}</Badge>}
                      {dead > 0 && <Badge color="red">{words.dead(dead)}</Badge>}
                      {keys.length > 1 && <Badge color="orange">{words.twoKeys}</Badge>}
                    </Group>
                  ),
                },
              ]}
              actions={
                mayWrite
                  ? (hook) => (
                      <>
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          loading={test.isPending && test.variables?.params?.id === hook.id}
                          aria-label={words.testOf(hook.name)}
                          onClick={() => test.mutate({ params: { id: hook.id } })}
                        >
                          {words.test}
                        </Button>
                        <Confirm
                          title={words.rotateTitle}
                          text={words.rotateText}
                          action={words.rotate}
                          onConfirm={() => rotate.mutate({ params: { id: hook.id } })}
                        >
                          {(ask) => (
                            <Button
                              size="compact-sm"
                              variant="subtle"
                              aria-label={words.rotateOf(hook.name)}
                              onClick={ask}
                            >
                              {words.rotate}
                            </Button>
                          )}
                        </Confirm>
                        <EditAndRemove
                          name={hook.name}
                          words={words}
                          look="words"
                          onEdit={() => edited.open(hook)}
                          onRemove={() => remove.mutate({ params: { id: hook.id } })}
                        />
                      </>
                    )
                  : undefined
              }
            />
          )
        }
      </Answer>
      <WebhookForm hook={edited.row} opened={edited.isOpen} onClose={edited.close} onKey={setKey} />
    </Section>
  );
}

function WebhookForm(props: {
  readonly hook: Webhook | null;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onKey: (key: string) => void;
}): JSX.Element {
  const { hook, opened, onClose, onKey } = props;
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<Webhook["events"]>(["passage"]);
  const [cameraIds, setCameraIds] = useState<string[]>([]);
  const [isPrivateAllowed, setPrivateAllowed] = useState(false);
  const [isEnabled, setEnabled] = useState(true);
  const cameras = useCameraNames();
  useEffect(() => {
    if (!opened) return;
    setName(hook?.name ?? "");
    setUrl(hook?.url ?? "");
    setEvents(hook?.events ?? ["passage"]);
    setCameraIds(hook?.cameraIds ?? []);
    setPrivateAllowed(hook?.allowPrivate ?? false);
    setEnabled(hook?.enabled ?? true);
  }, [opened, hook]);
  const create = useSend("POST", "/api/v1/webhooks", {
    stale: STALE,
    done: words.saved,
    ownProblem: true,
    onDone: ({ key }) => {
      onKey(key);
      onClose();
    },
  });
  const update = useSend("PATCH", "/api/v1/webhooks/:id", {
    stale: STALE,
    done: words.saved,
    ownProblem: true,
    onDone: onClose,
  });
  const submit = (): void => {
    const body = { name, url: url.trim(), events, cameraIds, allowPrivate: isPrivateAllowed, enabled: isEnabled };
    if (hook === null) create.mutate({ body });
    else update.mutate({ params: { id: hook.id }, body });
  };
  return (
    <FormModal
      title={hook === null ? words.add : words.edit}
      opened={opened}
      onClose={onClose}
      onSubmit={submit}
      isBusy={create.isPending || update.isPending}
      isDisabled={name.trim() === "" || url.trim() === ""}
      error={create.error ?? update.error}
    >
      <TextInput
        label={words.name}
        value={name}
        onChange={({ currentTarget: { value } }) => setName(value)}
        maxLength={120}
        required
        data-autofocus
      />
      <TextInput
        type="url"
        label={words.url}
        placeholder="https://example.org/hook"
        value={url}
        onChange={({ currentTarget: { value } }) => setUrl(value)}
        required
      />
      <MultiSelect
        label={words.events}
        placeholder={events.length === 0 ? words.everyEvent : ""}
        data={EVENTS.map((value) => ({ value, label: words.eventNames[value] }))}
        value={events}
        onChange={(value) => setEvents(EVENTS.filter((event) => value.includes(event)))}
      />
      <MultiSelect
        label={strings.rules.cameras}
        placeholder={cameraIds.length === 0 ? strings.passages.anyOf : ""}
        data={[...cameras.options]}
        value={cameraIds}
        onChange={setCameraIds}
        clearable
      />
      <Switch
        label={words.allowPrivate}
        description={words.allowPrivateHint}
        checked={isPrivateAllowed}
        onChange={({ currentTarget: { checked } }) => setPrivateAllowed(checked)}
      />
      <Switch label={words.on} checked={isEnabled} onChange={({ currentTarget: { checked } }) => setEnabled(checked)} />
    </FormModal>
  );
}
