import { Badge, Button, Group, Paper, SegmentedControl, Stack, Text, Textarea, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { Alert } from "../../../server/schemas/alerts.ts";
import { useLive } from "../../api/live.ts";
import { usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatTime, formatTimeShort } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { LinkAnchor } from "../../parts/link.tsx";
import { More } from "../../parts/more.tsx";
import { PassagePlate, PassageThumb } from "../../parts/passage-table.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.alerts;

/** Alerts, those that nobody has seen to first. */
export function OpenAlerts(): JSX.Element {
  const [which, setWhich] = useState<"open" | "done">("open");
  const alerts = usePages("/api/v1/alerts", { query: { open: which === "open" ? "true" : "false" } });
  const { nameOf } = useCameraNames();
  useLive("lost", () => void alerts.refetch());
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label={words.which}
        data={[
          { value: "open", label: words.open },
          { value: "done", label: words.done },
        ]}
        value={which}
        onChange={(value) => setWhich(value === "open" ? "open" : "done")}
        style={{ alignSelf: "flex-start" }}
      />
      <Answer query={alerts}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Paper>
              <Empty
                icon={which === "open" ? "check" : "alert"}
                title={which === "open" ? words.noneOpen : words.noneDone}
                text={words.noneText}
              />
            </Paper>
          ) : (
            <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
              {rows.map((alert) => (
                <li key={alert.id}>
                  <AlertCard alert={alert} cameraName={nameOf(alert.cameraId)} />
                </li>
              ))}
            </Stack>
          )
        }
      </Answer>
      <More pages={alerts} />
    </Stack>
  );
}

function AlertCard({ alert, cameraName }: { readonly alert: Alert; readonly cameraName: string }): JSX.Element {
  const { ruleName, reason, timeMs, acknowledged, passage, passageId, text } = alert;
  const mayAcknowledge = useMay("alerts:acknowledge");
  const plate = passage === null ? <Plate text={text} /> : <PassagePlate passage={passage} />;
  return (
    <Paper p="sm">
      <Group justify="space-between" gap="sm">
        <Group gap="md">
          {passage !== null && <PassageThumb passage={passage} />}
          <Stack gap={4}>
            <Group gap="xs">
              {passageId === null || passage === null ? (
                plate
              ) : (
                <LinkAnchor to="/passages/$id" params={{ id: passageId }} underline="never">
                  <VisuallyHidden>{strings.passages.open} </VisuallyHidden>
                  {plate}
                </LinkAnchor>
              )}
              <Badge color="orange">{ruleName}</Badge>
            </Group>
            <Text size="sm" c="dimmed">
              {reason} · {cameraName} ·{" "}
              <time dateTime={new Date(timeMs).toISOString()} title={formatTime(timeMs)}>
                {formatTimeShort(timeMs)}
              </time>
            </Text>
            {acknowledged !== null && (
              <Text size="sm">
                {words.acknowledgedBy(acknowledged.by, formatTime(acknowledged.timeMs))}
                {acknowledged.note ? `: ${acknowledged.note}` : ""}
              </Text>
            )}
          </Stack>
        </Group>
        {acknowledged === null && mayAcknowledge && <Acknowledge alert={alert} />}
      </Group>
    </Paper>
  );
}

function Acknowledge({ alert }: { readonly alert: Alert }): JSX.Element {
  const [isOpen, { open, close }] = useDisclosure();
  const [note, setNote] = useState("");
  const acknowledge = useSend("POST", "/api/v1/alerts/:id/acknowledge", {
    stale: ["/api/v1/alerts"],
    done: words.acknowledged,
    ownProblem: true,
    onDone: close,
  });
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="check" size={16} />}
        aria-label={words.acknowledgeOf(alert.text)}
        onClick={open}
      >
        {words.acknowledge}
      </Button>
      <FormModal
        title={words.acknowledge}
        opened={isOpen}
        onClose={close}
        onSubmit={() => acknowledge.mutate({ params: { id: alert.id }, body: { note } })}
        submit={words.acknowledge}
        isBusy={acknowledge.isPending}
        error={acknowledge.error}
      >
        <Textarea
          label={words.note}
          description={words.noteHint}
          value={note}
          onChange={({ currentTarget: { value } }) => setNote(value)}
          maxLength={2000}
          autosize
          minRows={2}
          data-autofocus
        />
      </FormModal>
    </>
  );
}
