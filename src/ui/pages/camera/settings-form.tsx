import { Button, Group, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { type FormEvent, type JSX, useState } from "react";
import type { Camera } from "../../../server/schemas/cameras.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useRegionOptions } from "../../parts/regions.ts";
import { ScheduleField } from "../../parts/schedule-field.tsx";
import { Problem } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.camera;
const GIGABYTE = 1e9;

function bytesOf(gigabytes: number | null): number | null {
  return gigabytes === null ? null : Math.round(gigabytes * GIGABYTE);
}

/** Everything of a camera that is not drawn. */
export function SettingsForm({ camera }: { readonly camera: Camera }): JSX.Element {
  const [draft, setDraft] = useState(camera);
  const regions = useRegionOptions();
  const sites = useAll("/api/v1/sites", { enabled: useMay("sites:read") });
  const mayWrite = useMay("cameras:write");
  const save = useSend("PATCH", "/api/v1/cameras/:id", {
    stale: ["/api/v1/cameras", "/api/v1/cameras/:id"],
    done: words.saved,
    ownProblem: true,
  });
  const change = (part: Partial<Camera>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { name, url, regions: wanted, regionStrict, fps, motion, minPlateHeightPx, minConfidence } = draft;
    const { schedule, keepFrames, siteId, retentionDays, retentionBytes } = draft;
    const stream = camera.kind === "stream" ? { url } : {};
    save.mutate({
      params: { id: camera.id },
      body: {
        ...{ name, ...stream, regions: wanted, regionStrict, fps, motion, minPlateHeightPx, minConfidence },
        ...{ schedule, keepFrames, siteId, retentionDays, retentionBytes },
      },
    });
  };
  const numberOr = (value: string | number): number | null => (typeof value === "number" ? value : null);
  return (
    <form onSubmit={submit}>
      <fieldset disabled={!mayWrite} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <TextInput
              label={words.name}
              value={draft.name}
              onChange={({ currentTarget: { value } }) => change({ name: value })}
              maxLength={120}
              required
            />
            {camera.kind === "stream" && (
              <TextInput
                label={words.url}
                description={words.urlHint}
                inputWrapperOrder={["label", "input", "description"]}
                value={draft.url}
                onChange={({ currentTarget: { value } }) => change({ url: value })}
                autoCorrect="off"
                autoCapitalize="none"
                spellCheck={false}
                required
              />
            )}
            <MultiSelect
              label={words.regions}
              placeholder={draft.regions.length === 0 ? words.regionsHint : ""}
              data={[...regions]}
              value={draft.regions}
              onChange={(value) => change({ regions: value })}
              searchable
              clearable
              limit={100}
            />
            {(sites.data?.length ?? 0) > 0 && (
              <Select
                label={words.site}
                data={sites.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
                value={draft.siteId}
                onChange={(value) => change({ siteId: value })}
                clearable
              />
            )}
            <NumberInput
              label={words.minHeight}
              description={words.minHeightHint}
              inputWrapperOrder={["label", "input", "description"]}
              value={draft.minPlateHeightPx ?? ""}
              onChange={(value) => change({ minPlateHeightPx: numberOr(value) })}
              min={1}
              max={2000}
              allowDecimal={false}
            />
            <NumberInput
              label={words.minConfidence}
              value={Math.round(draft.minConfidence * 100)}
              onChange={(value) => change({ minConfidence: (numberOr(value) ?? 0) / 100 })}
              min={0}
              max={100}
              suffix=" %"
            />
            <NumberInput
              label={words.fps}
              description={words.fpsHint}
              inputWrapperOrder={["label", "input", "description"]}
              value={draft.fps ?? ""}
              onChange={(value) => change({ fps: numberOr(value) })}
              min={0.1}
              max={120}
            />
            <NumberInput
              label={words.retentionDays}
              description={words.retentionHint}
              inputWrapperOrder={["label", "input", "description"]}
              value={draft.retentionDays ?? ""}
              onChange={(value) => change({ retentionDays: numberOr(value) })}
              min={1}
              max={36_500}
            />
            <NumberInput
              label={words.retentionSize}
              description={words.retentionHint}
              inputWrapperOrder={["label", "input", "description"]}
              value={draft.retentionBytes === null ? "" : draft.retentionBytes / GIGABYTE}
              onChange={(value) => change({ retentionBytes: bytesOf(numberOr(value)) })}
              min={0}
              decimalScale={2}
              suffix=" GB"
            />
          </SimpleGrid>
          <Group gap="xl">
            <Switch
              label={words.motion}
              checked={draft.motion}
              onChange={({ currentTarget: { checked } }) => change({ motion: checked })}
            />
            <Switch
              label={words.keepFrames}
              checked={draft.keepFrames}
              onChange={({ currentTarget: { checked } }) => change({ keepFrames: checked })}
            />
            {draft.regions.length > 0 && (
              <Switch
                label={words.regionStrict}
                checked={draft.regionStrict}
                onChange={({ currentTarget: { checked } }) => change({ regionStrict: checked })}
              />
            )}
          </Group>
          <ScheduleField label={words.schedule} value={draft.schedule} onChange={(schedule) => change({ schedule })} />
          {save.error !== null && <Problem error={save.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending}>
              {strings.actions.save}
            </Button>
          </Group>
        </Stack>
      </fieldset>
    </form>
  );
}
