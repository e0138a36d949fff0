import { Group, NativeSelect, Paper, Stack } from "@mantine/core";
import { type JSX, useMemo, useState } from "react";
import type { z } from "zod";
import type { Site } from "../../../server/schemas/administration.ts";
import type { TrafficSetup, travelTimesSchema } from "../../../server/schemas/traffic.ts";
import { useGet } from "../../api/queries.ts";
import { Chart } from "../../parts/chart.tsx";
import { formatNumber, formatTimeShort } from "../../parts/format.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { SpanControl, useSpan } from "./span.tsx";
import { DayComparison } from "./traffic-days.tsx";
import { type Bin, BinSelect, binsOf, FileLinks, GRID, orDash, useFigures } from "./traffic-figures.tsx";

const words = siteStrings.traffic;
const TIMES = "/api/v1/sites/:id/traffic/travel-times";

export function TrafficTravel({ site }: { readonly site: Site }): JSX.Element {
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

function TravelTimes(props: { readonly site: Site; readonly sections: TrafficSetup["sections"] }): JSX.Element {
  const { site, sections } = props;
  const [section, setSection] = useState(sections[0]?.id ?? "");
  const [days, setDays] = useState("1");
  const [asked, setBin] = useState<Bin>("15min");
  const bins = binsOf(days);
  const bin = bins.includes(asked) ? asked : "1h";
  const request = { params: { id: site.id }, query: { ...useSpan(days), bin, section } };
  const times = useFigures<z.infer<typeof travelTimesSchema>>(TIMES, request);
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
  const seconds = (value: number | null): string => orDash(value, (known) => (known / 1000).toFixed(1));
  return (
    <Stack gap="lg">
      <Group gap="sm" align="flex-end">
        <SpanControl value={days} onChange={setDays} />
        <NativeSelect
          aria-label={words.section}
          data={sections.map(({ id, name }) => ({ value: id, label: name }))}
          value={section}
          onChange={({ currentTarget }) => setSection(currentTarget.value)}
        />
      </Group>
      <Section
        title={words.travelSeconds}
        about={words.outliersAbout}
        actions={
          <>
            <BinSelect value={bin} onChange={setBin} bins={bins} />
            <FileLinks path={TIMES} {...request} />
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
              columns={[
                ...[siteStrings.time, words.vehicles, words.outliers],
                ...[words.seconds, words.p10, words.p90, words.speed],
              ]}
              rows={all.map((one) => [
                formatTimeShort(one.fromMs),
                ...[one.vehicles, one.outliers].map(formatNumber),
                ...[one.medianMs, one.p10Ms, one.p90Ms].map(seconds),
                orDash(one.kmh, (known) => `${known.toFixed(0)} km/h`),
              ])}
            />
          )}
        </Answer>
      </Section>
      <DayComparison site={site} section={section} />
    </Stack>
  );
}
