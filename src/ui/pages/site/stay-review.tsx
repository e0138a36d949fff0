import { Badge, Button, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import { useGet, usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { formatTime } from "../../parts/format.ts";
import { More } from "../../parts/more.tsx";
import { PassagePlate, PassageThumb } from "../../parts/passage-table.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { End, Partners } from "./stay.tsx";
import { StayActions } from "./stay-actions.tsx";
import { StayMarks } from "./stays.tsx";

const words = siteStrings.parking;

/** Stays with a doubt, their pictures side by side, and passages that fit nowhere. */
export function ReviewQueue({ site }: { readonly site: Site }): JSX.Element {
  const params = { id: site.id };
  const stays = usePages("/api/v1/sites/:id/sessions", { params, query: { view: "review", limit: 20 } });
  const strays = useGet("/api/v1/sites/:id/strays", { params });
  return (
    <Stack gap="md">
      <Answer query={stays}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Paper>
              <Empty icon="check" title={words.reviewEmpty} text={words.reviewEmptyText} />
            </Paper>
          ) : (
            <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
              {rows.map(({ id }) => (
                <li key={id}>
                  <ReviewCard site={site} sessionId={id} />
                </li>
              ))}
            </Stack>
          )
        }
      </Answer>
      <More pages={stays} />
      {(strays.data?.items.length ?? 0) > 0 && <Strays site={site} />}
    </Stack>
  );
}

function ReviewCard({ site, sessionId }: { readonly site: Site; readonly sessionId: string }): JSX.Element {
  const params = { id: site.id, session: sessionId };
  const stay = useGet("/api/v1/sites/:id/sessions/:session", { params });
  const mayOperate = useMay("sites:operate");
  return (
    <Paper p="md">
      <Answer query={stay}>
        {(found) => (
          <Stack gap="sm">
            <Group gap="md">
              <Plate text={found.plate ?? siteStrings.forgotten} />
              <StayMarks stay={found} />
            </Group>
            <SimpleGrid cols={2} spacing="md">
              <End label={words.entry} end={found.entry} passage={found.entryPassage} />
              <End label={words.exit} end={found.exit} passage={found.exitPassage} isOpen={found.state === "open"} />
            </SimpleGrid>
            {mayOperate && <StayActions stay={found} params={params} onGone={() => {}} />}
            {found.partners.length > 0 && <Partners stay={found} params={params} onGone={() => {}} />}
          </Stack>
        )}
      </Answer>
    </Paper>
  );
}

function Strays({ site }: { readonly site: Site }): JSX.Element {
  const strays = useGet("/api/v1/sites/:id/strays", { params: { id: site.id } });
  const { nameOf } = useCameraNames();
  const mayOperate = useMay("sites:operate");
  const dismiss = useSend("POST", "/api/v1/sites/:id/strays/:stray/dismiss", {
    stale: ["/api/v1/sites/:id/strays", "/api/v1/sites/:id/parking/overview"],
  });
  return (
    <Section title={words.strays}>
      {strays.data?.items.map(({ id, reason, timeMs, passage }) => (
        <Group key={id} justify="space-between" gap="md">
          <Group gap="md">
            {passage !== null && <PassageThumb passage={passage} />}
            {passage !== null && <PassagePlate passage={passage} />}
            <Badge color="orange">{words.strayReasons[reason] ?? reason}</Badge>
            <Text size="sm" c="dimmed">
              {formatTime(timeMs)} {passage === null ? "" : `· ${nameOf(passage.cameraId)}`}
            </Text>
          </Group>
          {mayOperate && (
            <Button size="xs" variant="default" onClick={() => dismiss.mutate({ params: { id: site.id, stray: id } })}>
              {words.dismiss}
            </Button>
          )}
        </Group>
      ))}
    </Section>
  );
}
