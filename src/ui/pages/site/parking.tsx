import { Button, Group, NumberInput, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useMemo, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { ParkingOverview } from "../../../server/schemas/parking.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { Chart } from "../../parts/chart.tsx";
import { Fact, Facts } from "../../parts/fact.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatNumber, formatTimeShort } from "../../parts/format.ts";
import { formatMoney } from "../../parts/money.ts";
import { Section } from "../../parts/section.tsx";
import { Answer } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { Gates } from "./gates.tsx";
import { ParkingSetup } from "./parking-setup.tsx";
import { Permits } from "./permits.tsx";
import { SiteTabs } from "./site-tabs.tsx";
import { SpanControl, useSpan } from "./span.tsx";
import { ReviewQueue } from "./stay-review.tsx";
import { Stays } from "./stays.tsx";
import { TariffPage } from "./tariff.tsx";

const words = siteStrings.parking;

export function ParkingSite({ site }: { readonly site: Site }): JSX.Element {
  return (
    <SiteTabs names={words.tabs}>
      {(tab) => {
        switch (tab) {
          case "overview":
            return <Overview site={site} />;
          case "stays":
            return <Stays site={site} />;
          case "review":
            return <ReviewQueue site={site} />;
          case "tariff":
            return <TariffPage site={site} />;
          case "permits":
            return <Permits site={site} />;
          case "gates":
            return <Gates site={site} />;
          case "setup":
            return <ParkingSetup site={site} />;
        }
      }}
    </SiteTabs>
  );
}

function Overview({ site }: { readonly site: Site }): JSX.Element {
  const [days, setDays] = useState("7");
  const span = useSpan(days);
  const overview = useGet(
    "/api/v1/sites/:id/parking/overview",
    { params: { id: site.id }, query: span },
    { keepLast: true, refetchMs: 60_000 },
  );
  return (
    <Stack gap="lg">
      <SpanControl value={days} onChange={setDays} />
      <Answer query={overview}>{(found) => <Figures site={site} overview={found} />}</Answer>
    </Stack>
  );
}

function Figures({ site, overview }: { readonly site: Site; readonly overview: ParkingOverview }): JSX.Element {
  const { vehicles, capacity, counted, zones, currency, digits, unpaid } = overview;
  const money = (amount: number): string => formatMoney(amount, currency, digits);
  const minutes = (value: number | null): string => (value === null ? "–" : words.minutes(value));
  return (
    <>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title={words.inside} actions={<CountForm site={site} vehicles={vehicles} />}>
          <Text fz={40} fw={700} lh={1}>
            {words.of(vehicles, capacity)}
          </Text>
          {counted !== null && (
            <Text size="sm" c="dimmed">
              {words.countedBy(counted.by, formatTimeShort(counted.timeMs))}
            </Text>
          )}
          {zones.length > 0 && (
            <Facts>
              {zones.map((zone) => (
                <Fact key={zone.id} label={zone.name}>
                  {words.of(zone.vehicles, zone.capacity)}
                </Fact>
              ))}
            </Facts>
          )}
          <Facts>
            <Fact label={words.toReview}>{formatNumber(overview.review)}</Fact>
            <Fact label={words.unpaid}>{words.unpaidText(unpaid.count, money(unpaid.due))}</Fact>
            <Fact label={words.overstays}>{formatNumber(overview.overstays)}</Fact>
          </Facts>
        </Section>
        <Section title={words.stays}>
          <Text fz={40} fw={700} lh={1}>
            {formatNumber(overview.stays)}
          </Text>
          <Facts>
            <Fact label={words.charged}>{money(overview.charged)}</Fact>
            <Fact label={words.paid}>{money(overview.paid)}</Fact>
            <Fact label={words.average}>{minutes(overview.averageStayMinutes)}</Fact>
            <Fact label={words.median}>{minutes(overview.medianStayMinutes)}</Fact>
            <Fact label={words.turnover}>{overview.turnover.toFixed(2)}</Fact>
            <Fact label={words.incomplete}>{formatNumber(overview.incomplete)}</Fact>
          </Facts>
        </Section>
      </SimpleGrid>
      <Section title={words.occupancy}>
        <OccupancyChart overview={overview} />
      </Section>
      <Section title={words.revenue}>
        <RevenueChart overview={overview} money={money} />
      </Section>
    </>
  );
}

const GRID = { left: 8, right: 16, top: 32, bottom: 8, containLabel: true } as const;

function OccupancyChart({ overview: { occupancy, capacity } }: { readonly overview: ParkingOverview }): JSX.Element {
  const option = useMemo(
    () => ({
      tooltip: { trigger: "axis" },
      grid: GRID,
      xAxis: { type: "time" },
      yAxis: {
        type: "value",
        minInterval: 1,
        ...(capacity > 0 ? { max: (value: { max: number }) => Math.max(capacity, value.max) } : {}),
      },
      series: [
        {
          name: words.vehicles,
          type: "line",
          step: "end",
          showSymbol: false,
          areaStyle: { opacity: 0.15 },
          data: occupancy.map(({ fromMs, most }) => [fromMs, most]),
        },
      ],
    }),
    [occupancy, capacity],
  );
  return (
    <Chart
      label={words.occupancy}
      option={option}
      height={240}
      isEmpty={occupancy.every(({ most }) => most === 0)}
      columns={[siteStrings.time, words.vehicles, words.most, words.entry, words.exit]}
      rows={occupancy.map(({ fromMs, vehicles, most, entries, exits }) => [
        formatTimeShort(fromMs),
        ...[vehicles, most, entries, exits].map(formatNumber),
      ])}
    />
  );
}

function RevenueChart(props: {
  readonly overview: ParkingOverview;
  readonly money: (amount: number) => string;
}): JSX.Element {
  const { revenue, digits } = props.overview;
  const option = useMemo(() => {
    const bars = (name: string, key: "charged" | "paid") => ({
      ...{ name, type: "bar", barMaxWidth: 24, itemStyle: { borderRadius: [3, 3, 0, 0] } },
      data: revenue.map((row) => row[key] / 10 ** digits),
    });
    return {
      tooltip: { trigger: "axis" },
      legend: { top: 0 },
      grid: GRID,
      xAxis: { type: "category", data: revenue.map(({ day }) => day) },
      yAxis: { type: "value" },
      series: [bars(words.charged, "charged"), bars(words.paid, "paid")],
    };
  }, [revenue, digits]);
  return (
    <Chart
      label={words.revenue}
      option={option}
      height={240}
      isEmpty={revenue.length === 0}
      columns={[words.day, words.tabs.stays, words.charged, words.paid]}
      rows={revenue.map(({ day, stays, charged, paid }) => [
        day,
        formatNumber(stays),
        props.money(charged),
        props.money(paid),
      ])}
    />
  );
}

function CountForm({ site, vehicles }: { readonly site: Site; readonly vehicles: number }): JSX.Element | null {
  const [isOpen, { open, close }] = useDisclosure();
  const [count, setCount] = useState<number | string>(vehicles);
  const send = useSend("POST", "/api/v1/sites/:id/parking/count", {
    stale: ["/api/v1/sites/:id/parking/overview"],
    done: siteStrings.done,
    ownProblem: true,
    onDone: close,
  });
  if (!useMay("sites:operate")) return null;
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {words.count}
      </Button>
      <FormModal
        title={words.count}
        opened={isOpen}
        onClose={close}
        onSubmit={() => send.mutate({ params: { id: site.id }, body: { vehicles: Number(count) } })}
        isBusy={send.isPending}
        isDisabled={count === ""}
        error={send.error}
      >
        <Group grow>
          <NumberInput
            label={words.vehicles}
            description={words.countHint}
            value={count}
            onChange={setCount}
            min={0}
            allowDecimal={false}
            data-autofocus
          />
        </Group>
      </FormModal>
    </>
  );
}
