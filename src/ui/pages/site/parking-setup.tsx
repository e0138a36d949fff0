import { Button, Checkbox, Group, NativeSelect, NumberInput, Stack, Table, Text, TextInput } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Answered, BodyGiven } from "../../api/client.ts";
import { useAll, useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { JsonForm } from "../../parts/json-form.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty, Problem } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";

const words = siteStrings.parking;
const PATH = "/api/v1/sites/:id/parking";
type Config = Answered<"GET", typeof PATH>;
type Body = BodyGiven<"PUT", typeof PATH>;
type Camera = Config["cameras"][number];
const ROLES = ["none", "entry", "exit", "both"] as const;

export function ParkingSetup({ site }: { readonly site: Site }): JSX.Element {
  const config = useGet(PATH, { params: { id: site.id } });
  return <Answer query={config}>{(found) => <Forms site={site} config={found} />}</Answer>;
}

function Forms({ site, config }: { readonly site: Site; readonly config: Config }): JSX.Element {
  const cameras = useAll("/api/v1/cameras", { enabled: useMay("cameras:read") });
  const mayWrite = useMay("sites:write");
  const [capacity, setCapacity] = useState<number | string>(config.capacity);
  const [roles, setRoles] = useState<readonly Camera[]>(config.cameras);
  useEffect(() => {
    setCapacity(config.capacity);
    setRoles(config.cameras);
  }, [config]);
  const save = useSend("PUT", PATH, {
    stale: [PATH, "/api/v1/sites/:id/parking/overview", "/api/v1/cameras"],
    done: siteStrings.saved,
    ownProblem: true,
  });
  const { timeZone: _, ...setup } = config;
  const put = (body: Body): void => save.mutate({ params: { id: site.id }, body });
  const change = (cameraId: string, patch: Partial<Camera> | null): void => {
    const others = roles.filter((one) => one.cameraId !== cameraId);
    const before = roles.find((one) => one.cameraId === cameraId);
    const fresh: Camera = before ?? { cameraId, role: "entry", zones: [], hasGate: false, actuator: null };
    setRoles(patch === null ? others : [...others, { ...fresh, ...patch }]);
  };
  return (
    <Stack gap="lg">
      <Section title={words.cameras} about={words.camerasHint}>
        <NumberInput
          label={words.capacity}
          value={capacity}
          onChange={setCapacity}
          min={0}
          allowDecimal={false}
          maw={160}
          readOnly={!mayWrite}
        />
        <Answer query={cameras}>
          {(all) =>
            all.length === 0 ? (
              <Empty icon="camera" title={words.noCameras} />
            ) : (
              <Table.ScrollContainer minWidth={700} type="native" tabIndex={0}>
                <Table aria-label={words.cameras}>
                  <Table.Tbody>
                    {all
                      .filter(({ siteId }) => siteId === null || siteId === site.id)
                      .map(({ id, name }) => (
                        <CameraRow
                          key={id}
                          name={name}
                          camera={roles.find(({ cameraId }) => cameraId === id)}
                          onChange={(patch) => change(id, patch)}
                        />
                      ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )
          }
        </Answer>
        {save.error !== null && <Problem error={save.error} />}
        {mayWrite && (
          <Group justify="flex-end">
            <Button
              loading={save.isPending}
              onClick={() => put({ ...setup, capacity: Number(capacity), cameras: [...roles] })}
            >
              {strings.actions.save}
            </Button>
          </Group>
        )}
      </Section>
      <Section title={words.zonesAndPolicy}>
        <JsonForm
          label={siteStrings.asJson}
          value={setup}
          isBusy={save.isPending}
          mayWrite={mayWrite}
          error={null}
          onSave={(value) => put(value as Body)} // checked by the server, which names what is wrong
        />
      </Section>
    </Stack>
  );
}

function CameraRow(props: {
  readonly name: string;
  readonly camera: Camera | undefined;
  readonly onChange: (patch: Partial<Camera> | null) => void;
}): JSX.Element {
  const { name, camera, onChange } = props;
  const address =
    camera?.actuator == null ? "" : camera.actuator.kind === "http" ? camera.actuator.url : camera.actuator.topic;
  const actuatorOf = (text: string): Camera["actuator"] =>
    text.trim() === ""
      ? null
      : /^https?:/.test(text)
        ? { kind: "http", url: text.trim(), tell: "open" }
        : { kind: "mqtt", topic: text.trim(), tell: "open" };
  return (
    <Table.Tr>
      <Table.Td fw={600}>{name}</Table.Td>
      <Table.Td>
        <NativeSelect
          aria-label={words.roleOf(name)}
          data={ROLES.map((value) => ({ value, label: words.roles[value] }))}
          value={camera?.role ?? "none"}
          onChange={({ currentTarget: { value } }) => {
            const role = ROLES.find((one) => one === value) ?? "none";
            onChange(role === "none" ? null : { role });
          }}
        />
      </Table.Td>
      <Table.Td>
        {camera !== undefined && (
          <Checkbox
            label={words.hasGate}
            checked={camera.hasGate}
            onChange={({ currentTarget: { checked } }) => onChange({ hasGate: checked })}
          />
        )}
      </Table.Td>
      <Table.Td>
        {camera?.hasGate === true && (
          <>
            <TextInput
              aria-label={`${words.barrierAddress}, ${name}`}
              placeholder={words.barrierAddress}
              value={address}
              onChange={({ currentTarget: { value } }) => onChange({ actuator: actuatorOf(value) })}
            />
            <Text size="xs" c="dimmed">
              {words.barrierHint}
            </Text>
          </>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
