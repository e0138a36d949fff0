import { TextInput } from "@mantine/core";
import { type JSX, useMemo, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Compared } from "../../../server/schemas/traffic.ts";
import { useGet } from "../../api/queries.ts";
import { Chart } from "../../parts/chart.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { GRID, orDash } from "./traffic-figures.tsx";

const words = siteStrings.traffic;

/** A day beside earlier ones of its weekday: travel times of a section, or, without one, vehicles counted. */
export function DayComparison(props: { readonly site: Site; readonly section?: string }): JSX.Element {
  const { site, section } = props;
  const [day, setDay] = useState("");
  const query = { ...(section === undefined ? {} : { section }), ...(day === "" ? {} : { day }) };
  const compared = useGet("/api/v1/sites/:id/traffic/compare", { params: { id: site.id }, query }, { keepLast: true });
  return (
    <Section
      title={section === undefined ? words.compareVehicles : words.compareTimes}
      about={words.compareAbout}
      actions={
        <TextInput
          type="date"
          size="xs"
          aria-label={words.day}
          value={day === "" ? (compared.data?.day ?? "") : day}
          onChange={({ currentTarget }) => setDay(currentTarget.value)}
        />
      }
    >
      <Answer query={compared}>{(found) => <Comparison compared={found} />}</Answer>
    </Section>
  );
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function Comparison({ compared }: { readonly compared: Compared }): JSX.Element {
  const option = useMemo(() => {
    const line = (name: string, key: "value" | "usual" | "low" | "high", isThin: boolean) => ({
      // A bin between two without traffic is a point, not a line.
      ...{
        name,
        type: "line",
        showSymbol: !isThin,
        symbolSize: 4,
        lineStyle: isThin ? { width: 1, type: "dashed" } : { width: 2 },
      },
      data: compared.bins.map((bin) => bin[key]),
    });
    return {
      tooltip: { trigger: "axis" },
      legend: { top: 0 },
      grid: GRID,
      xAxis: { type: "category", data: compared.bins.map(({ minute }) => clock(minute)) },
      yAxis: { type: "value", scale: true },
      series: [
        line(words.thisDay, "value", false),
        line(words.usualDay, "usual", false),
        line(words.low, "low", true),
        line(words.high, "high", true),
      ],
    };
  }, [compared]);
  const text = (value: number | null): string => orDash(value, (known) => known.toFixed(1));
  return (
    <Chart
      label={words.compareOf(words.units[compared.unit], compared.day)}
      option={option}
      height={260}
      isEmpty={compared.bins.every(({ value, usual }) => value === null && usual === null)}
      columns={[siteStrings.time, words.thisDay, words.usualDay, words.low, words.high]}
      rows={compared.bins.map(({ minute, value, usual, low, high }) => [
        clock(minute),
        ...[value, usual, low, high].map(text),
      ])}
    />
  );
}
