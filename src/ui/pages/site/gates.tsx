import { Badge, Button, Group, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { GateDecisionOnWire } from "../../../server/schemas/parking.ts";
import { useGet, usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatMs, formatTimeShort } from "../../parts/format.ts";
import { More } from "../../parts/more.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";

const words = siteStrings.parking;
const COLOURS = { open: "teal", deny: "red", ask: "orange" } as const;

export function Gates({ site }: { readonly site: Site }): JSX.Element {
  const params = { id: site.id };
  const decisions = usePages("/api/v1/sites/:id/gates", { params });
  const setup = useGet("/api/v1/sites/:id/parking", { params });
  const mayOperate = useMay("sites:operate");
  const { nameOf } = useCameraNames();
  const gates = setup.data?.cameras.filter(({ hasGate }) => hasGate) ?? [];
  const columns: readonly Column<GateDecisionOnWire>[] = [
    { head: siteStrings.time, cell: ({ timeMs }) => formatTimeShort(timeMs) },
    { head: siteStrings.camera, cell: ({ cameraId }) => nameOf(cameraId) },
    { head: siteStrings.plate, cell: ({ plate }) => (plate === null ? "–" : <Plate text={plate} size="sm" />) },
    { head: words.decision, cell: ({ action }) => <Badge color={COLOURS[action]}>{words.actionsOf[action]}</Badge> },
    { head: siteStrings.reason, cell: reasonText },
    { head: words.took, cell: ({ tookMs }) => (tookMs === null ? "–" : formatMs(tookMs)), isNumber: true },
    { head: words.actuator, cell: ({ actuator }) => words.actuatorStates[actuator] ?? actuator },
  ];
  return (
    <Stack gap="md">
      {mayOperate && gates.length > 0 && (
        <Section title={words.openByHand} about={words.openByHandAbout}>
          <Group gap="xs">
            {gates.map(({ cameraId }) => (
              <OpenByHand key={cameraId} site={site} cameraId={cameraId} name={nameOf(cameraId)} />
            ))}
          </Group>
        </Section>
      )}
      <Section title={words.tabs.gates} about={words.gatesAbout} flush>
        <Answer query={decisions}>
          {({ rows }) =>
            rows.length === 0 ? (
              <Empty
                icon="lock"
                title={words.noGates}
                text={gates.length === 0 ? words.noGatesText : words.noDecisionsText}
              />
            ) : (
              <DataTable label={words.tabs.gates} minWidth={720} columns={columns} rows={rows} keyOf={({ id }) => id} />
            )
          }
        </Answer>
      </Section>
      <More pages={decisions} />
    </Stack>
  );
}

/** Why, what more was known, and who did it by hand. */
function reasonText({ reason, detail, plate, by }: GateDecisionOnWire): string {
  const more = detail === "" || detail === plate ? "" : `: ${detail}`;
  return `${words.reasons[reason] ?? reason}${more}${by === null ? "" : ` (${by})`}`;
}

function OpenByHand(props: { readonly site: Site; readonly cameraId: string; readonly name: string }): JSX.Element {
  const { site, cameraId, name } = props;
  const [isOpen, { open, close }] = useDisclosure();
  const [reason, setReason] = useState("");
  const send = useSend("POST", "/api/v1/sites/:id/gates/:camera/open", {
    ...{ stale: ["/api/v1/sites/:id/gates"], done: siteStrings.done, ownProblem: true, onDone: close },
  });
  return (
    <>
      <Button variant="default" aria-label={words.openAt(name)} onClick={open}>
        {name}
      </Button>
      <FormModal
        title={words.openAt(name)}
        opened={isOpen}
        onClose={close}
        onSubmit={() => send.mutate({ params: { id: site.id, camera: cameraId }, body: { reason } })}
        submit={words.openNow}
        isBusy={send.isPending}
        isDisabled={reason.trim().length < 3}
        error={send.error}
      >
        <TextInput
          label={siteStrings.reason}
          description={words.openHint}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          maxLength={500}
          data-autofocus
        />
      </FormModal>
    </>
  );
}
