import {
  Badge,
  Button,
  Group,
  MultiSelect,
  PasswordInput,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { type FormEvent, type JSX, useState } from "react";
import type { Answered } from "../../api/client.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { formatMs } from "../../parts/format.ts";
import { MONOSPACE_INPUT } from "../../parts/monospace-input.ts";
import { showDone, showProblem } from "../../parts/notices.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Problem } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";
import { EVENTS } from "./webhooks.tsx";

const words = strings.mqtt;
type Mqtt = Answered<"GET", "/api/v1/mqtt">;

export function MqttSettings(): JSX.Element {
  const mqtt = useGet("/api/v1/mqtt", {}, { refetchMs: 5_000 }); // a broker answers when it does
  const state = mqtt.data;
  return (
    <Section
      title={words.title}
      about={words.about}
      actions={
        state?.enabled &&
        state.url !== null && (
          <Badge color={state.connected ? "green" : "red"}>
            {state.connected ? words.connected : words.notConnected}
          </Badge>
        )
      }
    >
      <Answer query={mqtt}>{(found) => <MqttForm key={found.id ?? "new"} mqtt={found} />}</Answer>
    </Section>
  );
}

function MqttForm({ mqtt }: { readonly mqtt: Mqtt }): JSX.Element {
  const [draft, setDraft] = useState(mqtt);
  const [password, setPassword] = useState("");
  const mayWrite = useMay("deliveries:write");
  const save = useSend("PATCH", "/api/v1/mqtt", {
    stale: ["/api/v1/mqtt"],
    done: words.saved,
    ownProblem: true,
    onDone: () => setPassword(""),
  });
  const test = useSend("POST", "/api/v1/mqtt/test", {
    onDone: ({ ok, message, tookMs }) =>
      ok ? showDone(words.testDone(formatMs(tookMs))) : showProblem(new Error(message ?? "")),
  });
  const change = (part: Partial<Mqtt>): void => setDraft((before) => ({ ...before, ...part }));
  const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { enabled, url, username, clientId, topicPrefix, discoveryPrefix, certificateAuthority } = draft;
    save.mutate({
      body: {
        ...{ enabled, url, username, clientId, topicPrefix, discoveryPrefix, certificateAuthority },
        ...{ allowPrivate: draft.allowPrivate, events: draft.events },
        ...(password === "" ? {} : { password }),
      },
    });
  };
  return (
    <form onSubmit={submit}>
      <fieldset disabled={!mayWrite} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <Stack gap="md">
          {mqtt.lastError !== null && (
            <Text size="sm" c="var(--mantine-color-error)">
              {mqtt.lastError}
            </Text>
          )}
          <Switch
            label={words.enabled}
            checked={draft.enabled}
            onChange={({ currentTarget: { checked } }) => change({ enabled: checked })}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <TextInput
              label={words.url}
              placeholder="mqtts://broker.example:8883"
              value={draft.url ?? ""}
              onChange={({ currentTarget: { value } }) => change({ url: orNull(value) })}
              required={draft.enabled}
            />
            <TextInput
              label={words.clientId}
              value={draft.clientId}
              onChange={({ currentTarget: { value } }) => change({ clientId: value })}
              required
            />
            <TextInput
              label={words.username}
              value={draft.username ?? ""}
              onChange={({ currentTarget: { value } }) => change({ username: orNull(value) })}
              autoComplete="off"
            />
            <PasswordInput
              label={words.password}
              placeholder={mqtt.hasPassword ? words.passwordKept : ""}
              value={password}
              onChange={({ currentTarget: { value } }) => setPassword(value)}
              autoComplete="new-password"
            />
            <TextInput
              label={words.topicPrefix}
              value={draft.topicPrefix}
              onChange={({ currentTarget: { value } }) => change({ topicPrefix: value })}
              required
            />
            <TextInput
              label={words.discovery}
              description={words.discoveryHint}
              inputWrapperOrder={["label", "input", "description"]}
              placeholder="homeassistant"
              value={draft.discoveryPrefix ?? ""}
              onChange={({ currentTarget: { value } }) => change({ discoveryPrefix: orNull(value) })}
            />
            <MultiSelect
              label={strings.webhooks.events}
              placeholder={draft.events.length === 0 ? strings.webhooks.everyEvent : ""}
              data={EVENTS.map((value) => ({ value, label: strings.webhooks.eventNames[value] }))}
              value={draft.events}
              onChange={(value) => change({ events: EVENTS.filter((event) => value.includes(event)) })}
            />
          </SimpleGrid>
          <Textarea
            label={words.certificate}
            description={words.certificateHint}
            value={draft.certificateAuthority ?? ""}
            onChange={({ currentTarget: { value } }) => change({ certificateAuthority: orNull(value) })}
            styles={MONOSPACE_INPUT}
            autosize
            minRows={2}
            maxRows={8}
          />
          <Switch
            label={strings.webhooks.allowPrivate}
            description={strings.webhooks.allowPrivateHint}
            checked={draft.allowPrivate}
            onChange={({ currentTarget: { checked } }) => change({ allowPrivate: checked })}
          />
          {save.error !== null && <Problem error={save.error} />}
          <Group justify="flex-end">
            <Button
              variant="default"
              loading={test.isPending}
              disabled={mqtt.url === null}
              onClick={() => test.mutate({})}
            >
              {strings.webhooks.test}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {strings.actions.save}
            </Button>
          </Group>
        </Stack>
      </fieldset>
    </form>
  );
}
