/** The fields of what enforcement holds passages against: average speed, restricted zones, bus lanes, permitted hours. */
import { Group, MultiSelect } from "@mantine/core";
import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import { useAll } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useListFault } from "../../parts/faults.tsx";
import { ChoiceField, LinesField, NumberField, OptionalNumberField, TextField } from "../../parts/fields.tsx";
import { siteStrings } from "../../site-strings.ts";
import { type CameraRow, CamerasField, WayFields } from "./camera-fields.tsx";
import type { Restriction, SpeedSection } from "./enforcement-setup.tsx";
import { HoursField } from "./hours-field.tsx";

const words = siteStrings.enforcement.setup;

export function SectionFields({ row, change, at, cameras }: CameraRow<SpeedSection>): JSX.Element {
  return (
    <>
      <Group align="flex-start" gap="sm">
        <TextField
          label={words.sectionName}
          hint={words.sectionNameHint}
          at={`${at}/id`}
          maxLength={64}
          value={row.id}
          onChange={(id) => change({ id })}
        />
        <WayFields {...{ row, change, at, cameras }} />
      </Group>
      <Group align="flex-start" gap="sm">
        <NumberField
          label={words.metres}
          hint={words.metresHint}
          at={`${at}/metres`}
          suffix="m"
          isWhole={false}
          value={row.metres}
          onChange={(metres) => change({ metres })}
        />
        <NumberField
          label={words.limit}
          at={`${at}/limitKmh`}
          suffix="km/h"
          isWhole={false}
          value={row.limitKmh}
          onChange={(limitKmh) => change({ limitKmh })}
        />
        <NumberField
          label={words.margin}
          hint={words.marginHint}
          at={`${at}/marginKmh`}
          suffix="km/h"
          isWhole={false}
          value={row.marginKmh ?? 3}
          onChange={(marginKmh) => change({ marginKmh })}
        />
        <NumberField
          label={words.metresTolerance}
          at={`${at}/metresTolerance`}
          suffix="m"
          isWhole={false}
          value={row.metresTolerance ?? 0}
          onChange={(metresTolerance) => change({ metresTolerance })}
        />
        <NumberField
          label={words.clockTolerance}
          at={`${at}/clockToleranceMs`}
          suffix="ms"
          value={row.clockToleranceMs ?? 100}
          onChange={(clockToleranceMs) => change({ clockToleranceMs })}
        />
      </Group>
    </>
  );
}

export function RestrictionFields(props: CameraRow<Restriction> & { readonly site: Site }): JSX.Element {
  const { row, change, at, cameras, site } = props;
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
        <ChoiceField
          label={words.kind}
          at={`${at}/kind`}
          names={words.kinds}
          value={row.kind}
          onChange={(kind) => change({ kind })}
        />
        <ChoiceField
          label={words.direction}
          at={`${at}/direction`}
          names={words.directions}
          value={row.direction ?? "any"}
          onChange={(direction) => change({ direction: direction === "any" ? undefined : direction })}
        />
      </Group>
      <Group align="flex-start" gap="sm">
        <CamerasField
          label={words.cameras}
          at={`${at}/cameraIds`}
          cameras={cameras}
          value={row.cameraIds}
          onChange={(cameraIds) => change({ cameraIds: [...cameraIds] })}
        />
        <ExemptLists
          at={`${at}/exemptLists`}
          site={site}
          ids={row.exemptLists ?? []}
          onChange={(exemptLists) => change({ exemptLists })}
        />
      </Group>
      <HoursField
        at={`${at}/hours`}
        hours={row.hours ?? []}
        empty={row.kind === "permitted-hours" ? words.noPermittedHours : words.alwaysForbidden}
        onChange={(hours) => change({ hours: hours.length === 0 ? undefined : hours })}
      />
      <Group align="flex-start" gap="sm">
        <LinesField
          label={words.holidays}
          hint={words.holidaysHint}
          at={`${at}/holidays`}
          value={row.holidays ?? []}
          onChange={(holidays) => change({ holidays: holidays.length === 0 ? undefined : [...holidays] })}
        />
        <OptionalNumberField
          label={words.priority}
          hint={words.priorityHint}
          at={`${at}/priority`}
          max={1000}
          width={220}
          value={row.priority}
          onChange={(priority) => change({ priority })}
        />
      </Group>
    </>
  );
}

/** Lists of plates that may all the same: the site's own and those of no site. */
function ExemptLists(props: {
  readonly at: string;
  readonly site: Site;
  readonly ids: readonly string[];
  readonly onChange: (ids: string[]) => void;
}): JSX.Element {
  const { at, site, ids, onChange } = props;
  const lists = useAll("/api/v1/lists", { enabled: useMay("lists:read") });
  const usable = lists.data?.filter(({ siteId }) => siteId === null || siteId === site.id) ?? [];
  const gone = ids.filter((id) => !usable.some((one) => one.id === id));
  return (
    <MultiSelect
      label={words.exempt}
      inputWrapperOrder={["label", "input", "description", "error"]}
      flex={1}
      miw={220}
      error={useListFault(at)}
      placeholder={ids.length === 0 ? words.noExempt : ""}
      data={[
        ...usable.map(({ id, name }) => ({ value: id, label: name })),
        ...gone.map((id) => ({ value: id, label: words.goneList })),
      ]}
      value={[...ids]}
      onChange={onChange}
      clearable
    />
  );
}
