import { Alert, Code, Grid, Group, Paper, ScrollArea, Stack, Text, Title } from "@mantine/core";
import { type JSX, useState } from "react";
import { formatMs } from "../../parts/format.ts";
import { FramedPicture } from "../../parts/framed-picture.tsx";
import { Icon } from "../../parts/icons.tsx";
import { Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";
import { PlateCard } from "./plate-card.tsx";
import type { Tried } from "./read-files.ts";

/** One picture with its plates: outlines left, what they say right. */
export function TriedPicture({ tried }: { readonly tried: Tried }): JSX.Element {
  const [active, setActive] = useState<string | null>(null);
  const { name, picture, width, height, plates, ms, error, timeSeconds } = tried;
  return (
    <Paper p="md" component="article" aria-label={name}>
      <Stack gap="md">
        <Group justify="space-between" gap="xs" align="baseline">
          <Title order={2} size="h4" style={{ wordBreak: "break-all" }}>
            {name}{" "}
            {timeSeconds !== null && (
              <Text span c="dimmed" size="sm">
                {strings.try.frameAt(timeSeconds)}
              </Text>
            )}
          </Title>
          <Text size="sm" c="dimmed">
            {strings.try.plates(plates.length)}
            {width > 0 && ` · ${strings.try.size(width, height)}`}
          </Text>
        </Group>
        {error !== null ? (
          <Alert color="red" variant="light" icon={<Icon name="warning" />}>
            {error}
          </Alert>
        ) : (
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <FramedPicture
                source={picture}
                alt={name}
                width={width}
                height={height}
                outlines={plates.map(({ key, detection }) => ({
                  key,
                  corners: detection.corners,
                  isActive: key === active,
                }))}
              />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Stack gap="sm">
                {plates.length === 0 && (
                  <Empty icon="search" title={strings.try.noPlate} text={strings.try.noPlateText} />
                )}
                {plates.map((plate) => (
                  <PlateCard
                    key={plate.key}
                    plate={plate}
                    isActive={plate.key === active}
                    onActive={(isActive) => setActive(isActive ? plate.key : null)}
                  />
                ))}
              </Stack>
            </Grid.Col>
          </Grid>
        )}
        {ms !== null && (
          <Group gap="lg" aria-label={strings.try.timings} role="group">
            {(["decode", "detect", "read", "total"] as const).map((step) => (
              <Text key={step} size="sm" c="dimmed" className="numeric">
                {strings.try.timing[step]}{" "}
                <Text span fw={600} c="var(--mantine-color-text)">
                  {formatMs(ms[step])}
                </Text>
              </Text>
            ))}
          </Group>
        )}
        <details>
          <Text component="summary" size="sm" c="dimmed" style={{ cursor: "pointer" }}>
            {strings.try.json}
          </Text>
          <ScrollArea.Autosize mah={360} mt="xs" viewportProps={{ tabIndex: 0 }}>
            <Code block>{JSON.stringify(withoutCrops(tried), null, 2)}</Code>
          </ScrollArea.Autosize>
        </details>
      </Stack>
    </Paper>
  );
}

function withoutCrops({ answer }: Tried): unknown {
  return { ...answer, plates: answer.plates.map(({ crop: _crop, ...plate }) => plate) };
}
