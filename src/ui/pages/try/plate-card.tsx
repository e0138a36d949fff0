import { Badge, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import type { JSX } from "react";
import { Candidates, Characters, Confidence } from "../../parts/confidence.tsx";
import { percent } from "../../parts/format.ts";
import { Plate, regionName } from "../../parts/plate.tsx";
import { strings } from "../../strings.ts";
import type { TriedPlate } from "./read-files.ts";

/** Everything that is known of one plate in a picture. */
export function PlateCard(props: {
  readonly plate: TriedPlate;
  readonly isActive: boolean;
  readonly onActive: (isActive: boolean) => void;
}): JSX.Element {
  const { plate, isActive, onActive } = props;
  const { text, display, region, confidence, characters, candidates, doubt, detection, crop } = plate;
  return (
    <Paper
      p="md"
      onMouseEnter={() => onActive(true)}
      onMouseLeave={() => onActive(false)}
      style={isActive ? { borderColor: "var(--mantine-primary-color-filled)" } : undefined}
    >
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Plate text={text} display={display} region={region} size="lg" />
          {crop !== undefined && (
            <img
              src={`data:image/jpeg;base64,${crop}`}
              alt={strings.plate.picture(text)}
              height={44}
              style={{ borderRadius: 6, maxWidth: 180, objectFit: "contain" }}
            />
          )}
        </Group>
        {characters.length > 0 && <Characters characters={characters} />}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
          <Fact label={strings.plate.confidence}>
            <Confidence value={confidence} />
          </Fact>
          <Fact label={strings.plate.region}>
            <Text size="sm">{region === null ? strings.plate.unknownRegion : regionName(region)}</Text>
          </Fact>
          <Fact label={strings.try.detection}>
            <Text size="sm" className="numeric">
              {percent(detection.confidence)}
            </Text>
          </Fact>
          {doubt !== null && (
            <Fact label={strings.plate.doubt}>
              <Badge color="orange" variant="light">
                {strings.plate.doubts[doubt] ?? doubt}
              </Badge>
            </Fact>
          )}
        </SimpleGrid>
        <Candidates candidates={candidates} />
        {plate.frames > 1 && (
          <Text size="xs" c="dimmed">
            {strings.try.seenIn(plate.frames)}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: JSX.Element }): JSX.Element {
  return (
    <Stack gap={3}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      {children}
    </Stack>
  );
}
