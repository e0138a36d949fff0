import { Badge, NativeSelect, Stack, Text } from "@mantine/core";
import { type JSX, useMemo, useState } from "react";
import type { z } from "zod";
import type { Site } from "../../../server/schemas/administration.ts";
import type { countsSchema, TrafficOverview as Overview } from "../../../server/schemas/traffic.ts";
import { useGet } from "../../api/queries.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { Chart } from "../../parts/chart.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { formatNumber, formatTimeShort } from "../../parts/format.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { type Span, SpanControl, useSpan } from "./span.tsx";
import { DayComparison } from "./traffic-days.tsx";
import { type Bin, BinSelect, binsOf, FileLinks, GRID, orDash, useFigures } from "./traffic-figures.tsx";

const words = siteStrings.traffic;
const COUNTS = "/api/v1/sites/:id/traffic/counts";
const MEASURES = ["vehicles", "flow", "headway", "occupancy"] as const;
type Measure = (typeof MEASURES)[number];
type CountBin = z.infer<typeof countsSchema>["bins"][number];
/** More rows make a page slow; the files have them all. */
const SHOWN_ROWS = 1000;

export function TrafficOverview({ site }: { readonly site: Site }): JSX.Element {
  const [days, setDays] = useState("7");
  const span = useSpan(days);
  const overview = useGet(
    "/api/v1/sites/:id/traffic/overview",
    { params: { id: site.id }, query: span },
    { keepLast: true, refetchMs: 60_000 },
  );
  return (
    <Stack gap="lg">
      <SpanControl value={days} onChange={setDays} />
      <Answer query={overview}>
        {({ sections, points }) => (
          <>
            <Section title={words.tabs.travel} flush>
              <Sections sections={sections} />
            </Section>
            <Section title={words.points} flush>
              <Points points={points} />
            </Section>
          </>
        )}
      </Answer>
      <Counts site={site} span={span} days={days} />
      <DayComparison site={site} />
    </Stack>
  );
}

function Sections({ sections }: { readonly sections: Overview["sections"] }): JSX.Element {
  if (sections.length === 0) return <Empty icon="statistics" title={words.noSections} text={words.noSectionsText} />;
  const seconds = (value: number | null): string => orDash(value, (known) => `${Math.round(known)} s`);
  return (
    <DataTable
      label={words.tabs.travel}
      minWidth={720}
      rows={sections}
      keyOf={({ id }) => id}
      columns={[
        { head: words.section, cell: ({ name }) => name, isName: true },
        { head: words.metres, cell: ({ metres }) => `${formatNumber(metres)} m`, isNumber: true },
        { head: words.vehicles, cell: ({ vehicles }) => formatNumber(vehicles), isNumber: true },
        { head: words.median, cell: ({ medianSeconds }) => seconds(medianSeconds), isNumber: true },
        {
          head: words.middle,
          cell: ({ p10Seconds, p90Seconds }) => `${seconds(p10Seconds)} – ${seconds(p90Seconds)}`,
          isNumber: true,
        },
        { head: words.speed, cell: ({ kmh }) => orDash(kmh, (known) => `${known.toFixed(0)} km/h`), isNumber: true },
        { head: words.implausible, cell: ({ implausible }) => formatNumber(implausible), isNumber: true },
        { head: words.now, cell: ({ incident }) => <Incident incident={incident} /> },
      ]}
    />
  );
}

function Incident({ incident }: { readonly incident: Overview["sections"][number]["incident"] }): JSX.Element {
  return incident === null ? (
    <Text size="sm" c="dimmed">
      {words.usual}
    </Text>
  ) : (
    <Badge color="red">{words.incidentText(incident.ratio.toFixed(1), formatTimeShort(incident.fromMs))}</Badge>
  );
}

function Points({ points }: { readonly points: Overview["points"] }): JSX.Element {
  const { nameOf } = useCameraNames();
  if (points.length === 0) return <Empty icon="camera" title={words.noPoints} text={words.noPointsText} />;
  return (
    <DataTable
      label={words.points}
      minWidth={320}
      rows={points}
      keyOf={({ cameraId }) => cameraId}
      columns={[
        { head: siteStrings.camera, cell: ({ cameraId }) => nameOf(cameraId), isName: true },
        { head: words.point, cell: ({ point }) => point ?? "–" },
        { head: words.lane, cell: ({ lane }) => lane },
        { head: words.vehicles, cell: ({ vehicles }) => formatNumber(vehicles), isNumber: true },
      ]}
    />
  );
}

/** A figure of a bin, and how it is written. */
const VALUES: Readonly<Record<Measure, (bin: CountBin) => number | null>> = {
  vehicles: ({ vehicles }) => vehicles,
  flow: ({ flow }) => Math.round(flow),
  headway: ({ headwaySeconds }) => (headwaySeconds === null ? null : Math.round(headwaySeconds * 10) / 10),
  occupancy: ({ occupancy }) => Math.round(occupancy * 1000) / 10,
};

function Counts(props: { readonly site: Site; readonly span: Span; readonly days: string }): JSX.Element {
  const [asked, setBin] = useState<Bin>("1h");
  const [measure, setMeasure] = useState<Measure>("vehicles");
  const { nameOf } = useCameraNames();
  const bins = binsOf(props.days);
  const bin = bins.includes(asked) ? asked : "1h";
  const request = { params: { id: props.site.id }, query: { ...props.span, bin } };
  const counts = useFigures<z.infer<typeof countsSchema>>(COUNTS, request);
  const found = counts.data?.bins;
  const option = useMemo(() => {
    const lines = [...new Set(found?.map(({ cameraId, lane }) => `${cameraId}\n${lane}`))];
    return {
      tooltip: { trigger: "axis" },
      legend: { type: "scroll", top: 0 },
      grid: GRID,
      xAxis: { type: "time" },
      yAxis: { type: "value" },
      series: lines.map((line) => {
        const [id = "", lane = ""] = line.split("\n");
        return {
          ...{ name: words.cameraLane(nameOf(id), lane), type: "line", step: "end", showSymbol: false },
          data: found
            ?.filter((one) => one.cameraId === id && one.lane === lane)
            .map((one) => [one.fromMs, VALUES[measure](one)]),
        };
      }),
    };
  }, [found, nameOf, measure]);
  const isCut = (found?.length ?? 0) > SHOWN_ROWS;
  return (
    <Section
      title={words.counts}
      {...(isCut ? { about: words.cutAt(formatNumber(SHOWN_ROWS)) } : {})}
      actions={
        <>
          <NativeSelect
            size="xs"
            aria-label={words.measure}
            data={MEASURES.map((value) => ({ value, label: words.measures[value] }))}
            value={measure}
            onChange={({ currentTarget }) =>
              setMeasure(MEASURES.find((one) => one === currentTarget.value) ?? "vehicles")
            }
          />
          <BinSelect value={bin} onChange={setBin} bins={bins} />
          <FileLinks path={COUNTS} {...request} />
        </>
      }
    >
      <Answer query={counts}>
        {({ bins: all }) => (
          <Chart
            label={`${words.counts}: ${words.measures[measure]}`}
            option={option}
            height={260}
            isEmpty={all.every(({ vehicles }) => vehicles === 0)}
            columns={[
              ...[siteStrings.time, siteStrings.camera, words.lane],
              ...MEASURES.map((one) => words.measures[one]),
            ]}
            rows={all
              .slice(0, SHOWN_ROWS)
              .map((one) => [
                ...[formatTimeShort(one.fromMs), nameOf(one.cameraId), one.lane],
                ...MEASURES.map((name) => orDash(VALUES[name](one), formatNumber)),
              ])}
          />
        )}
      </Answer>
    </Section>
  );
}
