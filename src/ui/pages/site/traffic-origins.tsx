import { Stack, Table, Text } from "@mantine/core";
import { type JSX, useState } from "react";
import type { z } from "zod";
import type { Site } from "../../../server/schemas/administration.ts";
import type { odSchema } from "../../../server/schemas/traffic.ts";
import { formatNumber } from "../../parts/format.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { SpanControl, useSpan } from "./span.tsx";
import { FileLinks, useFigures } from "./traffic-figures.tsx";

const words = siteStrings.traffic;
const OD = "/api/v1/sites/:id/traffic/od";
type Matrix = z.infer<typeof odSchema>;

/** Where trips began and ended; cells of few vehicles are not told, as they could name one. */
export function TrafficOrigins({ site }: { readonly site: Site }): JSX.Element {
  const [days, setDays] = useState("7");
  const request = { params: { id: site.id }, query: useSpan(days) };
  const matrix = useFigures<Matrix>(OD, request);
  return (
    <Stack gap="lg">
      <SpanControl value={days} onChange={setDays} />
      <Section
        title={words.tabs.od}
        about={words.odAbout(matrix.data?.k ?? 5)}
        flush
        actions={<FileLinks path={OD} {...request} />}
      >
        <Answer query={matrix}>
          {({ cells, suppressed }) =>
            cells.length === 0 ? (
              <Empty icon="statistics" title={words.noTrips} text={words.noTripsText} />
            ) : (
              <>
                <Cells cells={cells} />
                {suppressed > 0 && (
                  <Text size="sm" c="dimmed" p="md">
                    {words.suppressed(suppressed)}
                  </Text>
                )}
              </>
            )
          }
        </Answer>
      </Section>
    </Stack>
  );
}

function Cells({ cells }: { readonly cells: Matrix["cells"] }): JSX.Element {
  const points = [...new Set(cells.flatMap(({ origin, destination }) => [origin, destination]))].sort();
  const trips = (from: string, to: string): string => {
    const cell = cells.find(({ origin, destination }) => origin === from && destination === to);
    return cell === undefined ? "–" : cell.trips === null ? words.hidden : formatNumber(cell.trips);
  };
  return (
    <Table.ScrollContainer minWidth={320} type="native" tabIndex={0}>
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
