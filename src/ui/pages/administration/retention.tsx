import { Alert, Button, Group, NumberInput, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { type FormEvent, type JSX, useState } from "react";
import type { Retention, RetentionReport } from "../../../server/schemas/administration.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { formatBytes, formatDay, formatNumber } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { showDone } from "../../parts/notices.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Problem } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.retention;
const GIGABYTE = 1_000_000_000;

export function RetentionRules(): JSX.Element {
  const retention = useGet("/api/v1/retention");
  return (
    <Section title={words.title} about={words.about}>
      <Answer query={retention}>{(found) => <RetentionForm retention={found} />}</Answer>
    </Section>
  );
}

function RetentionForm({ retention }: { readonly retention: Retention }): JSX.Element {
  const [draft, setDraft] = useState(retention);
  const mayWrite = useMay("retention:write");
  const preview = useSend("POST", "/api/v1/retention/preview", { ownProblem: true });
  const save = useSend("PUT", "/api/v1/retention", {
    stale: ["/api/v1/retention"],
    done: words.saved,
    ownProblem: true,
  });
  const apply = useSend("POST", "/api/v1/retention/apply", {
    stale: ["/api/v1/passages", "/api/v1/storage"],
    onDone: ({ passages, bytes }) => showDone(words.applied(passages, formatBytes(bytes))),
  });
  const change = (part: Partial<Retention>): void => {
    preview.reset();
    setDraft((before) => ({ ...before, ...part }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ body: draft });
  };
  const isChanged = draft.days !== retention.days || draft.bytesPerCamera !== retention.bytesPerCamera;
  return (
    <form onSubmit={submit}>
      <fieldset disabled={!mayWrite} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <NumberInput
              label={words.days}
              description={words.daysHint}
              inputWrapperOrder={["label", "input", "description"]}
              value={draft.days ?? ""}
              onChange={(value) => change({ days: typeof value === "number" && value > 0 ? value : null })}
              min={1}
              max={36_500}
            />
            <NumberInput
              label={words.size}
              description={words.sizeHint}
              inputWrapperOrder={["label", "input", "description"]}
              value={draft.bytesPerCamera === null ? "" : draft.bytesPerCamera / GIGABYTE}
              onChange={(value) =>
                change({ bytesPerCamera: typeof value === "number" ? Math.round(value * GIGABYTE) : null })
              }
              min={0}
              suffix=" GB"
            />
          </SimpleGrid>
          {preview.data !== undefined && <Report report={preview.data} />}
          {(preview.error ?? save.error) !== null && <Problem error={preview.error ?? save.error} />}
          <Group justify="flex-end">
            <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate({ body: draft })}>
              {words.preview}
            </Button>
            {!isChanged && (
              <Confirm
                title={words.applyTitle}
                text={words.applyText}
                action={words.apply}
                isBusy={apply.isPending}
                onConfirm={() => apply.mutate({})}
              >
                {(ask) => (
                  <Button variant="default" onClick={ask} loading={apply.isPending}>
                    {words.apply}
                  </Button>
                )}
              </Confirm>
            )}
            <Button type="submit" loading={save.isPending} disabled={!isChanged}>
              {strings.actions.save}
            </Button>
          </Group>
        </Stack>
      </fieldset>
    </form>
  );
}

function Report({ report }: { readonly report: RetentionReport }): JSX.Element {
  return (
    <Alert color={report.passages > 0 ? "orange" : "teal"} variant="light" icon={<Icon name="trash" />} role="status">
      <Text size="sm" mb={report.cameras.length > 0 ? "xs" : 0}>
        {words.would(report.passages, formatBytes(report.bytes))}
      </Text>
      {report.cameras.length > 0 && (
        <Table.ScrollContainer minWidth={420} type="native" tabIndex={0}>
          <Table verticalSpacing={4} aria-label={words.preview}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.camera}</Table.Th>
                <Table.Th>{words.byAge}</Table.Th>
                <Table.Th>{words.bySize}</Table.Th>
                <Table.Th>{words.held}</Table.Th>
                <Table.Th>{words.oldestKept}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {report.cameras.map(({ cameraId, cameraName, byAge, bySize, held, oldestKeptMs }) => (
                <Table.Tr key={cameraId}>
                  <Table.Td>{cameraName ?? cameraId}</Table.Td>
                  <Table.Td className="numeric">{formatNumber(byAge)}</Table.Td>
                  <Table.Td className="numeric">{formatNumber(bySize)}</Table.Td>
                  <Table.Td className="numeric">{formatNumber(held)}</Table.Td>
                  <Table.Td>{oldestKeptMs === null ? "–" : formatDay(oldestKeptMs)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Alert>
  );
}
