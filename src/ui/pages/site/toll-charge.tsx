import { Badge, Button, Group, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Charge, ChargeDetail } from "../../../server/schemas/tolls.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Fact, Facts } from "../../parts/fact.tsx";
import { formatTime, formatTimeShort, percent } from "../../parts/format.ts";
import { moneyInput, moneyOf } from "../../parts/money.ts";
import { PassagePictures } from "../../parts/passage-pictures.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Answer } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";

const words = siteStrings.toll;
const CHARGE = "/api/v1/sites/:id/charges/:charge";
/** What a decision, or another account, makes untrue. */
export const TOLL_STALE = [
  "/api/v1/sites/:id/charges",
  CHARGE,
  "/api/v1/sites/:id/toll/overview",
  "/api/v1/sites/:id/toll/threshold",
  "/api/v1/sites/:id/accounts",
] as const;
const COLOURS: Readonly<Record<Charge["state"], string>> = {
  charged: "teal",
  review: "orange",
  disputed: "red",
  cancelled: "gray",
  void: "gray",
};

export interface TollMoney {
  /** Of the currency's minor unit. */
  readonly digits: number;
  readonly show: (amount: number) => string;
}

/** One charge: its pictures, what people may decide of it, and what stands of it in the books. */
export function ChargeDetails(props: {
  readonly site: Site;
  readonly chargeId: string;
  readonly money: TollMoney;
}): JSX.Element {
  const params = { id: props.site.id, charge: props.chargeId };
  const charge = useGet(CHARGE, { params });
  const mayOperate = useMay("sites:operate");
  const { nameOf } = useCameraNames();
  return (
    <Answer query={charge}>
      {(found) => (
        <Stack gap="md">
          <Group gap="md">
            <Plate text={found.plate ?? siteStrings.forgotten} size="lg" />
            <ChargeState charge={found} />
            <Text size="sm" c="dimmed">
              {found.price?.text} · {percent(found.probability)}
            </Text>
          </Group>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            {found.passages.map((passage) => (
              <Stack key={passage.id} gap={4}>
                <PassagePictures passage={passage} />
                <Text size="sm">
                  {passage.text} · {formatTime(passage.firstTimeMs)} · {nameOf(passage.cameraId)}
                </Text>
              </Stack>
            ))}
          </SimpleGrid>
          {found.likely.length > 0 && (
            <Facts>
              {found.likely.map(({ text, probability, holder }) => (
                <Fact key={text} label={`${words.likely} ${holder ?? words.noAccount}`}>
                  {text} · {percent(probability)}
                </Fact>
              ))}
            </Facts>
          )}
          {mayOperate && <Decide charge={found} params={params} digits={props.money.digits} />}
          {found.trail.length > 0 && (
            <>
              <Title order={3} size="h5">
                {words.trail}
              </Title>
              <Trail trail={found.trail} money={props.money} />
            </>
          )}
        </Stack>
      )}
    </Answer>
  );
}

function Decide(props: {
  readonly charge: ChargeDetail;
  readonly params: { readonly id: string; readonly charge: string };
  readonly digits: number;
}): JSX.Element {
  const { charge, params, digits } = props;
  const [plate, setPlate] = useState(charge.plate ?? "");
  const [amount, setAmount] = useState(
    moneyInput(charge.state === "review" ? charge.price?.amount : charge.owed, digits),
  );
  const [reason, setReason] = useState("");
  const done = { stale: TOLL_STALE, done: siteStrings.done, onDone: () => setReason("") };
  const decide = useSend("POST", "/api/v1/sites/:id/charges/:charge/decide", done);
  const dispute = useSend("POST", "/api/v1/sites/:id/charges/:charge/dispute", done);
  const resolve = useSend("POST", "/api/v1/sites/:id/charges/:charge/resolve", done);
  const value = moneyOf(amount, digits);
  const hasReason = reason.trim().length >= 3;
  const hasCharge = value !== null && plate.trim() !== "";
  const actions: readonly { readonly name: string; readonly isReady: boolean; readonly act: () => void }[] =
    charge.state === "review"
      ? [
          {
            name: words.chargeIt,
            isReady: hasCharge,
            act: () => decide.mutate({ params, body: { decision: "charge", plate, amount: value ?? 0, reason } }),
          },
          {
            name: words.cancel,
            isReady: hasReason,
            act: () => decide.mutate({ params, body: { decision: "cancel", reason } }),
          },
        ]
      : [
          {
            name: words.dispute,
            isReady: hasReason && charge.state === "charged" && charge.owed !== 0,
            act: () => dispute.mutate({ params, body: { reason } }),
          },
          ...(["uphold", "cancel"] as const).map((decision) => ({
            name: words[decision],
            isReady: hasReason,
            act: () => resolve.mutate({ params, body: { decision, reason } }),
          })),
          {
            name: words.correct,
            isReady: hasReason && hasCharge,
            act: () => resolve.mutate({ params, body: { decision: "correct", plate, amount: value ?? 0, reason } }),
          },
        ];
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <TextInput
          label={words.chargeTo}
          value={plate}
          onChange={({ currentTarget }) => setPlate(currentTarget.value)}
          maxLength={32}
        />
        <TextInput
          label={siteStrings.amount}
          value={amount}
          onChange={({ currentTarget }) => setAmount(currentTarget.value)}
          inputMode="decimal"
          w={110}
        />
        <TextInput
          label={siteStrings.reason}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          maxLength={500}
        />
      </Group>
      <Group gap="xs">
        {actions.map(({ name, isReady, act }, i) => (
          <Button
            key={name}
            size="xs"
            {...(charge.state === "review" && i === 0 ? {} : { variant: "default" })}
            disabled={!isReady || decide.isPending || dispute.isPending || resolve.isPending}
            onClick={act}
          >
            {name}
          </Button>
        ))}
      </Group>
      {!hasReason && (
        <Text size="xs" c="dimmed">
          {words.reasonHint}
        </Text>
      )}
    </Stack>
  );
}

/** Entries of the books, oldest first. */
export function Trail(props: { readonly trail: ChargeDetail["trail"]; readonly money: TollMoney }): JSX.Element {
  return (
    <DataTable
      label={words.trail}
      minWidth={560}
      rows={props.trail}
      keyOf={({ id }) => id}
      columns={[
        { head: siteStrings.time, cell: ({ timeMs }) => formatTimeShort(timeMs) },
        { head: siteStrings.state, cell: ({ kind }) => words.kinds[kind] ?? kind },
        { head: siteStrings.plate, cell: ({ text }) => text },
        { head: siteStrings.amount, cell: ({ amount }) => props.money.show(amount), isNumber: true },
        { head: words.by, cell: ({ by }) => by },
        { head: siteStrings.reason, cell: ({ reason }) => words.reasons[reason] ?? reason },
      ]}
    />
  );
}

export function ChargeState({ charge }: { readonly charge: Charge }): JSX.Element {
  return (
    <>
      <Badge color={COLOURS[charge.state]}>{words.states[charge.state] ?? charge.state}</Badge>
      {charge.needsPerson && (
        <Text size="xs" c="dimmed">
          {words.reasons[charge.reason] ?? charge.reason}
        </Text>
      )}
    </>
  );
}
