/** What a person does to a stay: taking payment, confirming, parting, correcting plate and price. */
import { Autocomplete, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { type JSX, type ReactNode, useState } from "react";
import type { SessionDetail } from "../../../server/schemas/parking.ts";
import { useSend } from "../../api/queries.ts";
import { moneyOf } from "../../parts/money.ts";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";

const words = siteStrings.parking;

/** What such an act changes. */
export const STAYS = [
  "/api/v1/sites/:id/sessions",
  "/api/v1/sites/:id/sessions/:session",
  "/api/v1/sites/:id/parking/overview",
] as const;

export type StayParams = { readonly id: string; readonly session: string };

/** Takes down what was paid. */
export function PayForm(props: {
  readonly stay: SessionDetail;
  readonly digits: number;
  readonly params: StayParams;
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
  readonly params: StayParams;
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
  readonly params: StayParams;
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
  readonly params: StayParams;
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
