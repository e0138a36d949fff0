import { Badge, Button, Group, Stack, Table, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import { useGet, usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatMs, formatTimeShort } from "../../parts/format.ts";
import { Plate } from "../../parts/plate.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";

const words = siteStrings.parking;
const COLOURS = { open: "teal", deny: "red", ask: "orange" } as const;

export function Gates({ site }: { readonly site: Site }): JSX.Element {
  const params = { id: site.id };
  const decisions = usePages("/api/v1/sites/:id/gates", { params });
  const setup = useGet("/api/v1/sites/:id/parking", { params });
  const mayOperate = useMay("sites:operate");
  const { nameOf } = useCameraNames();
  const gates = setup.data?.cameras.filter(({ hasGate }) => hasGate) ?? [];
  return (
    <Stack gap="md">
      {mayOperate && gates.length > 0 && (
        <Group gap="xs">
          {gates.map(({ cameraId }) => (
            <OpenByHand key={cameraId} site={site} cameraId={cameraId} name={nameOf(cameraId)} />
          ))}
        </Group>
      )}
      <Section title={words.tabs.gates} about={words.gatesAbout} flush>
        <Answer query={decisions}>
          {({ rows }) =>
            rows.length === 0 ? (
              <Empty icon="lock" title={words.noGates} text={words.noGatesText} />
            ) : (
              <Table.ScrollContainer minWidth={720} type="native" tabIndex={0}>
                <Table aria-label={words.tabs.gates}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{siteStrings.time}</Table.Th>
                      <Table.Th>{siteStrings.camera}</Table.Th>
                      <Table.Th>{siteStrings.plate}</Table.Th>
                      <Table.Th>{words.decision}</Table.Th>
                      <Table.Th>{siteStrings.reason}</Table.Th>
                      <Table.Th>{words.took}</Table.Th>
                      <Table.Th>{words.actuator}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {rows.map((one) => (
                      <Table.Tr key={one.id}>
                        <Table.Td>{formatTimeShort(one.timeMs)}</Table.Td>
                        <Table.Td>{nameOf(one.cameraId)}</Table.Td>
                        <Table.Td>{one.plate === null ? "–" : <Plate text={one.plate} size="sm" />}</Table.Td>
                        <Table.Td>
                          <Badge color={COLOURS[one.action]}>{words.actionsOf[one.action]}</Badge>
                        </Table.Td>
                        <Table.Td>
                          {words.reasons[one.reason] ?? one.reason}
                          {one.detail === "" || one.detail === one.plate ? "" : `: ${one.detail}`}
                          {one.by === null ? "" : ` (${one.by})`}
                        </Table.Td>
                        <Table.Td>{one.tookMs === null ? "–" : formatMs(one.tookMs)}</Table.Td>
                        <Table.Td>{one.actuator}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )
          }
        </Answer>
      </Section>
      {decisions.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={decisions.isFetchingNextPage}
            onClick={() => void decisions.fetchNextPage()}
          >
            {strings.actions.more}
          </Button>
        </Group>
      )}
    </Stack>
  );
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
      <Button variant="default" onClick={open}>
        {words.openAt(name)}
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
