import { Group, Paper, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import type { Camera } from "../../server/schemas/cameras.ts";
import { useAll, useSend } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { CameraState } from "../parts/camera-state.tsx";
import { Fact, Facts } from "../parts/fact.tsx";
import { formatAgo, formatMs, formatNumber } from "../parts/format.ts";
import { LinkAnchor } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Answer, Empty } from "../parts/states.tsx";
import { strings } from "../strings.ts";
import { AddCamera } from "./cameras/add-camera.tsx";

const words = strings.cameras;

export function CamerasPage(): JSX.Element {
  const cameras = useAll("/api/v1/cameras", { refetchMs: 15_000 });
  const mayWrite = useMay("cameras:write");
  return (
    <Page title={words.title} about={words.about} actions={mayWrite && <AddCamera />}>
      <Answer query={cameras}>
        {(all) =>
          all.length === 0 ? (
            <Paper>
              <Empty icon="camera" title={words.empty} text={words.emptyText} />
            </Paper>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
              {all.map((camera) => (
                <CameraCard key={camera.id} camera={camera} mayWrite={mayWrite} />
              ))}
            </SimpleGrid>
          )
        }
      </Answer>
    </Page>
  );
}

function CameraCard({ camera, mayWrite }: { readonly camera: Camera; readonly mayWrite: boolean }): JSX.Element {
  const { id, name, url, enabled, health, kind } = camera;
  const update = useSend("PATCH", "/api/v1/cameras/:id", { stale: ["/api/v1/cameras"] });
  return (
    <Paper p="md" component="article" aria-label={name}>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm" wrap="nowrap">
          <Group gap="xs" style={{ minWidth: 0 }}>
            <LinkAnchor to="/cameras/$id" params={{ id }} fw={650} c="var(--mantine-color-text)">
              {name}
            </LinkAnchor>
            {kind === "stream" && <CameraState health={health} />}
          </Group>
          {mayWrite && (
            <Switch
              aria-label={words.isOn(name)}
              checked={update.isPending ? !enabled : enabled}
              onChange={() => update.mutate({ params: { id }, body: { enabled: !enabled } })}
            />
          )}
        </Group>
        <Text size="xs" c="dimmed" ff="monospace" truncate>
          {kind === "upload" ? words.upload : url}
        </Text>
        {health?.message != null && (
          <Text size="sm" c="var(--mantine-color-error)">
            {health.message}
          </Text>
        )}
        <Facts>
          <Fact label={words.fps}>{health === null ? "–" : health.fps.toFixed(1)}</Fact>
          <Fact label={words.lag}>{health?.lagMs == null ? "–" : formatMs(health.lagMs)}</Fact>
          <Fact label={words.lastFrame}>{health?.lastFrameMs == null ? "–" : formatAgo(health.lastFrameMs)}</Fact>
          <Fact label={words.passages}>{health === null ? "–" : formatNumber(health.passages)}</Fact>
        </Facts>
        <Text size="sm">
          <Link to="/cameras/$id" params={{ id }} style={{ color: "var(--mantine-color-anchor)" }}>
            {words.settingsOf(name)}
          </Link>
        </Text>
      </Stack>
    </Paper>
  );
}
