import { Button, Group } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { Camera } from "../../../server/schemas/cameras.ts";
import { addressOf } from "../../api/client.ts";
import { useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { Icon } from "../../parts/icons.tsx";
import { Section } from "../../parts/section.tsx";
import { Empty, Loading, Problem } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";
import { AreaEditor, type Areas } from "./area-editor.tsx";

const words = strings.camera.areas;

interface Picture {
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

/** What is drawn on the camera's newest picture. */
export function AreasSection({ camera }: { readonly camera: Camera }): JSX.Element {
  const [version, setVersion] = useState(() => Date.now());
  const [picture, setPicture] = useState<Picture | "loading" | "none">("loading");
  const [areas, setAreas] = useState<Areas>({ roi: camera.roi, line: camera.line });
  const mayWrite = useMay("cameras:write");
  const save = useSend("PATCH", "/api/v1/cameras/:id", {
    stale: ["/api/v1/cameras", "/api/v1/cameras/:id"],
    done: strings.camera.saved,
    ownProblem: true,
  });
  useEffect(() => {
    const image = new Image();
    const source = `${addressOf("/api/v1/cameras/:id/frame", { params: { id: camera.id } })}?v=${version}`;
    image.onload = () => setPicture({ source, width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => setPicture("none");
    image.src = source;
  }, [camera.id, version]);
  // The picture may be smaller than the frames that are read.
  const [frameWidth, frameHeight] = camera.health?.frameWidth
    ? [camera.health.frameWidth, camera.health.frameHeight ?? 0]
    : (camera.frameSize ?? [0, 0]);
  return (
    <Section
      title={words.title}
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="refresh" size={14} />}
          onClick={() => setVersion(Date.now())}
        >
          {words.newPicture}
        </Button>
      }
    >
      {picture === "loading" && <Loading />}
      {picture === "none" && <Empty icon="camera" title={words.none} text={words.noneText} />}
      {typeof picture === "object" && (
        <>
          <AreaEditor
            source={picture.source}
            width={frameWidth || picture.width}
            height={frameHeight || picture.height}
            value={areas}
            onChange={setAreas}
          />
          {save.error !== null && <Problem error={save.error} />}
          {mayWrite && (
            <Group justify="flex-end">
              <Button
                loading={save.isPending}
                onClick={() =>
                  save.mutate({
                    params: { id: camera.id },
                    body: {
                      roi: areas.roi === null ? null : [...areas.roi],
                      line: areas.line,
                      frameSize: [frameWidth || picture.width, frameHeight || picture.height],
                    },
                  })
                }
              >
                {strings.actions.save}
              </Button>
            </Group>
          )}
        </>
      )}
    </Section>
  );
}
