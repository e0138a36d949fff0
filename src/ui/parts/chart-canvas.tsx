/** The one file that knows the drawing library. Only the parts that the pages draw with are built in. */
import { useMantineColorScheme, useMantineTheme } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import {
  GridComponent,
  LegendScrollComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from "echarts/components";
import { type ECharts, type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { type JSX, useEffect, useRef } from "react";

use([
  BarChart,
  HeatmapChart,
  LineChart,
  GridComponent,
  LegendScrollComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  CanvasRenderer,
]);

const PALETTE = {
  light: ["#0b7383", "#d97706", "#7c3aed", "#15803d", "#c22525", "#4f6f9f", "#b45386", "#6b7280", "#0f766e"],
  dark: ["#4fb2c1", "#f5b14c", "#b197fc", "#69db7c", "#ff8f8f", "#8fb3e8", "#f0a3cb", "#adb5bd", "#63e6be"],
} as const;

export default function ChartCanvas(props: {
  readonly label: string;
  readonly option: EChartsCoreOption;
  readonly height: number;
}): JSX.Element {
  const { label, option, height } = props;
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const { colorScheme } = useMantineColorScheme();
  const isStill = useReducedMotion();
  const { fontFamily } = useMantineTheme();

  useEffect(() => {
    const element = place.current!; // the effect runs once it is on the page
    const isDark = document.documentElement.getAttribute("data-mantine-color-scheme") === "dark";
    // Depends on the scheme that was chosen as much as on the system's: the attribute knows both.
    void colorScheme;
    const style = getComputedStyle(element);
    const dimmed = style.getPropertyValue("--mantine-color-dimmed").trim();
    const line = style.getPropertyValue("--pk-line").trim();
    const surface = style.getPropertyValue("--pk-surface").trim();
    const text = style.getPropertyValue("--mantine-color-text").trim();
    const axis = {
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: dimmed, hideOverlap: true },
      splitLine: { lineStyle: { color: line } },
    };
    const made = init(element, {
      color: PALETTE[isDark ? "dark" : "light"],
      textStyle: { fontFamily },
      categoryAxis: { ...axis, splitLine: { show: false } },
      valueAxis: axis,
      timeAxis: { ...axis, splitLine: { show: false } },
      legend: { textStyle: { color: dimmed }, pageTextStyle: { color: dimmed } },
      tooltip: { backgroundColor: surface, borderColor: line, textStyle: { color: text } },
      visualMap: { textStyle: { color: dimmed } },
    });
    chart.current = made;
    made.setOption({ animation: !isStill, ...option });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      // A chart that is still painted piece by piece would go on after it is gone, and fail; painting nothing ends that.
      made.clear();
      made.getZr().refreshImmediately();
      made.dispose();
      chart.current = null;
    };
  }, [colorScheme, fontFamily, isStill, option]);

  return <div ref={place} role="img" aria-label={label} style={{ width: "100%", height }} />;
}
