import { Button, Group, Modal, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { SessionDetail } from "../../../server/schemas/parking.ts";
import type { PassageRow } from "../../../server/schemas/passages.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { formatTime } from "../../parts/format.ts";
import { LinkAnchor } from "../../parts/link.tsx";
import { PassagePictures } from "../../parts/passage-pictures.tsx";
import { PassageThumb } from "../../parts/passage-table.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Answer } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";
import { FeeLines } from "./fee-lines.tsx";
import { PayForm, STAYS, StayActions, type StayParams } from "./stay-actions.tsx";
import { StayMarks } from "./stays.tsx";

const words = siteStrings.parking;
export function StayModal(props: {
  readonly site: Site;
  readonly sessionId: string | null;
  readonly onClose: () => void;
}): JSX.Element {
  const { site, sessionId, onClose } = props;
  return (
    <Modal
      opened={sessionId !== null}
      onClose={onClose}
      title={words.stay}
      size="xl"
      closeButtonProps={{ "aria-label": strings.actions.close }}
    >
      {sessionId !== null && <StayDetail key={sessionId} site={site} sessionId={sessionId} onGone={onClose} />}
    </Modal>
  );
}

export function StayDetail(props: {
  readonly site: Site;
  readonly sessionId: string;
  /** It was joined or parted: another stay took its place. */
  readonly onGone: () => void;
}): JSX.Element {
  const params = { id: props.site.id, session: props.sessionId };
  const stay = useGet("/api/v1/sites/:id/sessions/:session", { params });
  return <Answer query={stay}>{(found) => <Content stay={found} params={params} onGone={props.onGone} />}</Answer>;
}

function Content(props: {
  readonly stay: SessionDetail;
  readonly params: StayParams;
  readonly onGone: () => void;
}): JSX.Element {
  const { stay, params, onGone } = props;
  const { fee } = stay;
  const mayOperate = useMay("sites:operate");
  return (
    <Stack gap="md">
      <Group gap="md">
        <Plate text={stay.plate ?? siteStrings.forgotten} size="lg" />
        <StayMarks stay={stay} />
      </Group>
      <SimpleGrid cols={2} spacing="md">
        <End label={words.entry} end={stay.entry} passage={stay.entryPassage} />
        <End label={words.exit} end={stay.exit} passage={stay.exitPassage} isOpen={stay.state === "open"} />
      </SimpleGrid>
      {fee === null ? (
        <Text size="sm">{words.noFee}</Text>
      ) : (
        <FeeLines
          label={words.lines}
          lines={[
            ...fee.lines,
            ...stay.payments.map(({ amount, method, by, timeMs }) => ({
              text: [words.paid, method, formatTime(timeMs), by].filter((part) => part !== "").join(" · "),
              amount: -amount,
            })),
          ]}
          total={{ text: words.due, amount: stay.due }}
          currency={fee.currency}
          digits={fee.digits}
        />
      )}
      {stay.leaveByMs !== null && <Text size="sm">{words.leaveBy(formatTime(stay.leaveByMs))}</Text>}
      {mayOperate && (
        <>
          {fee !== null && <PayForm stay={stay} digits={fee.digits} params={params} />}
          <StayActions stay={stay} params={params} onGone={onGone} />
        </>
      )}
      {stay.partners.length > 0 && <Partners stay={stay} params={params} onGone={onGone} />}
    </Stack>
  );
}

/** One end of a stay with its picture. */
export function End(props: {
  readonly label: string;
  readonly end: SessionDetail["entry"];
  readonly passage: PassageRow | null;
  readonly isOpen?: boolean;
}): JSX.Element {
  const { label, end, passage, isOpen = false } = props;
  const { nameOf } = useCameraNames();
  return (
    <Stack gap={4}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      {end === null ? (
        <Text size="sm">{isOpen ? words.insideStill : siteStrings.unread}</Text>
      ) : (
        <>
          {passage !== null && <PassagePictures passage={passage} />}
          <Text size="sm">
            {passage === null ? (
              (end.text ?? siteStrings.forgotten)
            ) : (
              <LinkAnchor to="/passages/$id" params={{ id: passage.id }}>
                {end.text ?? passage.text}
              </LinkAnchor>
            )}
          </Text>
          <Text size="sm" c="dimmed">
            {formatTime(end.timeMs)} · {nameOf(end.cameraId)}
          </Text>
        </>
      )}
    </Stack>
  );
}

/** Who a lone entry or exit may belong to, with pictures. */
export function Partners(props: {
  readonly stay: SessionDetail;
  readonly params: StayParams;
  readonly onGone: () => void;
}): JSX.Element {
  const { nameOf } = useCameraNames();
  const mayOperate = useMay("sites:operate");
  const join = useSend("POST", "/api/v1/sites/:id/sessions/:session/join", {
    ...{ stale: STAYS, done: siteStrings.done, onDone: props.onGone },
  });
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {words.partners}
      </Title>
      {props.stay.partners.map(({ passageId, text, cameraId, timeMs, passage }) => (
        <Group key={passageId} gap="md" wrap="nowrap" justify="space-between">
          <Group gap="md">
            {passage !== null && <PassageThumb passage={passage} />}
            <Plate text={text} size="sm" />
            <Text size="sm" c="dimmed">
              {formatTime(timeMs)} · {nameOf(cameraId)}
            </Text>
          </Group>
          {mayOperate && (
            <Button
              size="xs"
              variant="default"
              aria-label={words.joinWith(text)}
              loading={join.isPending}
              onClick={() => join.mutate({ params: props.params, body: { passageId } })}
            >
              {words.join}
            </Button>
          )}
        </Group>
      ))}
    </Stack>
  );
}
