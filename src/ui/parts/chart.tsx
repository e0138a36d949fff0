import { Skeleton, Table, Text } from "@mantine/core";
import type { EChartsCoreOption } from "echarts/core";
import { type JSX, lazy, Suspense } from "react";
import { strings } from "../strings.ts";
import { Empty } from "./states.tsx";

const Canvas = lazy(() => import("./chart-canvas.tsx"));

export interface ChartProps {
  /** What the chart shows, in words. */
  readonly label: string;
  readonly option: EChartsCoreOption;
  readonly height: number;
  readonly isEmpty: boolean;
  /** The same figures as a table, for those who can't see the chart and those who want to copy them. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A chart with its figures. The drawing library comes only once a chart is on the page. */
export function Chart({ label, option, height, isEmpty, columns, rows }: ChartProps): JSX.Element {
  if (isEmpty) return <Empty icon="statistics" title={strings.chart.empty} />;
  return (
    <div>
      <Suspense fallback={<Skeleton height={height} />}>
        <Canvas label={label} option={option} height={height} />
      </Suspense>
      <details>
        <Text component="summary" size="xs" c="dimmed" style={{ cursor: "pointer" }}>
          {strings.chart.table}
        </Text>
        <Table.ScrollContainer minWidth={240} maxHeight={320} type="native" tabIndex={0}>
          <Table aria-label={label} verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column}>{column}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.join("\n")}>
                  {row.map((cell, column) => (
                    <Table.Td key={columns[column]} className="numeric">
                      {cell}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </details>
    </div>
  );
}
