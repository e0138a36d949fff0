/** One card for each question that the statistics answer. Each fetches its own figures. */
import { Table, Text, VisuallyHidden } from "@mantine/core";
import { type JSX, useMemo } from "react";
import type { QueryGiven } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";
import { Chart } from "../../parts/chart.tsx";
import { formatDay, formatNumber, formatTime, formatTimeShort, percent } from "../../parts/format.ts";
import { LinkAnchor } from "../../parts/link.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.statistics;
export type Span = Pick<QueryGiven<"/api/v1/statistics/quality">, "from" | "to" | "camera">;
interface CardProps {
  readonly span: Span;
}
const GRID = { left: 8, right: 12, top: 16, bottom: 8, containLabel: true };

export function OverTime({ span, isLong }: CardProps & { readonly isLong: boolean }): JSX.Element {
  const by = isLong ? "day" : "hour";
  const counts = useGet("/api/v1/statistics/passages", { query: { ...span, by } });
  const name = isLong ? formatDay : formatTimeShort;
  return (
    <Section title={isLong ? words.byDay : words.byHour}>
      <Answer query={counts}>
        {({ rows, total }) => (
          <TimeChart rows={rows} total={total} name={name} label={isLong ? words.byDay : words.byHour} />
        )}
      </Answer>
    </Section>
  );
}

function TimeChart(props: {
  readonly rows: readonly { readonly key: number | string | null; readonly passages: number }[];
  readonly total: number;
  readonly name: (timeMs: number) => string;
  readonly label: string;
}): JSX.Element {
  const { rows, total, name, label } = props;
  const option = useMemo(
    () => ({
      tooltip: { trigger: "axis" },
      grid: GRID,
      xAxis: { type: "time" },
      yAxis: { type: "value", minInterval: 1 },
      series: [
        {
          name: words.passages,
          type: "bar",
          barMaxWidth: 24,
          itemStyle: { borderRadius: [3, 3, 0, 0] },
          data: rows.map(({ key, passages }) => [key, passages]),
        },
      ],
    }),
    [rows],
  );
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.total(total)}
      </Text>
      <Chart
        label={label}
        option={option}
        height={260}
        isEmpty={rows.length === 0}
        columns={[words.time, words.passages]}
        rows={rows.map(({ key, passages }) => [name(Number(key)), formatNumber(passages)])}
      />
    </>
  );
}

export function ByName(
  props: CardProps & { readonly by: "camera" | "region"; readonly nameOf: (key: string) => string },
): JSX.Element {
  const { span, by, nameOf } = props;
  const counts = useGet("/api/v1/statistics/passages", { query: { ...span, by } });
  const title = by === "camera" ? words.byCamera : words.byRegion;
  return (
    <Section title={title}>
      <Answer query={counts}>
        {({ rows }) => (
          <NameChart
            label={title}
            rows={rows.map(({ key, passages }) => ({
              name: key === null || key === "" ? strings.plate.unknownRegion : nameOf(String(key)),
              passages,
            }))}
          />
        )}
      </Answer>
    </Section>
  );
}

const MOST_NAMES = 12;
/** Characters beside a bar; cameras of one site often differ in their last word alone. */
const TWO_LINES = 36;

function NameChart(props: {
  readonly label: string;
  readonly rows: readonly { readonly name: string; readonly passages: number }[];
}): JSX.Element {
  const { rows, label } = props;
  const key = JSON.stringify(rows);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are made anew each time, their text is not
  const option = useMemo(() => {
    const shown = rows.slice(0, MOST_NAMES).toReversed();
    return {
      tooltip: { trigger: "axis", axisPointer: { type: "none" } },
      grid: GRID,
      xAxis: { type: "value", minInterval: 1 },
      yAxis: {
        type: "category",
        data: shown.map(({ name }) => (name.length > TWO_LINES ? `${name.slice(0, TWO_LINES - 1)}…` : name)),
        axisLabel: { width: 120, overflow: "break" },
      },
      series: [
        {
          name: words.passages,
          type: "bar",
          barMaxWidth: 22,
          itemStyle: { borderRadius: [0, 3, 3, 0] },
          data: shown.map(({ passages }) => passages),
        },
      ],
    };
  }, [key]);
  return (
    <Chart
      label={label}
      option={option}
      height={Math.max(140, Math.min(rows.length, MOST_NAMES) * 34 + 40)}
      isEmpty={rows.length === 0}
      columns={[words.name, words.passages]}
      rows={rows.map(({ name, passages }) => [name, formatNumber(passages)])}
    />
  );
}

export function Quality({ span }: CardProps): JSX.Element {
  const quality = useGet("/api/v1/statistics/quality", { query: span });
  return (
    <Section title={words.quality} about={words.qualityAbout}>
      <Answer query={quality}>{({ rows }) => <QualityChart rows={rows} />}</Answer>
    </Section>
  );
}

function QualityChart(props: {
  readonly rows: readonly {
    readonly timeMs: number;
    readonly passages: number;
    readonly unread: number;
    readonly doubted: number;
    readonly meanConfidence: number | null;
  }[];
}): JSX.Element {
  const { rows } = props;
  const option = useMemo(() => {
    const share = (part: number, all: number): number | null =>
      all === 0 ? null : Math.round((1000 * part) / all) / 10;
    return {
      tooltip: { trigger: "axis", valueFormatter: (value: unknown) => (value == null ? "–" : `${String(value)} %`) },
      legend: { type: "scroll", bottom: 0 },
      grid: { ...GRID, bottom: 36 },
      xAxis: { type: "time" },
      yAxis: { type: "value", min: 0, max: 100, axisLabel: { formatter: "{value} %" } },
      series: [
        {
          name: words.readRate,
          type: "line",
          data: rows.map(({ timeMs, passages, unread }) => [timeMs, share(passages, passages + unread)]),
        },
        {
          name: words.confidence,
          type: "line",
          data: rows.map(({ timeMs, meanConfidence }) => [
            timeMs,
            meanConfidence === null ? null : Math.round(meanConfidence * 1000) / 10,
          ]),
        },
        {
          name: words.doubt,
          type: "line",
          data: rows.map(({ timeMs, passages, doubted }) => [timeMs, share(doubted, passages)]),
        },
      ].map((series) => ({ ...series, showSymbol: rows.length < 40, symbolSize: 5, connectNulls: true })),
    };
  }, [rows]);
  const shareText = (part: number, all: number): string => (all === 0 ? "–" : percent(part / all));
  return (
    <Chart
      label={words.quality}
      option={option}
      height={260}
      isEmpty={rows.length === 0}
      columns={[words.time, words.readRate, words.confidence, words.doubt]}
      rows={rows.map(({ timeMs, passages, unread, doubted, meanConfidence }) => [
        formatDay(timeMs),
        shareText(passages, passages + unread),
        meanConfidence === null ? "–" : percent(meanConfidence),
        shareText(doubted, passages),
      ])}
    />
  );
}

export function HeatMap({ span }: CardProps): JSX.Element {
  const map = useGet("/api/v1/statistics/heat-map", { query: span });
  return (
    <Section title={words.heatMap}>
      <Answer query={map}>
        {({ passages, timeZone }) => (
          <>
            <HeatChart passages={passages} />
            <Text size="xs" c="dimmed">
              {words.timeZone(timeZone)}
            </Text>
          </>
        )}
      </Answer>
    </Section>
  );
}

function HeatChart({ passages }: { readonly passages: readonly (readonly number[])[] }): JSX.Element {
  const most = Math.max(0, ...passages.flat());
  const option = useMemo(
    () => ({
      tooltip: {
        formatter: ({ value: [hour, row, count] }: { readonly value: readonly [number, number, number] }) =>
          `${words.days[6 - row]} ${hour}:00 – ${formatNumber(count)}`,
      },
      grid: { left: 8, right: 8, top: 8, bottom: 8, containLabel: true },
      xAxis: {
        type: "category",
        data: Array.from({ length: 24 }, (_, hour) => String(hour)),
        splitArea: { show: false },
      },
      // ECharts counts rows from below.
      yAxis: { type: "category", data: words.days.toReversed() },
      visualMap: {
        show: false,
        min: 0,
        max: Math.max(1, most),
        inRange: { color: ["rgba(79, 178, 193, 0.08)", "rgba(79, 178, 193, 0.6)", "#0b7383"] },
      },
      series: [
        {
          type: "heatmap",
          data: passages.flatMap((hours, day) => hours.map((count, hour) => [hour, 6 - day, count])),
          itemStyle: { borderWidth: 2, borderColor: "transparent", borderRadius: 4 },
        },
      ],
    }),
    [passages, most],
  );
  return (
    <Chart
      label={words.heatMap}
      option={option}
      height={260}
      isEmpty={most === 0}
      columns={[words.day, ...Array.from({ length: 24 }, (_, hour) => String(hour))]}
      rows={passages.map((hours, day) => [words.days[day] ?? "", ...hours.map(formatNumber)])}
    />
  );
}

export function TopPlates({ span }: CardProps): JSX.Element {
  const top = useGet("/api/v1/statistics/top-plates", { query: { ...span, limit: 15 } });
  return (
    <Section title={words.topPlates} flush>
      <Answer query={top}>
        {({ rows, isExact }) =>
          rows.length === 0 ? (
            <Empty icon="passages" title={strings.chart.empty} />
          ) : (
            <>
              <Table aria-label={words.topPlates}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{words.plate}</Table.Th>
                    <Table.Th ta="right">{words.passages}</Table.Th>
                    <Table.Th>{words.last}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map(({ plate, passages, lastTimeMs }) => (
                    <Table.Tr key={plate}>
                      <Table.Td>
                        <LinkAnchor to="/passages" search={{ text: plate }} underline="never">
                          <VisuallyHidden>{words.search} </VisuallyHidden>
                          <Plate text={plate} />
                        </LinkAnchor>
                      </Table.Td>
                      <Table.Td ta="right" className="numeric">
                        {formatNumber(passages)}
                      </Table.Td>
                      <Table.Td>
                        <time dateTime={new Date(lastTimeMs).toISOString()} title={formatTime(lastTimeMs)}>
                          {formatTimeShort(lastTimeMs)}
                        </time>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
              {!isExact && (
                <Text size="xs" c="dimmed" px="md" py="xs">
                  {words.notExact}
                </Text>
              )}
            </>
          )
        }
      </Answer>
    </Section>
  );
}
