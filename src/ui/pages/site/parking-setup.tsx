import { Group } from "@mantine/core";
import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { BodyGiven } from "../../api/client.ts";
import { NumberField, OptionalNumberField, TextField } from "../../parts/fields.tsx";
import { freeId, Rows } from "../../parts/rows.tsx";
import { Section } from "../../parts/section.tsx";
import { siteStrings } from "../../site-strings.ts";
import { NoCameras, type SiteCameras, useSiteCameras } from "./camera-fields.tsx";
import { ParkingCameraFields, PolicyFields } from "./parking-gates.tsx";
import { type SetupDraft, SetupForm } from "./setup-form.tsx";

const words = siteStrings.parking.setup;
const PATH = "/api/v1/sites/:id/parking";
export type ParkingDraft = BodyGiven<"PUT", typeof PATH>;
export type ParkingZone = NonNullable<ParkingDraft["zones"]>[number];
export type ParkingCamera = NonNullable<ParkingDraft["cameras"]>[number];

export function ParkingSetup({ site }: { readonly site: Site }): JSX.Element {
  const cameras = useSiteCameras(site);
  return (
    <SetupForm
      site={site}
      path={PATH}
      nameOf={(id, { zones = [] }) => cameras.nameOf(id) ?? zones.find((one) => one.id === id)?.name}
    >
      {(form) => <Fields {...form} cameras={cameras} />}
    </SetupForm>
  );
}

function Fields(props: SetupDraft<ParkingDraft> & { readonly cameras: SiteCameras }): JSX.Element {
  const { draft, change, cameras } = props;
  const { zones = [], cameras: rows = [] } = draft;
  /** A zone that goes is left by its cameras. */
  const changeZones = (next: readonly ParkingZone[]): void => {
    const ids = next.map(({ id }) => id);
    const left = rows.map((row) => ({ ...row, zones: row.zones?.filter((id) => ids.includes(id)) }));
    change({ zones: [...next], cameras: left });
  };
  return (
    <>
      <Section title={words.places} about={words.placesAbout}>
        <NumberField
          label={words.capacity}
          hint={words.capacityHint}
          at="/capacity"
          width={160}
          value={draft.capacity}
          onChange={(capacity) => change({ capacity })}
        />
        <Rows
          at="/zones"
          rows={zones}
          onChange={changeZones}
          add={words.addZone}
          empty={words.noZones}
          nameOf={({ name }, i) => name.trim() || words.newZone(i + 1)}
          fresh={(): ParkingZone => ({
            ...{ id: freeId("zone", zones), name: "", capacity: draft.capacity, priority: zones.length },
          })}
        >
          {(row, changeRow, at) => <ZoneFields {...{ row, at }} change={changeRow} />}
        </Rows>
      </Section>
      {cameras.isNone ? (
        <NoCameras title={words.cameras} />
      ) : (
        <Section title={words.cameras} about={words.camerasAbout}>
          <Rows
            at="/cameras"
            rows={rows}
            onChange={(next) => change({ cameras: [...next] })}
            add={words.addCamera}
            empty={words.noCameras}
            nameOf={({ cameraId }, i) => cameras.nameOf(cameraId) ?? words.newCamera(i + 1)}
            fresh={(): ParkingCamera => ({ cameraId: "", role: "entry" })}
          >
            {(row, changeRow, at) => (
              <ParkingCameraFields
                {...{ row, at, cameras, zones }}
                taken={rows.map(({ cameraId }) => cameraId)}
                change={changeRow}
              />
            )}
          </Rows>
        </Section>
      )}
      <Section title={words.policy} about={words.policyAbout}>
        <PolicyFields policy={draft.policy ?? {}} onChange={(policy) => change({ policy })} />
      </Section>
    </>
  );
}

function ZoneFields(props: {
  readonly row: ParkingZone;
  readonly change: (patch: Partial<ParkingZone>) => void;
  readonly at: string;
}): JSX.Element {
  const { row, change, at } = props;
  return (
    <Group align="flex-start" gap="sm">
      <TextField
        label={words.name}
        at={`${at}/name`}
        maxLength={120}
        value={row.name}
        onChange={(name) => change({ name })}
      />
      <NumberField
        label={words.capacity}
        at={`${at}/capacity`}
        value={row.capacity}
        onChange={(capacity) => change({ capacity })}
      />
      <OptionalNumberField
        label={words.maxStay}
        hint={words.maxStayHint}
        at={`${at}/maxStayMinutes`}
        suffix="min"
        min={1}
        value={row.maxStayMinutes}
        onChange={(maxStayMinutes) => change({ maxStayMinutes })}
      />
      <OptionalNumberField
        label={words.priority}
        hint={words.priorityHint}
        at={`${at}/priority`}
        max={1000}
        value={row.priority}
        onChange={(priority) => change({ priority })}
      />
    </Group>
  );
}
