import { Autocomplete, Button, Group, Modal, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { type JSX, type ReactNode, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { SessionDetail } from "../../../server/schemas/parking.ts";
import type { PassageRow } from "../../../server/schemas/passages.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { formatTime } from "../../parts/format.ts";
import { LinkAnchor } from "../../parts/link.tsx";
import { moneyOf } from "../../parts/money.ts";
import { PassagePictures } from "../../parts/passage-pictures.tsx";
import { PassageThumb } from "../../parts/passage-table.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Answer } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";
import { FeeLines } from "./fee-lines.tsx";
import { StayMarks } from "./stays.tsx";

const words = siteStrings.parking;
export const STAYS = [
  "/api/v1/sites/:id/sessions",
  "/api/v1/sites/:id/sessions/:session",
  "/api/v1/sites/:id/parking/overview",
] as const;

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
  readonly params: { readonly id: string; readonly session: string };
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

type Params = { readonly id: string; readonly session: string };

function PayForm(props: {
  readonly stay: SessionDetail;
  readonly digits: number;
  readonly params: Params;
}): JSX.Element {
  const { stay, digits, params } = props;
  const [amount, setAmount] = useState((stay.due / 10 ** digits).toFixed(digits));
  const [method, setMethod] = useState("cash");
  const pay = useSend("POST", "/api/v1/sites/:id/sessions/:session/payments", {
    stale: STAYS,
    done: words.paymentDone,
  });
  const value = moneyOf(amount, digits);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== null) pay.mutate({ params, body: { amount: value, method } });
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          label={siteStrings.amount}
          value={amount}
          onChange={({ currentTarget }) => setAmount(currentTarget.value)}
          inputMode="decimal"
          w={110}
        />
        <Autocomplete
          label={words.method}
          data={words.methods}
          value={method}
          onChange={setMethod}
          w={140}
          maxLength={40}
        />
        <Button type="submit" loading={pay.isPending} disabled={value === null || value === 0}>
          {words.pay}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt={4}>
        {words.payHint}
      </Text>
    </form>
  );
}

/** What a person decides of a stay; what needs words opens a line for them. */
export function StayActions(props: {
  readonly stay: SessionDetail;
  readonly params: Params;
  readonly onGone: () => void;
}): JSX.Element {
  const { stay, params, onGone } = props;
  const [asked, setAsked] = useState<"fee" | "plate" | null>(null);
  const done = { stale: STAYS, done: siteStrings.done };
  const confirm = useSend("POST", "/api/v1/sites/:id/sessions/:session/confirm", done);
  const part = useSend("POST", "/api/v1/sites/:id/sessions/:session/part", { ...done, onDone: onGone });
  const leave = useSend("POST", "/api/v1/sites/:id/sessions/:session/leave", done);
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {stay.needsPerson && (
          <Button size="xs" loading={confirm.isPending} onClick={() => confirm.mutate({ params, body: {} })}>
            {words.confirmStay}
          </Button>
        )}
        {stay.entry !== null && stay.exit !== null && (
          <Button
            size="xs"
            variant="default"
            loading={part.isPending}
            onClick={() => part.mutate({ params, body: {} })}
          >
            {words.part}
          </Button>
        )}
        {stay.state === "open" && (
          <Button
            size="xs"
            variant="default"
            loading={leave.isPending}
            onClick={() => leave.mutate({ params, body: {} })}
          >
            {words.leave}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => setAsked(asked === "plate" ? null : "plate")}>
          {words.setPlate}
        </Button>
        {stay.state === "closed" && (
          <Button size="xs" variant="default" onClick={() => setAsked(asked === "fee" ? null : "fee")}>
            {words.decide}
          </Button>
        )}
      </Group>
      {asked === "plate" && <PlateForm stay={stay} params={params} onDone={() => setAsked(null)} />}
      {asked === "fee" && <FeeForm stay={stay} params={params} onDone={() => setAsked(null)} />}
    </Stack>
  );
}

function Line(props: { readonly onSubmit: () => void; readonly children: ReactNode }): JSX.Element {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <Group align="flex-end" gap="sm">
        {props.children}
      </Group>
    </form>
  );
}

function PlateForm(props: {
  readonly stay: SessionDetail;
  readonly params: Params;
  readonly onDone: () => void;
}): JSX.Element {
  const [plate, setPlate] = useState(props.stay.plate ?? "");
  const send = useSend("POST", "/api/v1/sites/:id/sessions/:session/plate", {
    ...{ stale: STAYS, done: siteStrings.done, onDone: props.onDone },
  });
  return (
    <Line onSubmit={() => send.mutate({ params: props.params, body: { plate } })}>
      <TextInput
        label={siteStrings.plate}
        value={plate}
        onChange={({ currentTarget }) => setPlate(currentTarget.value)}
        maxLength={32}
        data-autofocus
      />
      <Button type="submit" loading={send.isPending} disabled={plate.trim() === ""}>
        {strings.actions.save}
      </Button>
    </Line>
  );
}

function FeeForm(props: {
  readonly stay: SessionDetail;
  readonly params: Params;
  readonly onDone: () => void;
}): JSX.Element {
  const digits = props.stay.fee?.digits ?? 2;
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const send = useSend("POST", "/api/v1/sites/:id/sessions/:session/fee", {
    ...{ stale: STAYS, done: siteStrings.done, onDone: props.onDone },
  });
  const value = moneyOf(amount, digits);
  return (
    <Line
      onSubmit={() => {
        if (value !== null) send.mutate({ params: props.params, body: { amount: value, reason } });
      }}
    >
      <TextInput
        label={words.fee}
        value={amount}
        onChange={({ currentTarget }) => setAmount(currentTarget.value)}
        w={110}
        inputMode="decimal"
      />
      <TextInput
        label={siteStrings.reason}
        description={words.decideHint}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        inputWrapperOrder={["label", "input", "description"]}
      />
      <Button type="submit" loading={send.isPending} disabled={value === null || value < 0 || reason.trim().length < 3}>
        {strings.actions.save}
      </Button>
    </Line>
  );
}

/** Who a lone entry or exit may belong to, with pictures. */
export function Partners(props: {
  readonly stay: SessionDetail;
  readonly params: Params;
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
