import { Badge, Tooltip } from "@mantine/core";
import type { JSX } from "react";
import type { CameraHealthOnWire } from "../../server/schemas/cameras.ts";
import { strings } from "../strings.ts";

const COLOURS = { off: "gray", waiting: "blue", connecting: "blue", reading: "green", failed: "red" } as const;

/** What a camera is about, and what is wrong with it. */
export function CameraState({ health }: { readonly health: CameraHealthOnWire | null }): JSX.Element {
  const state = health?.state ?? "off";
  const badge = <Badge color={COLOURS[state]}>{strings.cameras.states[state]}</Badge>;
  if (health?.message == null) return badge;
  return (
    <Tooltip label={health.message} multiline maw={320}>
      {badge}
    </Tooltip>
  );
}
