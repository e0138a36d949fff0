import { Group } from "@mantine/core";
import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { BodyGiven } from "../../api/client.ts";
import { NumberField, TextField } from "../../parts/fields.tsx";
import { freeId, Rows } from "../../parts/rows.tsx";
import { Section } from "../../parts/section.tsx";
import { siteStrings } from "../../site-strings.ts";
import {
  CameraField,
  type CameraRow,
  NoCameras,
  type SiteCameras,
  useSiteCameras,
  WayFields,
} from "./camera-fields.tsx";
import { type SetupDraft, SetupForm } from "./setup-form.tsx";

const words = siteStrings.traffic.setup;
const PATH = "/api/v1/sites/:id/traffic";
type Draft = BodyGiven<"PUT", typeof PATH>;
type Point = NonNullable<Draft["cameras"]>[number];
type RoadSection = NonNullable<Draft["sections"]>[number];

export function TrafficSetup({ site }: { readonly site: Site }): JSX.Element {
  const cameras = useSiteCameras(site);
  return (
    <SetupForm
      site={site}
      path={PATH}
      nameOf={(id, { sections = [] }) => cameras.nameOf(id) ?? sections.find((one) => one.id === id)?.name}
    >
      {(form) => (cameras.isNone ? <NoCameras title={words.points} /> : <Fields {...form} cameras={cameras} />)}
    </SetupForm>
  );
}

function Fields(props: SetupDraft<Draft> & { readonly cameras: SiteCameras }): JSX.Element {
  const { draft, change, cameras } = props;
  const { cameras: points = [], sections = [], k = 5, tripGapMinutes = 60 } = draft;
  return (
    <>
      <Section title={words.points} about={words.pointsAbout}>
        <Rows
          isPlain
          at="/cameras"
          rows={points}
          onChange={(rows) => change({ cameras: [...rows] })}
          add={words.addPoint}
          empty={words.noPoints}
          nameOf={({ cameraId }, i) => cameras.nameOf(cameraId) ?? words.newPoint(i + 1)}
          fresh={(): Point => ({ cameraId: "", lane: "1", point: null })}
        >
          {(row, changeRow, at) => (
            <PointFields {...{ row, at, cameras }} change={changeRow} taken={points.map(({ cameraId }) => cameraId)} />
          )}
        </Rows>
      </Section>
      <Section title={words.sections} about={words.sectionsAbout}>
        <Rows
          at="/sections"
          rows={sections}
          onChange={(rows) => change({ sections: [...rows] })}
          add={words.addSection}
          empty={words.noSections}
          nameOf={({ name }, i) => name.trim() || words.newSection(i + 1)}
          fresh={(): RoadSection => ({
            ...{ id: freeId("section", sections), name: "", fromCameraId: "", toCameraId: "", metres: Number.NaN },
          })}
        >
          {(row, changeRow, at) => <SectionFields {...{ row, at, cameras }} change={changeRow} />}
        </Rows>
      </Section>
      <Section title={words.trips} about={words.tripsAbout}>
        <Group align="flex-start" gap="sm">
          <NumberField
            label={words.k}
            hint={words.kHint}
            at="/k"
            min={2}
            value={k}
            onChange={(next) => change({ k: next })}
          />
          <NumberField
            label={words.gap}
            hint={words.gapHint}
            at="/tripGapMinutes"
            suffix="min"
            min={1}
            value={tripGapMinutes}
            onChange={(next) => change({ tripGapMinutes: next })}
          />
        </Group>
      </Section>
    </>
  );
}

function PointFields(props: CameraRow<Point> & { readonly taken: readonly string[] }): JSX.Element {
  const { row, change, at, cameras, taken } = props;
  return (
    <>
      <CameraField
        label={words.camera}
        at={`${at}/cameraId`}
        {...{ cameras, taken }}
        value={row.cameraId}
        onChange={(cameraId) => change({ cameraId })}
      />
      <TextField
        label={words.lane}
        at={`${at}/lane`}
        width={72}
        maxLength={20}
        value={row.lane ?? "1"}
        onChange={(lane) => change({ lane })}
      />
      <TextField
        label={words.point}
        hint={words.pointHint}
        at={`${at}/point`}
        maxLength={60}
        value={row.point ?? ""}
        onChange={(point) => change({ point: point === "" ? null : point })}
      />
    </>
  );
}

function SectionFields({ row, change, at, cameras }: CameraRow<RoadSection>): JSX.Element {
  return (
    <>
      <Group align="flex-start" gap="sm">
        <TextField
          label={words.name}
          at={`${at}/name`}
          maxLength={120}
          value={row.name}
          onChange={(name) => change({ name })}
        />
        <NumberField
          label={words.metres}
          at={`${at}/metres`}
          suffix="m"
          isWhole={false}
          width={160}
          value={row.metres}
          onChange={(metres) => change({ metres })}
        />
      </Group>
      <Group align="flex-start" gap="sm">
        <WayFields {...{ row, change, at, cameras }} />
      </Group>
    </>
  );
}
