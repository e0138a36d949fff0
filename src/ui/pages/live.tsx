import { Button, Grid, SimpleGrid } from "@mantine/core";
import { type JSX, useState } from "react";
import { useLive } from "../api/live.ts";
import { useAll } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { useCameraNames } from "../parts/cameras.ts";
import { Icon } from "../parts/icons.tsx";
import { LinkButton } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Answer, Empty } from "../parts/states.tsx";
import { strings } from "../strings.ts";
import { CameraTile } from "./live/camera-tile.tsx";
import { PassageFeed } from "./live/passage-feed.tsx";

export function LivePage(): JSX.Element {
  const cameras = useAll("/api/v1/cameras", { refetchMs: 60_000 });
  const { nameOf } = useCameraNames();
  const mayAdd = useMay("cameras:write");
  const [isPaused, setPaused] = useState(false);
  useLive("lost", () => void cameras.refetch());
  return (
    <Page
      title={strings.live.title}
      actions={
        <Button
          variant="default"
          leftSection={<Icon name={isPaused ? "play" : "pause"} size={16} />}
          onClick={() => setPaused(!isPaused)}
          aria-pressed={isPaused}
        >
          {isPaused ? strings.live.resume : strings.live.pause}
        </Button>
      }
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Answer query={cameras}>
            {(all) => {
              const streams = all.filter(({ kind }) => kind === "stream");
              if (streams.length === 0) {
                return (
                  <Empty icon="camera" title={strings.live.empty} text={strings.live.emptyText}>
                    {mayAdd && (
                      <LinkButton to="/cameras" mt="sm">
                        {strings.cameras.add}
                      </LinkButton>
                    )}
                  </Empty>
                );
              }
              return (
                <SimpleGrid cols={{ base: 1, xs: streams.length > 1 ? 2 : 1 }} spacing="md">
                  {streams.map((camera) => (
                    <CameraTile key={camera.id} camera={camera} isPaused={isPaused} />
                  ))}
                </SimpleGrid>
              );
            }}
          </Answer>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <PassageFeed cameraName={nameOf} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
