import { Badge, Button, Group, SegmentedControl, Table, Text } from "@mantine/core";
import { type JSX, useState } from "react";
import { usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { ActionsHeader } from "../../parts/actions-header.tsx";
import { formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { showDone } from "../../parts/notices.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.deliveries;
const STATES = ["dead", "pending", "done"] as const;
const COLOURS = { dead: "red", pending: "blue", done: "green" } as const;

/** What was or is to be sent; what could not be sent can be sent again. */
export function DeadLetters(): JSX.Element {
  const [state, setState] = useState<(typeof STATES)[number]>("dead");
  const deliveries = usePages("/api/v1/deliveries", { query: { state } });
  const mayWrite = useMay("deliveries:write");
  const replay = useSend("POST", "/api/v1/deliveries/replay", {
    stale: ["/api/v1/deliveries", "/api/v1/webhooks"],
    onDone: ({ replayed }) => showDone(words.replayed(replayed)),
  });
  return (
    <Section
      title={words.title}
      about={words.about}
      flush
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label={words.state}
            data={STATES.map((value) => ({ value, label: words.states[value] }))}
            value={state}
            onChange={(value) => setState(STATES.find((one) => one === value) ?? "dead")}
          />
          {state === "dead" && mayWrite && (deliveries.data?.rows.length ?? 0) > 0 && (
            <Button
              size="xs"
              variant="default"
              leftSection={<Icon name="refresh" size={14} />}
              loading={replay.isPending}
              onClick={() => replay.mutate({ body: {} })}
            >
              {words.replayAll}
            </Button>
          )}
        </>
      }
    >
      <Answer query={deliveries}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty icon="check" title={words.empty[state]} />
          ) : (
            <Table.ScrollContainer minWidth={680} type="native" tabIndex={0}>
              <Table aria-label={words.title}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{words.target}</Table.Th>
                    <Table.Th>{words.event}</Table.Th>
                    <Table.Th>{words.created}</Table.Th>
                    <Table.Th>{words.attempts}</Table.Th>
                    <Table.Th>{words.lastError}</Table.Th>
                    {mayWrite && state === "dead" && <ActionsHeader />}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((delivery) => (
                    <Table.Tr key={delivery.id}>
                      <Table.Td fw={600}>{delivery.targetName}</Table.Td>
                      <Table.Td>
                        <Badge color={COLOURS[delivery.state]}>{delivery.event}</Badge>
                      </Table.Td>
                      <Table.Td>{formatTime(delivery.createdMs)}</Table.Td>
                      <Table.Td className="numeric">{delivery.attempts}</Table.Td>
                      <Table.Td>
                        <Text size="sm" lineClamp={2}>
                          {delivery.lastError ?? "–"}
                        </Text>
                      </Table.Td>
                      {mayWrite && state === "dead" && (
                        <Table.Td ta="right">
                          <Button
                            size="compact-sm"
                            variant="subtle"
                            aria-label={words.replayOf(delivery.targetName)}
                            onClick={() => replay.mutate({ body: { ids: [delivery.id] } })}
                          >
                            {words.replay}
                          </Button>
                        </Table.Td>
                      )}
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Answer>
      {deliveries.hasNextPage && (
        <Group justify="center" p="sm">
          <Button variant="default" size="xs" onClick={() => void deliveries.fetchNextPage()}>
            {strings.actions.more}
          </Button>
        </Group>
      )}
    </Section>
  );
}
