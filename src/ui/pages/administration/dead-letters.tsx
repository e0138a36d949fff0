import { Badge, Button, SegmentedControl, Text } from "@mantine/core";
import { type JSX, useState } from "react";
import { usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { More } from "../../parts/more.tsx";
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
            <DataTable
              label={words.title}
              minWidth={680}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                { head: words.target, cell: ({ targetName }) => targetName, isName: true },
                { head: words.event, cell: (one) => <Badge color={COLOURS[one.state]}>{one.event}</Badge> },
                { head: words.created, cell: ({ createdMs }) => formatTime(createdMs) },
                { head: words.attempts, cell: ({ attempts }) => attempts, isNumber: true },
                {
                  head: words.lastError,
                  cell: ({ lastError }) => (
                    <Text size="sm" lineClamp={2}>
                      {lastError ?? "–"}
                    </Text>
                  ),
                },
              ]}
              actions={
                mayWrite && state === "dead"
                  ? ({ id, targetName }) => (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        aria-label={words.replayOf(targetName)}
                        onClick={() => replay.mutate({ body: { ids: [id] } })}
                      >
                        {words.replay}
                      </Button>
                    )
                  : undefined
              }
            />
          )
        }
      </Answer>
      <More pages={deliveries} />
    </Section>
  );
}
