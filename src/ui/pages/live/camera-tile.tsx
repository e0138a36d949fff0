import { Group, Paper, Text } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { Camera } from "../../../server/schemas/cameras.ts";
import { useLive } from "../../api/live.ts";
import { CameraState } from "../../parts/camera-state.tsx";
import { FramedPicture } from "../../parts/framed-picture.tsx";
import { Icon } from "../../parts/icons.tsx";
import { LinkAnchor } from "../../parts/link.tsx";
import { PassagePlate } from "../../parts/passage-table.tsx";
import { strings } from "../../strings.ts";
import classes from "./live.module.css";
import { useLiveFrame } from "./live-frame.ts";

/** How long a plate stays named after it was seen. Its box is in the picture already, where it was when that was taken. */
const NAMED_MS = 2500;

interface Seen {
  readonly id: string;
  readonly text: string;
  readonly display: string | null;
  readonly region: string | null;
  readonly correctedText: null;
}

/** One camera: its newest picture, the plates being seen in it, and how it does. */
export function CameraTile({ camera, isPaused }: { readonly camera: Camera; readonly isPaused: boolean }): JSX.Element {
  const frame = useLiveFrame(camera.id, isPaused || !camera.enabled);
  const [health, setHealth] = useState(camera.health);
  const [seen, setSeen] = useState<readonly Seen[]>([]);
  useEffect(() => setHealth(camera.health), [camera.health]);
  useLive("health", (event) => {
    if (event.cameraId === camera.id) setHealth(event.health);
  });
  const name = ({ cameraId, id, text, display, region }: Omit<Seen, "correctedText"> & { cameraId: string }): void => {
    if (cameraId !== camera.id) return;
    const others = (before: readonly Seen[]): Seen[] => before.filter((other) => other.id !== id);
    setSeen((before) => [...others(before), { id, text, display, region, correctedText: null }]);
    setTimeout(() => setSeen(others), NAMED_MS);
  };
  useLive("preview", name);
  useLive("passage", name);
  const { frameWidth, frameHeight } = health ?? {};
  return (
    <Paper className={classes.tile} component="article" aria-label={camera.name}>
      {frame.source === null ? (
        <div className={classes.nothing}>
          <Icon name="camera" size={36} />
          <Text size="sm">{health?.message ?? strings.live.noPicture}</Text>
        </div>
      ) : (
        <FramedPicture
          source={frame.source}
          alt={strings.live.frameOf(camera.name)}
          width={frameWidth ?? undefined}
          height={frameHeight ?? undefined}
        >
          <figcaption className={classes.caption}>
            {seen.map((plate) => (
              <PassagePlate key={plate.id} passage={plate} />
            ))}
          </figcaption>
        </FramedPicture>
      )}
      <Group justify="space-between" gap="xs" px="sm" py={8} wrap="nowrap">
        <LinkAnchor
          to="/cameras/$id"
          params={{ id: camera.id }}
          fw={600}
          size="sm"
          truncate
          c="var(--mantine-color-text)"
        >
          {camera.name}
        </LinkAnchor>
        <Group gap="xs" wrap="nowrap">
          {health?.state === "reading" && (
            <Text size="xs" c="dimmed" className="numeric" style={{ whiteSpace: "nowrap" }}>
              {strings.live.fps(health.fps)}
            </Text>
          )}
          <CameraState health={health} />
        </Group>
      </Group>
    </Paper>
  );
}
