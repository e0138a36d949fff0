import { Alert, Button, Group, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { type FormEvent, type JSX, useState } from "react";
import type { Settings } from "../../../server/schemas/administration.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { Fact, Facts } from "../../parts/fact.tsx";
import { formatBytes, formatNumber, formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Problem } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.system;

export function Storage(): JSX.Element {
  const storage = useGet("/api/v1/storage", {}, { refetchMs: 60_000 });
  return (
    <Section title={words.storage}>
      <Answer query={storage}>
        {(found) => (
          <>
            {found.failing !== null && (
              <Alert color="red" variant="light" icon={<Icon name="warning" />} title={words.failing}>
                {found.failing}
              </Alert>
            )}
            <Facts>
              <Fact label={words.database}>{words.databases[found.database]}</Fact>
              <Fact label={words.databaseSize}>
                {found.databaseBytes === null ? "–" : formatBytes(found.databaseBytes)}
              </Fact>
              <Fact label={words.passages}>
                {formatNumber(found.passages)}
                {found.passagesExact ? "" : "+"}
              </Fact>
              <Fact label={words.pictures}>
                {formatNumber(found.pictures)} · {formatBytes(found.pictureBytes)}
              </Fact>
              <Fact label={words.free}>{found.freeBytes === null ? "–" : formatBytes(found.freeBytes)}</Fact>
              <Fact label={words.deliveries}>{words.deliveriesOf(found.deliveriesPending, found.deliveriesDead)}</Fact>
              <Fact label={words.directory}>
                <span style={{ wordBreak: "break-all" }}>{found.directory}</span>
              </Fact>
            </Facts>
          </>
        )}
      </Answer>
    </Section>
  );
}

export function Version(): JSX.Element {
  const version = useGet("/api/v1/version");
  return (
    <Section title={words.version}>
      <Answer query={version}>
        {({ version: number, node, models, startedMs }) => (
          <Facts>
            <Fact label="PlateKit">{number}</Fact>
            <Fact label="Node">{node}</Fact>
            {models.map(({ name, version: modelVersion }) => (
              <Fact key={name} label={words.model(name)}>
                {modelVersion}
              </Fact>
            ))}
            <Fact label={words.started}>{formatTime(startedMs)}</Fact>
            <Fact label={words.api}>
              <a href="/api/v1/openapi.json" style={{ color: "var(--mantine-color-anchor)" }}>
                OpenAPI 3.1
              </a>
            </Fact>
          </Facts>
        )}
      </Answer>
    </Section>
  );
}

export function GeneralSettings(): JSX.Element {
  const settings = useGet("/api/v1/settings");
  return (
    <Section title={words.general}>
      <Answer query={settings}>{(found) => <SettingsForm settings={found} />}</Answer>
    </Section>
  );
}

function SettingsForm({ settings }: { readonly settings: Settings }): JSX.Element {
  const [draft, setDraft] = useState(settings);
  const [hosts, setHosts] = useState(settings.hosts.join(", "));
  const mayWrite = useMay("settings:write");
  const save = useSend("PATCH", "/api/v1/settings", {
    stale: ["/api/v1/settings"],
    done: words.saved,
    ownProblem: true,
  });
  const change = (part: Partial<Settings>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const names = hosts.split(/[\s,]+/).filter((host) => host !== "");
    save.mutate({ body: { ...draft, hosts: names } });
  };
  return (
    <form onSubmit={submit}>
      <fieldset disabled={!mayWrite} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <TextInput
              label={words.name}
              value={draft.name}
              onChange={({ currentTarget: { value } }) => change({ name: value })}
              maxLength={120}
              required
            />
            <TextInput
              label={words.timeZone}
              description={words.timeZoneHint}
              inputWrapperOrder={["label", "input", "description"]}
              value={draft.timeZone}
              onChange={({ currentTarget: { value } }) => change({ timeZone: value })}
              required
            />
            <TextInput
              label={words.hosts}
              description={words.hostsHint}
              inputWrapperOrder={["label", "input", "description"]}
              value={hosts}
              onChange={({ currentTarget: { value } }) => setHosts(value)}
            />
          </SimpleGrid>
          <Switch
            label={words.reasonRequired}
            description={words.reasonRequiredHint}
            checked={draft.reasonRequired}
            onChange={({ currentTarget: { checked } }) => change({ reasonRequired: checked })}
          />
          <Switch
            label={words.allowFileCameras}
            description={words.allowFileCamerasHint}
            checked={draft.allowFileCameras}
            onChange={({ currentTarget: { checked } }) => change({ allowFileCameras: checked })}
          />
          {save.error !== null && <Problem error={save.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending}>
              {strings.actions.save}
            </Button>
          </Group>
        </Stack>
      </fieldset>
    </form>
  );
}
