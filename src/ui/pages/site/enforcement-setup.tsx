import { Button, CopyButton, Group, Stack, Text } from "@mantine/core";
import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { BodyGiven } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";
import { MomentField, OptionalNumberField, PercentField, TextField } from "../../parts/fields.tsx";
import { freeId, Rows } from "../../parts/rows.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";
import {
  CameraField,
  type CameraRow,
  CamerasField,
  NoCameras,
  type SiteCameras,
  useSiteCameras,
} from "./camera-fields.tsx";
import { RestrictionFields, SectionFields } from "./enforcement-rules.tsx";
import { type SetupDraft, SetupForm } from "./setup-form.tsx";

const words = siteStrings.enforcement.setup;
const PATH = "/api/v1/sites/:id/enforcement";
type Draft = BodyGiven<"PUT", typeof PATH>;
export type Restriction = NonNullable<Draft["restrictions"]>[number];
export type SpeedSection = NonNullable<Draft["sections"]>[number];
type Clock = NonNullable<Draft["clocks"]>[number];

export function EnforcementSetup({ site }: { readonly site: Site }): JSX.Element {
  const cameras = useSiteCameras(site);
  return (
    <Stack gap="lg">
      <SetupForm
        site={site}
        path={PATH}
        nameOf={(id, { restrictions = [] }) => cameras.nameOf(id) ?? restrictions.find((one) => one.id === id)?.name}
      >
        {(form) =>
          cameras.isNone ? <NoCameras title={words.wanted} /> : <Fields {...form} site={site} cameras={cameras} />
        }
      </SetupForm>
      <SigningKey site={site} />
    </Stack>
  );
}

function Fields(props: SetupDraft<Draft> & { readonly site: Site; readonly cameras: SiteCameras }): JSX.Element {
  const { draft, change, cameras, site } = props;
  const { restrictions = [], sections = [], clocks = [] } = draft;
  return (
    <>
      <Section title={words.wanted} about={words.wantedAbout}>
        <Group align="flex-start" gap="sm">
          <CamerasField
            label={words.cameras}
            hint={words.camerasHint}
            at="/cameras"
            cameras={cameras}
            value={draft.cameras ?? []}
            onChange={(ids) => change({ cameras: [...ids] })}
          />
          <PercentField
            label={words.minProbability}
            hint={words.minProbabilityHint}
            at="/minProbability"
            value={draft.minProbability}
            onChange={(minProbability) => change({ minProbability })}
          />
        </Group>
      </Section>
      <Section title={words.sections} about={words.sectionsAbout}>
        <Rows
          at="/sections"
          rows={sections}
          onChange={(rows) => change({ sections: [...rows] })}
          add={words.addSection}
          empty={words.noSections}
          nameOf={({ id }, i) => id.trim() || words.newSection(i + 1)}
          fresh={(): SpeedSection => ({
            ...{ id: freeId("section", sections), fromCameraId: "", toCameraId: "" },
            ...{ metres: Number.NaN, limitKmh: 50, metresTolerance: 5, clockToleranceMs: 100, marginKmh: 3 },
          })}
        >
          {(row, changeRow, at) => <SectionFields {...{ row, at, cameras }} change={changeRow} />}
        </Rows>
      </Section>
      <Section title={words.restrictions} about={words.restrictionsAbout}>
        <Rows
          at="/restrictions"
          rows={restrictions}
          onChange={(rows) => change({ restrictions: [...rows] })}
          add={words.addRestriction}
          empty={words.noRestrictions}
          nameOf={({ name }, i) => name.trim() || words.newRestriction(i + 1)}
          fresh={(): Restriction => ({
            ...{ id: freeId("rule", restrictions), name: "", kind: "restricted-zone", cameraIds: [] },
          })}
        >
          {(row, changeRow, at) => <RestrictionFields {...{ row, at, cameras, site }} change={changeRow} />}
        </Rows>
      </Section>
      <Section title={words.clocks} about={words.clocksAbout}>
        <Rows
          at="/clocks"
          rows={clocks}
          onChange={(rows) => change({ clocks: [...rows] })}
          add={words.addClock}
          empty={words.noClocks}
          nameOf={({ cameraId }, i) => cameras.nameOf(cameraId) ?? words.newClock(i + 1)}
          fresh={(): Clock => ({ cameraId: "", source: "NTP" })}
        >
          {(row, changeRow, at) => (
            <ClockFields {...{ row, at, cameras }} change={changeRow} taken={clocks.map(({ cameraId }) => cameraId)} />
          )}
        </Rows>
      </Section>
    </>
  );
}

function ClockFields(props: CameraRow<Clock> & { readonly taken: readonly string[] }): JSX.Element {
  const { row, change, at, cameras, taken } = props;
  return (
    <>
      <Group align="flex-start" gap="sm">
        <CameraField
          label={words.camera}
          at={`${at}/cameraId`}
          {...{ cameras, taken }}
          value={row.cameraId}
          onChange={(cameraId) => change({ cameraId })}
        />
        <TextField
          label={words.source}
          hint={words.sourceHint}
          at={`${at}/source`}
          maxLength={40}
          value={row.source}
          onChange={(source) => change({ source })}
        />
      </Group>
      <Group align="flex-start" gap="sm">
        <OptionalNumberField
          label={words.offset}
          at={`${at}/offsetMs`}
          suffix="ms"
          min={-1e9}
          isWhole={false}
          value={row.offsetMs ?? undefined}
          onChange={(offsetMs) => change({ offsetMs: offsetMs ?? null })}
        />
        <OptionalNumberField
          label={words.tolerance}
          at={`${at}/toleranceMs`}
          suffix="ms"
          isWhole={false}
          value={row.toleranceMs ?? undefined}
          onChange={(toleranceMs) => change({ toleranceMs: toleranceMs ?? null })}
        />
        <MomentField
          label={words.checked}
          at={`${at}/checkedMs`}
          value={row.checkedMs ?? null}
          onChange={(checkedMs) => change({ checkedMs })}
        />
      </Group>
    </>
  );
}

function SigningKey({ site }: { readonly site: Site }): JSX.Element {
  const key = useGet("/api/v1/sites/:id/evidence-key", { params: { id: site.id } });
  return (
    <Section title={words.key} about={words.keyAbout}>
      <Answer query={key}>
        {({ publicKey, fingerprint }) => (
          <Group gap="md">
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {words.fingerprint}: {fingerprint}
            </Text>
            <CopyButton value={publicKey}>
              {({ copied, copy }) => (
                <Button size="xs" variant="default" onClick={copy}>
                  {copied ? strings.actions.copied : words.copyKey}
                </Button>
              )}
            </CopyButton>
          </Group>
        )}
      </Answer>
    </Section>
  );
}
