import { Badge, Button, Group, NativeSelect, Paper, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type JSX, useMemo, useState } from "react";
import type { z } from "zod";
import type { Site } from "../../../server/schemas/administration.ts";
import type {
  Compared,
  countsSchema,
  odSchema,
  TrafficOverview,
  travelTimesSchema,
} from "../../../server/schemas/traffic.ts";
import { addressOf, type BodyGiven, sendAny } from "../../api/client.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { Chart } from "../../parts/chart.tsx";
import { formatNumber, formatTimeShort } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { JsonForm } from "../../parts/json-form.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { SpanControl, useSpan } from "./parking.tsx";
import { SiteTabs } from "./site-tabs.tsx";

const words = siteStrings.traffic;
const BINS = ["1min", "5min", "15min", "1h"] as const;
const GRID = { left: 8, right: 16, top: 32, bottom: 8, containLabel: true } as const;

/** Figures that come as JSON or CSV under one address. */
function useFigures<Figures>(
  path: string,
  request: { readonly params: object; readonly query: object },
  enabled = true,
) {
  return useQuery({
    queryKey: [path, request.params, request.query],
    queryFn: async ({ signal }) => (await sendAny("GET", path, { ...request, signal } as never)) as Figures, // by the path's schema
    enabled,
  });
}

export function TrafficSite({ site }: { readonly site: Site }): JSX.Element {
  return (
    <SiteTabs names={words.tabs}>
      {(tab) => {
        switch (tab) {
          case "overview":
            return <Overview site={site} />;
          case "travel":
            return <Travel site={site} />;
          case "od":
            return <Origins site={site} />;
          case "setup":
            return <Setup site={site} />;
        }
      }}
    </SiteTabs>
  );
}

function CsvLink({
  path,
  params,
  query,
}: {
  readonly path: string;
  readonly params: object;
  readonly query: object;
}): JSX.Element {
  return (
    <Button
      component="a"
      size="xs"
      variant="default"
      href={addressOf(path, { params, query: { ...query, format: "csv" } })}
      leftSection={<Icon name="download" size={16} />}
    >
      {siteStrings.download}
    </Button>
  );
}

function BinSelect(props: {
  readonly value: (typeof BINS)[number];
  readonly onChange: (bin: (typeof BINS)[number]) => void;
}): JSX.Element {
  return (
    <NativeSelect
      aria-label={words.bin}
      data={BINS.map((value) => ({ value, label: words.bins[value] }))}
      value={props.value}
      onChange={({ currentTarget: { value } }) => props.onChange(BINS.find((one) => one === value) ?? "1h")}
    />
  );
}

function Overview({ site }: { readonly site: Site }): JSX.Element {
  const [days, setDays] = useState("7");
  const span = useSpan(days);
  const params = { id: site.id };
  const overview = useGet("/api/v1/sites/:id/traffic/overview", { params, query: span }, { keepLast: true });
  return (
    <Stack gap="lg">
      <SpanControl value={days} onChange={setDays} />
      <Answer query={overview}>
        {(found) => (
          <>
            <Sections sections={found.sections} />
            <Points overview={found} />
          </>
        )}
      </Answer>
      <Counts site={site} span={span} isLong={Number(days) > 60} />
    </Stack>
  );
}

function Sections({ sections }: { readonly sections: TrafficOverview["sections"] }): JSX.Element {
  const seconds = (value: number | null): string => (value === null ? "–" : `${Math.round(value)} s`);
  return (
    <Section title={words.tabs.travel} flush>
      {sections.length === 0 ? (
        <Empty icon="statistics" title={words.noSections} text={words.noSectionsText} />
      ) : (
        <Table.ScrollContainer minWidth={640} type="native" tabIndex={0}>
          <Table aria-label={words.tabs.travel}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.section}</Table.Th>
                <Table.Th ta="right">{words.metres}</Table.Th>
                <Table.Th ta="right">{words.vehicles}</Table.Th>
                <Table.Th ta="right">{words.median}</Table.Th>
                <Table.Th ta="right">{words.middle}</Table.Th>
                <Table.Th ta="right">{words.speed}</Table.Th>
                <Table.Th>{siteStrings.state}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sections.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td fw={600}>{one.name}</Table.Td>
                  <Table.Td ta="right">{formatNumber(one.metres)} m</Table.Td>
                  <Table.Td ta="right">{formatNumber(one.vehicles)}</Table.Td>
                  <Table.Td ta="right">{seconds(one.medianSeconds)}</Table.Td>
                  <Table.Td ta="right">
                    {seconds(one.p10Seconds)} – {seconds(one.p90Seconds)}
                  </Table.Td>
                  <Table.Td ta="right">{one.kmh === null ? "–" : `${one.kmh.toFixed(0)} km/h`}</Table.Td>
                  <Table.Td>
                    {one.incident === null ? (
                      <Text size="sm" c="dimmed">
                        {words.usual}
                      </Text>
                    ) : (
                      <Badge color="red">
                        {words.incidentText(one.incident.ratio.toFixed(1), formatTimeShort(one.incident.fromMs))}
                      </Badge>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Section>
  );
}

function Points({ overview }: { readonly overview: TrafficOverview }): JSX.Element {
  const { nameOf } = useCameraNames();
  return (
    <Section title={words.points} flush>
      <Table.ScrollContainer minWidth={360} type="native" tabIndex={0}>
        <Table aria-label={words.points}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{siteStrings.camera}</Table.Th>
              <Table.Th>{words.lane}</Table.Th>
              <Table.Th ta="right">{words.vehicles}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {overview.points.map(({ cameraId, lane, vehicles }) => (
              <Table.Tr key={cameraId}>
                <Table.Td>{nameOf(cameraId)}</Table.Td>
                <Table.Td>{lane}</Table.Td>
                <Table.Td ta="right">{formatNumber(vehicles)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}

function Counts(props: {
  readonly site: Site;
  readonly span: { readonly from: number; readonly to: number };
  readonly isLong: boolean;
}): JSX.Element {
  const [bin, setBin] = useState<(typeof BINS)[number]>("1h");
  const { nameOf } = useCameraNames();
  const path = "/api/v1/sites/:id/traffic/counts";
  const request = { params: { id: props.site.id }, query: { ...props.span, bin } };
  const counts = useFigures<z.infer<typeof countsSchema>>(path, request, !props.isLong || bin === "1h");
  const bins = counts.data?.bins;
  const option = useMemo(() => {
    const cameras = [...new Set(bins?.map(({ cameraId }) => cameraId))];
    return {
      tooltip: { trigger: "axis" },
      legend: { type: "scroll", top: 0 },
      grid: GRID,
      xAxis: { type: "time" },
      yAxis: { type: "value", minInterval: 1 },
      series: cameras.map((id) => ({
        ...{ name: nameOf(id), type: "line", step: "end", showSymbol: false },
        data: bins?.filter(({ cameraId }) => cameraId === id).map(({ fromMs, vehicles }) => [fromMs, vehicles]),
      })),
    };
  }, [bins, nameOf]);
  return (
    <Section
      title={words.counts}
      actions={
        <>
          <BinSelect value={bin} onChange={setBin} />
          <CsvLink path={path} {...request} />
        </>
      }
    >
      <Answer query={counts}>
        {({ bins: all }) => (
          <Chart
            label={words.counts}
            option={option}
            height={260}
            isEmpty={all.length === 0}
            columns={[siteStrings.time, siteStrings.camera, words.vehicles, words.flow, words.headway, words.occupancy]}
            rows={all
              .slice(0, 1000)
              .map((one) => [
                `${formatTimeShort(one.fromMs)} ${one.lane}`,
                nameOf(one.cameraId),
                formatNumber(one.vehicles),
                formatNumber(Math.round(one.flow)),
                one.headwaySeconds === null ? "–" : one.headwaySeconds.toFixed(1),
                `${(100 * one.occupancy).toFixed(1)} %`,
              ])}
          />
        )}
      </Answer>
    </Section>
  );
}

function Travel({ site }: { readonly site: Site }): JSX.Element {
  const config = useGet("/api/v1/sites/:id/traffic", { params: { id: site.id } });
  return (
    <Answer query={config}>
      {({ sections }) =>
        sections.length === 0 ? (
          <Paper>
            <Empty icon="statistics" title={words.noSections} text={words.noSectionsText} />
          </Paper>
        ) : (
          <TravelTimes site={site} sections={sections} />
        )
      }
    </Answer>
  );
}

function TravelTimes(props: {
  readonly site: Site;
  readonly sections: readonly { readonly id: string; readonly name: string }[];
}): JSX.Element {
  const [section, setSection] = useState(props.sections[0]?.id ?? "");
  const [days, setDays] = useState("1");
  const [bin, setBin] = useState<(typeof BINS)[number]>("15min");
  const span = useSpan(days);
  const path = "/api/v1/sites/:id/traffic/travel-times";
  const params = { id: props.site.id };
  const request = { params, query: { ...span, bin, section } };
  const times = useFigures<z.infer<typeof travelTimesSchema>>(path, request);
  const compared = useGet("/api/v1/sites/:id/traffic/compare", { params, query: { section } });
  const rows = times.data?.times;
  const option = useMemo(() => {
    const line = (name: string, key: "medianMs" | "p10Ms" | "p90Ms", isThin: boolean) => ({
      ...{ name, type: "line", showSymbol: false, lineStyle: { width: isThin ? 1 : 2 } },
      data: rows?.map((one) => [one.fromMs, one[key] === null ? null : Math.round(one[key] / 100) / 10]),
    });
    return {
      tooltip: { trigger: "axis" },
      legend: { top: 0 },
      grid: GRID,
      xAxis: { type: "time" },
      yAxis: { type: "value", scale: true },
      series: [line(words.median, "medianMs", false), line(words.p10, "p10Ms", true), line(words.p90, "p90Ms", true)],
    };
  }, [rows]);
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <SpanControl value={days} onChange={setDays} />
        <NativeSelect
          aria-label={words.section}
          data={props.sections.map(({ id, name }) => ({ value: id, label: name }))}
          value={section}
          onChange={({ currentTarget }) => setSection(currentTarget.value)}
        />
      </Group>
      <Section
        title={words.tabs.travel}
        actions={
          <>
            <BinSelect value={bin} onChange={setBin} />
            <CsvLink path={path} {...request} />
          </>
        }
      >
        <Answer query={times}>
          {({ times: all }) => (
            <Chart
              label={words.tabs.travel}
              option={option}
              height={280}
              isEmpty={all.length === 0}
              columns={[siteStrings.time, words.vehicles, words.outliers, words.seconds, words.speed]}
              rows={all.map((one) => [
                formatTimeShort(one.fromMs),
                formatNumber(one.vehicles),
                formatNumber(one.outliers),
                one.medianMs === null ? "–" : (one.medianMs / 1000).toFixed(1),
                one.kmh === null ? "–" : `${one.kmh.toFixed(0)} km/h`,
              ])}
            />
          )}
        </Answer>
      </Section>
      <Section title={words.compare}>
        <Answer query={compared}>{(found) => <Comparison compared={found} />}</Answer>
      </Section>
    </Stack>
  );
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function Comparison({ compared }: { readonly compared: Compared }): JSX.Element {
  const option = useMemo(() => {
    const line = (name: string, key: "value" | "usual" | "low" | "high", isThin: boolean) => ({
      ...{ name, type: "line", showSymbol: false, lineStyle: isThin ? { width: 1, type: "dashed" } : { width: 2 } },
      data: compared.bins.map((bin) => bin[key]),
    });
    return {
      tooltip: { trigger: "axis" },
      legend: { top: 0 },
      grid: GRID,
      xAxis: { type: "category", data: compared.bins.map(({ minute }) => clock(minute)) },
      yAxis: { type: "value", scale: true },
      series: [
        line(words.today, "value", false),
        line(words.usualDay, "usual", false),
        line(words.low, "low", true),
        line(words.high, "high", true),
      ],
    };
  }, [compared]);
  const text = (value: number | null): string => (value === null ? "–" : value.toFixed(1));
  return (
    <Chart
      label={words.compare}
      option={option}
      height={260}
      isEmpty={compared.bins.every(({ value, usual }) => value === null && usual === null)}
      columns={[siteStrings.time, words.today, words.usualDay, words.low, words.high]}
      rows={compared.bins.map(({ minute, value, usual, low, high }) => [
        clock(minute),
        text(value),
        text(usual),
        text(low),
        text(high),
      ])}
    />
  );
}

function Origins({ site }: { readonly site: Site }): JSX.Element {
  const [days, setDays] = useState("7");
  const span = useSpan(days);
  const path = "/api/v1/sites/:id/traffic/od";
  const request = { params: { id: site.id }, query: span };
  const matrix = useFigures<z.infer<typeof odSchema>>(path, request);
  return (
    <Stack gap="lg">
      <SpanControl value={days} onChange={setDays} />
      <Section
        title={words.tabs.od}
        about={words.odAbout(matrix.data?.k ?? 5)}
        flush
        actions={<CsvLink path={path} {...request} />}
      >
        <Answer query={matrix}>
          {({ cells }) =>
            cells.length === 0 ? (
              <Empty icon="statistics" title={siteStrings.none} text={words.noSectionsText} />
            ) : (
              <Matrix cells={cells} />
            )
          }
        </Answer>
      </Section>
    </Stack>
  );
}

function Matrix({ cells }: { readonly cells: z.infer<typeof odSchema>["cells"] }): JSX.Element {
  const points = [...new Set(cells.flatMap(({ origin, destination }) => [origin, destination]))].sort();
  const trips = (from: string, to: string): string => {
    const cell = cells.find(({ origin, destination }) => origin === from && destination === to);
    return cell === undefined ? "–" : cell.trips === null ? words.hidden : formatNumber(cell.trips);
  };
  return (
    <Table.ScrollContainer minWidth={420} type="native" tabIndex={0}>
      <Table aria-label={words.tabs.od}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              {words.from} ↓ {words.to} →
            </Table.Th>
            {points.map((to) => (
              <Table.Th key={to} ta="right">
                {to}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {points.map((from) => (
            <Table.Tr key={from}>
              <Table.Th scope="row">{from}</Table.Th>
              {points.map((to) => (
                <Table.Td key={to} ta="right" className="numeric">
                  {trips(from, to)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Setup({ site }: { readonly site: Site }): JSX.Element {
  const path = "/api/v1/sites/:id/traffic";
  const params = { id: site.id };
  const config = useGet(path, { params });
  const save = useSend("PUT", path, {
    stale: [path, "/api/v1/sites/:id/traffic/overview"],
    done: siteStrings.saved,
    ownProblem: true,
  });
  const mayWrite = useMay("sites:write");
  return (
    <Section title={words.tabs.setup}>
      <Answer query={config}>
        {(found) => (
          <JsonForm
            label={siteStrings.asJson}
            value={found}
            isBusy={save.isPending}
            mayWrite={mayWrite}
            error={save.error}
            onSave={(value) => save.mutate({ params, body: value as BodyGiven<"PUT", typeof path> })} // checked by the server
          />
        )}
      </Answer>
    </Section>
  );
}
