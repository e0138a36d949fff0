/** Cameras of a site chosen by name, out of those that it may use: its own, and those of no site. */
import { MultiSelect, NativeSelect } from "@mantine/core";
import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import { useAll } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useFault } from "../../parts/faults.tsx";
import type { FieldProps } from "../../parts/fields.tsx";
import { LinkButton } from "../../parts/link.tsx";
import { Section } from "../../parts/section.tsx";
import { Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";

const words = siteStrings.form;

export interface SiteCameras {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly nameOf: (id: string) => string | undefined;
  /** It is known that there is none. */
  readonly isNone: boolean;
}

export function useSiteCameras(site: Site): SiteCameras {
  const { data } = useAll("/api/v1/cameras", { enabled: useMay("cameras:read") });
  const usable = data?.filter(({ siteId }) => siteId === null || siteId === site.id) ?? [];
  return {
    options: usable.map(({ id, name }) => ({ value: id, label: name })),
    nameOf: (id) => data?.find((one) => one.id === id)?.name,
    isNone: data !== undefined && usable.length === 0,
  };
}

interface CameraProps {
  readonly cameras: SiteCameras;
  /** At other places already; a camera stands at one. */
  readonly taken?: readonly string[];
}

export function CameraField(props: FieldProps<string> & CameraProps): JSX.Element {
  const { cameras, taken = [], value, onChange, label, at, hint } = props;
  const fault = useFault(at);
  const isKnown = value === "" || cameras.options.some((one) => one.value === value);
  return (
    <NativeSelect
      label={label}
      {...(hint === undefined ? {} : { description: hint })}
      inputWrapperOrder={["label", "input", "description", "error"]}
      flex={1}
      miw={150}
      error={fault !== undefined && value === "" ? words.chooseCamera : fault}
      data={[
        { value: "", label: words.chooseCamera, disabled: true },
        ...cameras.options.map((one) => ({ ...one, disabled: one.value !== value && taken.includes(one.value) })),
        ...(isKnown ? [] : [{ value, label: cameras.nameOf(value) ?? words.goneCamera }]),
      ]}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

export function CamerasField(
  props: FieldProps<readonly string[]> & { readonly cameras: SiteCameras; readonly empty?: string },
): JSX.Element {
  const { cameras, value, onChange, label, at, hint, empty } = props;
  const gone = value.filter((id) => !cameras.options.some((one) => one.value === id));
  return (
    <MultiSelect
      label={label}
      {...(hint === undefined ? {} : { description: hint })}
      inputWrapperOrder={["label", "input", "description", "error"]}
      flex={1}
      miw={220}
      error={useFault(at)}
      placeholder={value.length === 0 ? (empty ?? words.chooseCamera) : ""}
      data={[...cameras.options, ...gone.map((id) => ({ value: id, label: cameras.nameOf(id) ?? words.goneCamera }))]}
      value={[...value]}
      onChange={onChange}
      clearable
    />
  );
}

/** A row of a form with cameras: its fields, and where the server names them. */
export interface CameraRow<Row> {
  readonly row: Row;
  readonly change: (patch: Partial<Row>) => void;
  readonly at: string;
  readonly cameras: SiteCameras;
}

/** The two ends of a section of road. */
export function WayFields(
  props: CameraRow<{ readonly fromCameraId: string; readonly toCameraId: string }>,
): JSX.Element {
  const { row, change, at, cameras } = props;
  return (
    <>
      <CameraField
        label={words.from}
        at={`${at}/fromCameraId`}
        cameras={cameras}
        taken={[row.toCameraId]}
        value={row.fromCameraId}
        onChange={(fromCameraId) => change({ fromCameraId })}
      />
      <CameraField
        label={words.to}
        at={`${at}/toCameraId`}
        cameras={cameras}
        taken={[row.fromCameraId]}
        value={row.toCameraId}
        onChange={(toCameraId) => change({ toCameraId })}
      />
    </>
  );
}

/** Where a form would offer cameras, but there is none to choose. */
export function NoCameras({ title }: { readonly title: string }): JSX.Element {
  return (
    <Section title={title}>
      <Empty icon="camera" title={words.noCameras}>
        <LinkButton to="/cameras" variant="default">
          {words.addCameras}
        </LinkButton>
      </Empty>
    </Section>
  );
}
