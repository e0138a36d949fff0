import { Anchor, Grid, Group, Stack, Text, Timeline } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { JSX } from "react";
import type { PassageDetail } from "../../server/schemas/passages.ts";
import { useGet } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { useCameraNames } from "../parts/cameras.ts";
import { Candidates, Characters, Confidence } from "../parts/confidence.tsx";
import { Fact, Facts } from "../parts/fact.tsx";
import { formatTime, percent } from "../parts/format.ts";
import { FramedPicture } from "../parts/framed-picture.tsx";
import { Icon } from "../parts/icons.tsx";
import { LinkButton } from "../parts/link.tsx";
import { ListBadge } from "../parts/list-badge.tsx";
import { Page } from "../parts/page.tsx";
import { DirectionText, PassageMarks, PassagePlate, PassageTable, shownText } from "../parts/passage-table.tsx";
import { regionName } from "../parts/plate.tsx";
import { Section } from "../parts/section.tsx";
import { Answer, Empty } from "../parts/states.tsx";
import { strings } from "../strings.ts";
import { CorrectButton } from "./passage/correct.tsx";
import { ForgetButton } from "./passage/forget.tsx";
import { HoldButton } from "./passage/hold.tsx";
import { ReadsTable } from "./passage/reads-table.tsx";

const route = getRouteApi("/shell/passages/$id");

export function PassagePage(): JSX.Element {
  const { id } = route.useParams();
  const passage = useGet("/api/v1/passages/:id", { params: { id } });
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/passages" size="sm">
        <Group gap={4}>
          <Icon name="left" size={16} />
          {strings.passage.back}
        </Group>
      </Anchor>
      <Answer query={passage}>{(detail) => <Detail passage={detail} />}</Answer>
    </Stack>
  );
}

function Detail({ passage }: { readonly passage: PassageDetail }): JSX.Element {
  const words = strings.passage;
  const cameras = useCameraNames();
  const mayCorrect = useMay("passages:correct");
  const mayHold = useMay("passages:hold");
  const mayForget = useMay("passages:forget");
  const text = shownText(passage);
  const { pictures, path, best, corrections, others } = passage;
  return (
    <Page
      title={words.title(text)}
      about={
        <Group gap="xs" component="span">
          {formatTime(passage.firstTimeMs)} · {passage.cameraName ?? strings.passages.goneCamera}
          <PassageMarks passage={passage} />
        </Group>
      }
      actions={
        <>
          {mayCorrect && !passage.isHashed && <CorrectButton passage={passage} />}
          {mayHold && <HoldButton passage={passage} />}
          {mayForget && <ForgetButton text={text} />}
        </>
      }
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Section title={words.bestFrame}>
            {pictures.frame === null ? (
              <Empty icon="photo" title={words.noFrame} />
            ) : (
              <FramedPicture
                source={`/api/v1/pictures/${pictures.frame}`}
                alt={words.title(text)}
                outlines={[{ key: "best", corners: best.corners, isActive: true }]}
                track={path.map(([, x, y]) => [x, y] as const)}
              />
            )}
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Section title={words.crop}>
            <Group justify="space-between" gap="sm">
              <PassagePlate passage={passage} size="lg" />
              {pictures.crop !== null && (
                <img
                  src={`/api/v1/pictures/${pictures.crop}`}
                  alt={strings.plate.picture(text)}
                  style={{ maxWidth: 220, maxHeight: 90, borderRadius: 6 }}
                />
              )}
            </Group>
            <Characters characters={passage.characters} />
            <Facts>
              <Fact label={words.confidence}>
                <Confidence value={passage.confidence} />
              </Fact>
              <Fact label={strings.plate.region}>
                {passage.region === null ? strings.plate.unknownRegion : regionName(passage.region)}
                {passage.regionConfidence !== null && (
                  <Text span size="xs" c="dimmed">
                    {` ${percent(passage.regionConfidence)}`}
                  </Text>
                )}
              </Fact>
              {passage.correctedText !== null && (
                <Fact label={words.readAs}>
                  <Text span ff="monospace">
                    {passage.text}
                  </Text>
                </Fact>
              )}
              <Fact label={words.direction}>
                <DirectionText direction={passage.direction} />
              </Fact>
              <Fact label={words.firstSeen}>{formatTime(passage.firstTimeMs)}</Fact>
              <Fact label={words.lastSeen}>{formatTime(passage.lastTimeMs)}</Fact>
              <Fact label={words.frames}>{passage.frames}</Fact>
              {passage.hold && (
                <Fact label={words.holdTitle}>{[passage.heldBy, passage.holdNote].filter(Boolean).join(": ")}</Fact>
              )}
            </Facts>
            <Candidates candidates={passage.candidates} />
            {passage.listHits.length > 0 && (
              <div>
                <Text size="xs" c="dimmed" mb={4}>
                  {words.listHits}
                </Text>
                <Stack gap={6}>
                  {passage.listHits.map((hit) => (
                    <Group key={hit.entryId} gap="xs">
                      <ListBadge name={hit.listName} kind={hit.listKind} />
                      <Text size="sm">
                        {hit.entryText} · {words.match[hit.match]} · {percent(hit.probability)}
                      </Text>
                    </Group>
                  ))}
                </Stack>
              </div>
            )}
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: corrections.length > 0 ? 7 : 12 }}>
          <Section title={words.reads} about={words.readsAbout} flush>
            <ReadsTable passage={passage} />
          </Section>
        </Grid.Col>
        {corrections.length > 0 && (
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Section title={words.corrections}>
              <Timeline bulletSize={16} lineWidth={2} active={-1}>
                {corrections.map(({ timeMs, by, fromText, toText, note }) => (
                  <Timeline.Item key={timeMs} title={`${fromText} → ${toText}`}>
                    <Text size="sm" c="dimmed">
                      {by} · {formatTime(timeMs)}
                    </Text>
                    {note !== null && note !== "" && <Text size="sm">{note}</Text>}
                  </Timeline.Item>
                ))}
              </Timeline>
            </Section>
          </Grid.Col>
        )}
        <Grid.Col span={12}>
          <Section
            title={words.others}
            flush
            actions={
              others.length > 0 && (
                <LinkButton to="/passages" search={{ text }} variant="default" size="xs">
                  {words.othersAll}
                </LinkButton>
              )
            }
          >
            {others.length === 0 ? (
              <Text size="sm" c="dimmed" px="md" pb="md">
                {words.othersNone}
              </Text>
            ) : (
              <PassageTable passages={others} cameraName={cameras.nameOf} label={words.others} />
            )}
          </Section>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
