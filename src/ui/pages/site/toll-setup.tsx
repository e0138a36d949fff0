import { Group, Stack, TagsInput } from "@mantine/core";
import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { BodyGiven } from "../../api/client.ts";
import { useListFault } from "../../parts/faults.tsx";
import { ChoiceField, OptionalNumberField, PercentField, TextField } from "../../parts/fields.tsx";
import { freeId, Rows } from "../../parts/rows.tsx";
import { Section } from "../../parts/section.tsx";
import { siteStrings } from "../../site-strings.ts";
import { CameraField, NoCameras, type SiteCameras, useSiteCameras } from "./camera-fields.tsx";
import { type SetupDraft, SetupForm } from "./setup-form.tsx";
import { Threshold } from "./toll-overview.tsx";
import { TollPrices } from "./toll-prices.tsx";

const words = siteStrings.toll.setup;
const PATH = "/api/v1/sites/:id/toll";
export type TollDraft = BodyGiven<"PUT", typeof PATH>;
type Gantry = TollDraft["gantries"][number];

/** What a road without any set-up begins with. */
const FIRST = { currency: "EUR", classes: ["car"], tariffs: [{ id: "tariff-1", fromMs: 0 }] };

export function TollSetup({ site }: { readonly site: Site }): JSX.Element {
  const cameras = useSiteCameras(site);
  return (
    <Stack gap="lg">
      <SetupForm
        site={site}
        path={PATH}
        nameOf={(id, { gantries }) => cameras.nameOf(id) ?? gantries.find((one) => one.id === id)?.name}
      >
        {({ draft, change }) => {
          const form = { draft: { ...draft, ...(draft.tariffs.length === 0 ? FIRST : {}) }, change };
          // What it begins with goes out with whatever is changed first.
          const changeAll: typeof change = (patch) =>
            change(draft.tariffs.length === 0 ? { ...FIRST, ...patch } : patch);
          return <Fields {...form} change={changeAll} cameras={cameras} />;
        }}
      </SetupForm>
      <Threshold site={site} />
    </Stack>
  );
}

function Fields(props: SetupDraft<TollDraft> & { readonly cameras: SiteCameras }): JSX.Element {
  const { draft, change, cameras } = props;
  return (
    <>
      <Section title={words.basics}>
        <Group align="flex-start" gap="sm">
          <TextField
            label={words.currency}
            hint={words.currencyHint}
            at="/currency"
            width={170}
            maxLength={3}
            value={draft.currency}
            onChange={(value) => change({ currency: value.toUpperCase() })}
          />
          <Classes classes={draft.classes} onChange={(classes) => change({ classes })} />
        </Group>
      </Section>
      {cameras.isNone ? (
        <NoCameras title={words.gantries} />
      ) : (
        <Section title={words.gantries} about={words.gantriesAbout}>
          <Gantries gantries={draft.gantries} cameras={cameras} onChange={(gantries) => change({ gantries })} />
        </Section>
      )}
      <Section title={words.tariffs} about={words.tariffsAbout}>
        <TollPrices draft={draft} change={change} />
      </Section>
      <Section title={words.review}>
        <Group align="flex-start" gap="sm">
          <PercentField
            label={words.threshold}
            hint={words.thresholdHint}
            at="/threshold"
            value={draft.threshold ?? undefined}
            onChange={(value) => change({ threshold: value ?? null })}
          />
          <PercentField
            label={words.knownShare}
            hint={words.knownShareHint}
            at="/knownShare"
            value={draft.knownShare}
            onChange={(knownShare) => change({ knownShare })}
          />
        </Group>
      </Section>
    </>
  );
}

function Classes(props: {
  readonly classes: readonly string[];
  readonly onChange: (classes: string[]) => void;
}): JSX.Element {
  return (
    <TagsInput
      label={words.classes}
      description={words.classesHint}
      inputWrapperOrder={["label", "input", "description", "error"]}
      error={useListFault("/classes")}
      value={[...props.classes]}
      onChange={props.onChange}
      maxTags={50}
      flex={1}
      miw={220}
    />
  );
}

function Gantries(props: {
  readonly gantries: readonly Gantry[];
  readonly cameras: SiteCameras;
  readonly onChange: (gantries: Gantry[]) => void;
}): JSX.Element {
  const { gantries, cameras, onChange } = props;
  const taken = gantries.flatMap((gantry) => gantry.cameras.map(({ cameraId }) => cameraId));
  return (
    <Rows
      at="/gantries"
      rows={gantries}
      onChange={(rows) => onChange([...rows])}
      add={words.addGantry}
      empty={words.noGantries}
      nameOf={({ name }, i) => name.trim() || words.newGantry(i + 1)}
      fresh={(): Gantry => ({
        ...{ id: freeId("gantry", gantries), name: "", kind: "point" },
        cameras: [{ cameraId: "", lane: "1" }],
      })}
    >
      {(gantry, change, at) => (
        <>
          <Group align="flex-start" gap="sm">
            <TextField
              label={words.name}
              at={`${at}/name`}
              maxLength={120}
              value={gantry.name}
              onChange={(name) => change({ name })}
            />
            <ChoiceField
              label={words.kind}
              at={`${at}/kind`}
              names={words.kinds}
              value={gantry.kind}
              onChange={(kind) => change({ kind })}
            />
            {gantry.kind === "point" ? (
              <OptionalNumberField
                label={words.sectionMetres}
                hint={words.sectionHint}
                at={`${at}/sectionMetres`}
                suffix="m"
                isWhole={false}
                value={gantry.sectionMetres}
                onChange={(sectionMetres) => change({ sectionMetres })}
              />
            ) : (
              <OptionalNumberField
                label={words.metre}
                hint={words.metreHint}
                at={`${at}/metre`}
                suffix="m"
                isWhole={false}
                min={-1e8}
                value={gantry.metre}
                onChange={(metre) => change({ metre })}
              />
            )}
          </Group>
          <Rows
            isPlain
            at={`${at}/cameras`}
            rows={gantry.cameras}
            onChange={(rows) => change({ cameras: [...rows] })}
            add={words.addCamera}
            empty={words.noLanes}
            nameOf={({ cameraId }, i) => cameras.nameOf(cameraId) ?? words.laneOf(i + 1)}
            fresh={() => ({ cameraId: "", lane: String(gantry.cameras.length + 1) })}
          >
            {(camera, changeCamera, cameraAt) => (
              <>
                <CameraField
                  label={words.camera}
                  at={`${cameraAt}/cameraId`}
                  cameras={cameras}
                  taken={taken}
                  value={camera.cameraId}
                  onChange={(cameraId) => changeCamera({ cameraId })}
                />
                <TextField
                  label={words.lane}
                  at={`${cameraAt}/lane`}
                  width={72}
                  maxLength={20}
                  value={camera.lane ?? "1"}
                  onChange={(lane) => changeCamera({ lane })}
                />
              </>
            )}
          </Rows>
        </>
      )}
    </Rows>
  );
}
