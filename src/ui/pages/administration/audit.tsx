import { Alert, Button, Code, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type JSX, useState } from "react";
import { usePages, useSend } from "../../api/queries.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { More } from "../../parts/more.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.audit;

/** Who did what, and why; and whether the chain of it is whole. */
export function AuditTrail(): JSX.Element {
  const [actor, setActor] = useState("");
  const [action, setAction] = useState("");
  const [query] = useDebouncedValue({ actor: actor.trim() || undefined, action: action.trim() || undefined }, 300);
  const entries = usePages("/api/v1/audit", { query });
  const verify = useSend("POST", "/api/v1/audit/verify");
  const verdict = verify.data;
  return (
    <Section
      title={words.title}
      about={words.about}
      flush
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="check" size={14} />}
          loading={verify.isPending}
          onClick={() => verify.mutate({})}
        >
          {words.verify}
        </Button>
      }
    >
      {verdict !== undefined && (
        <Alert
          mx="md"
          mb="sm"
          color={verdict.ok ? "teal" : "red"}
          variant="light"
          icon={<Icon name={verdict.ok ? "check" : "warning"} />}
          role="status"
        >
          {verdict.ok ? words.whole(verdict.entries) : words.broken(verdict.problems.join(" "))}
          {verdict.lastHash !== null && (
            <Text size="xs" mt={4} style={{ wordBreak: "break-all" }}>
              {words.lastHash} <Code>{verdict.lastHash}</Code>
            </Text>
          )}
        </Alert>
      )}
      <Group px="md" pb="sm" gap="sm">
        <TextInput
          aria-label={words.actor}
          placeholder={words.actor}
          value={actor}
          onChange={({ currentTarget: { value } }) => setActor(value)}
        />
        <TextInput
          aria-label={words.action}
          placeholder={words.actionHint}
          value={action}
          onChange={({ currentTarget: { value } }) => setAction(value)}
        />
      </Group>
      <Answer query={entries}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty icon="search" title={words.empty} />
          ) : (
            <DataTable
              label={words.title}
              minWidth={720}
              rows={rows}
              keyOf={({ sequence }) => String(sequence)}
              columns={[
                {
                  head: words.time,
                  cell: ({ timeMs }) => <span style={{ whiteSpace: "nowrap" }}>{formatTime(timeMs)}</span>,
                },
                { head: words.actor, cell: ({ actor, address }) => <span title={address ?? undefined}>{actor}</span> },
                {
                  head: words.action,
                  cell: (entry) => (
                    <>
                      <Text size="sm" fw={600}>
                        {entry.action}
                      </Text>
                      {entry.target !== null && (
                        <Text size="xs" c="dimmed" style={{ wordBreak: "break-all" }}>
                          {entry.target}
                        </Text>
                      )}
                    </>
                  ),
                },
                { head: words.reason, cell: ({ reason }) => reason },
                {
                  head: words.details,
                  cell: ({ isRedacted, details }) => <Details details={isRedacted ? words.redacted : details} />,
                },
              ]}
            />
          )
        }
      </Answer>
      <More pages={entries} />
    </Section>
  );
}

function Details({ details }: { readonly details: unknown }): JSX.Element | null {
  if (details == null) return null;
  const text = typeof details === "string" ? details : JSON.stringify(details);
  return (
    <Text size="xs" ff="monospace" lineClamp={2} title={text} style={{ wordBreak: "break-all" }}>
      {text}
    </Text>
  );
}
