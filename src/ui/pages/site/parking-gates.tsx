/** The fields of a car park's cameras and barriers, and of what barriers do in each case. */
import { Group, MultiSelect, SimpleGrid } from "@mantine/core";
import type { JSX } from "react";
import { useListFault } from "../../parts/faults.tsx";
import { ChoiceField, NumberField, PercentField, SwitchField, TextField } from "../../parts/fields.tsx";
import { siteStrings } from "../../site-strings.ts";
import { CameraField, type SiteCameras } from "./camera-fields.tsx";
import type { ParkingCamera, ParkingDraft, ParkingZone } from "./parking-setup.tsx";

const words = siteStrings.parking.setup;
const actions = siteStrings.parking.actionsOf;
type Policy = NonNullable<ParkingDraft["policy"]>;
type Actuator = NonNullable<ParkingCamera["actuator"]>;

export function ParkingCameraFields(props: {
  readonly row: ParkingCamera;
  readonly change: (patch: Partial<ParkingCamera>) => void;
  readonly at: string;
  readonly cameras: SiteCameras;
  readonly zones: readonly ParkingZone[];
  readonly taken: readonly string[];
}): JSX.Element {
  const { row, change, at, cameras, zones, taken } = props;
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
        <ChoiceField
          label={words.role}
          at={`${at}/role`}
          names={words.roles}
          value={row.role}
          onChange={(role) => change({ role })}
        />
        {row.role === "both" && (
          <ChoiceField
            label={words.entersBy}
            at={`${at}/entersBy`}
            names={words.directions}
            value={row.entersBy ?? "in"}
            onChange={(entersBy) => change({ entersBy })}
          />
        )}
        {zones.length > 0 && (
          <Zones at={`${at}/zones`} zones={zones} ids={row.zones ?? []} onChange={(ids) => change({ zones: ids })} />
        )}
      </Group>
      <SwitchField
        label={words.hasGate}
        hint={words.hasGateHint}
        at={`${at}/hasGate`}
        value={row.hasGate ?? false}
        onChange={(hasGate) => change({ hasGate })}
      />
      {row.hasGate && (
        <ActuatorFields
          at={`${at}/actuator`}
          actuator={row.actuator ?? null}
          onChange={(actuator) => change({ actuator })}
        />
      )}
    </>
  );
}

function Zones(props: {
  readonly at: string;
  readonly zones: readonly ParkingZone[];
  readonly ids: readonly string[];
  readonly onChange: (ids: string[]) => void;
}): JSX.Element {
  return (
    <MultiSelect
      label={words.zones}
      description={words.zonesHint}
      inputWrapperOrder={["label", "input", "description", "error"]}
      flex={1}
      miw={200}
      error={useListFault(props.at)}
      placeholder={props.ids.length === 0 ? words.wholeSite : ""}
      data={props.zones.map(({ id, name }, i) => ({ value: id, label: name.trim() || words.newZone(i + 1) }))}
      value={[...props.ids]}
      onChange={props.onChange}
      clearable
    />
  );
}

function ActuatorFields(props: {
  readonly at: string;
  readonly actuator: Actuator | null;
  readonly onChange: (actuator: Actuator | null) => void;
}): JSX.Element {
  const { at, actuator, onChange } = props;
  const fresh = { none: null, http: { kind: "http", url: "" }, mqtt: { kind: "mqtt", topic: "" } } as const;
  return (
    <Group align="flex-start" gap="sm">
      <ChoiceField
        label={words.actuator}
        at={at}
        names={words.actuators}
        value={actuator?.kind ?? "none"}
        onChange={(kind) => onChange(fresh[kind])}
      />
      {actuator?.kind === "http" && (
        <TextField
          label={words.url}
          hint={words.urlHint}
          at={`${at}/url`}
          maxLength={2000}
          value={actuator.url}
          onChange={(url) => onChange({ ...actuator, url })}
        />
      )}
      {actuator?.kind === "mqtt" && (
        <TextField
          label={words.topic}
          hint={words.topicHint}
          at={`${at}/topic`}
          maxLength={500}
          value={actuator.topic}
          onChange={(topic) => onChange({ ...actuator, topic })}
        />
      )}
      {actuator !== null && (
        <ChoiceField
          label={words.tell}
          at={`${at}/tell`}
          names={words.tells}
          value={actuator.tell ?? "open"}
          onChange={(tell) => onChange({ ...actuator, tell })}
        />
      )}
    </Group>
  );
}

const CASES = ["unreadable", "visitor", "full", "unpaid", "noEntry", "alreadyInside"] as const;

/** All of them as the server filled them in; it fills in again what is missing. */
export function PolicyFields(props: {
  readonly policy: Policy;
  readonly onChange: (policy: Policy) => void;
}): JSX.Element {
  const { policy, onChange } = props;
  const change = (patch: Policy): void => onChange({ ...policy, ...patch });
  const { failSafe = { entry: "ask", exit: "open" } } = policy;
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        <PercentField
          label={words.minConfidence}
          at="/policy/minConfidence"
          value={policy.minConfidence}
          onChange={(minConfidence) => change({ minConfidence })}
        />
        {CASES.map((name) => (
          <ChoiceField
            key={name}
            label={words[name]}
            at={`/policy/${name}`}
            names={actions}
            value={policy[name] ?? "ask"}
            onChange={(action) => change({ [name]: action })}
          />
        ))}
        <ChoiceField
          label={words.refusedPermit}
          at="/policy/refusedPermit"
          names={{ "as-visitor": words.asVisitor, ...actions }}
          value={policy.refusedPermit ?? "as-visitor"}
          onChange={(refusedPermit) => change({ refusedPermit })}
        />
        <ChoiceField
          label={words.failSafeEntry}
          hint={words.failSafeHint}
          at="/policy/failSafe/entry"
          names={actions}
          value={failSafe.entry}
          onChange={(entry) => change({ failSafe: { ...failSafe, entry } })}
        />
        <ChoiceField
          label={words.failSafeExit}
          hint={words.failSafeHint}
          at="/policy/failSafe/exit"
          names={actions}
          value={failSafe.exit}
          onChange={(exit) => change({ failSafe: { ...failSafe, exit } })}
        />
        <NumberField
          label={words.maxFactsAge}
          at="/policy/maxFactsAgeMs"
          suffix="ms"
          min={100}
          max={60_000}
          value={policy.maxFactsAgeMs ?? 5000}
          onChange={(maxFactsAgeMs) => change({ maxFactsAgeMs })}
        />
      </SimpleGrid>
      <SwitchField
        label={words.permitsPassWhenFull}
        at="/policy/permitsPassWhenFull"
        value={policy.permitsPassWhenFull ?? true}
        onChange={(permitsPassWhenFull) => change({ permitsPassWhenFull })}
      />
    </>
  );
}
