import { type JSX, useMemo } from "react";
import type { Camera } from "../../../server/schemas/cameras.ts";
import { useGet } from "../../api/queries.ts";
import { CameraState } from "../../parts/camera-state.tsx";
import { Chart } from "../../parts/chart.tsx";
import { Fact, Facts } from "../../parts/fact.tsx";
import { formatAgo, formatMs, formatNumber, formatTimeShort } from "../../parts/format.ts";
import { Section } from "../../parts/section.tsx";
import { Answer } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";
import { everyHour, type HourCount } from "./every-hour.ts";

const words = strings.camera.health;
const REASONS = Object.keys(words.reasons) as (keyof typeof words.reasons)[]; // its own keys
const HISTORY_MS = 24 * 3_600_000;

/** How a camera does now, and why plates were unread over the last day. */
export function HealthSection({ camera }: { readonly camera: Camera }): JSX.Element {
  // Rounded, so that the query stays the same for a minute.
  const from = Math.floor((Date.now() - HISTORY_MS) / 60_000) * 60_000;
  const health = useGet(
    "/api/v1/cameras/:id/health",
    { params: { id: camera.id }, query: { from } },
    { refetchMs: 15_000, keepLast: true },
  );
  return (
    <Section title={words.title}>
      <Answer query={health}>
        {({ now, history }) => (
          <>
            <Facts>
              <Fact label={words.state}>
                <CameraState health={now} />
              </Fact>
              <Fact label={strings.cameras.fps}>{now?.fps.toFixed(1) ?? "–"}</Fact>
              <Fact label={strings.cameras.lag}>{now?.lagMs == null ? "–" : formatMs(now.lagMs)}</Fact>
              <Fact label={strings.cameras.lastFrame}>
                {now?.lastFrameMs == null ? "–" : formatAgo(now.lastFrameMs)}
              </Fact>
              <Fact label={words.lastPassage}>{now?.lastPassageMs == null ? "–" : formatAgo(now.lastPassageMs)}</Fact>
              <Fact label={words.reconnects}>{formatNumber(now?.reconnects ?? 0)}</Fact>
              <Fact label={words.frames}>{formatNumber(now?.frames ?? 0)}</Fact>
              <Fact label={words.dropped}>{formatNumber(now?.dropped ?? 0)}</Fact>
              {now?.frameWidth != null && (
                <Fact label={words.size}>
                  {now.frameWidth} × {now.frameHeight}
                </Fact>
              )}
            </Facts>
            <UnreadChart history={history} fromMs={from} />
          </>
        )}
      </Answer>
    </Section>
  );
}

function UnreadChart(props: { readonly history: readonly HourCount[]; readonly fromMs: number }): JSX.Element {
  const isEmpty = props.history.length === 0;
  const history = useMemo(
    () => everyHour(props.history, props.fromMs, props.fromMs + HISTORY_MS),
    [props.history, props.fromMs],
  );
  const option = useMemo(
    () => ({
      tooltip: { trigger: "axis" as const },
      legend: { type: "scroll" as const, bottom: 0 },
      grid: { left: 8, right: 8, top: 16, bottom: 40, containLabel: true },
      xAxis: { type: "category" as const, data: history.map(({ timeMs }) => formatTimeShort(timeMs)) },
      yAxis: { type: "value" as const, minInterval: 1 },
      series: [
        {
          name: words.read,
          type: "line" as const,
          smooth: true,
          showSymbol: false,
          data: history.map(({ passages }) => passages),
        },
        ...REASONS.filter((reason) => history.some(({ unread }) => (unread[reason] ?? 0) > 0)).map((reason) => ({
          name: words.reasons[reason],
          type: "bar" as const,
          stack: "unread",
          data: history.map(({ unread }) => unread[reason] ?? 0),
        })),
      ],
    }),
    [history],
  );
  return (
    <Chart
      label={words.chart}
      option={option}
      height={240}
      isEmpty={isEmpty}
      columns={[words.time, words.read, words.unread]}
      rows={history.map(({ timeMs, passages, unread }) => [
        formatTimeShort(timeMs),
        formatNumber(passages),
        formatNumber(Object.values(unread).reduce<number>((sum, count) => sum + (count ?? 0), 0)),
      ])}
    />
  );
}
