import { Badge, Table, Text } from "@mantine/core";
import type { JSX } from "react";
import type { PassageDetail } from "../../../server/schemas/passages.ts";
import { Confidence } from "../../parts/confidence.tsx";
import { strings } from "../../strings.ts";

/** What each frame said; what differs from the passage's text stands out. */
export function ReadsTable({ passage }: { readonly passage: PassageDetail }): JSX.Element {
  const words = strings.passage;
  const { reads, text, firstTimeMs } = passage;
  if (reads.length === 0) {
    return (
      <Text size="sm" c="dimmed" px="md" pb="md">
        {words.readsNone}
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={380} maxHeight={420} type="native" tabIndex={0}>
      <Table stickyHeader aria-label={words.reads}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.time}</Table.Th>
            <Table.Th>{words.text}</Table.Th>
            <Table.Th>{words.confidence}</Table.Th>
            <Table.Th>{words.doubt}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reads.map((read) => (
            <Table.Tr key={read.timeMs}>
              <Table.Td className="numeric">+{((read.timeMs - firstTimeMs) / 1000).toFixed(2)} s</Table.Td>
              <Table.Td>
                <Text span ff="monospace" fw={read.text === text ? 600 : 400} c={read.text === text ? "" : "dimmed"}>
                  {read.text || strings.plate.unread}
                </Text>
              </Table.Td>
              <Table.Td>
                <Confidence value={read.confidence} />
              </Table.Td>
              <Table.Td>
                {read.doubt !== null && <Badge color="orange">{strings.plate.doubts[read.doubt] ?? read.doubt}</Badge>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
