import { Button, Group, MultiSelect, NativeSelect, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import type { JSX } from "react";
import { useAll } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { countFilters, type PassageSearch } from "../../app/passage-search.ts";
import { fromLocalInput, toLocalInput } from "../../parts/local-time.ts";
import { useRegionOptions } from "../../parts/regions.ts";
import { strings } from "../../strings.ts";

const CONFIDENCES = [0.5, 0.7, 0.9, 0.95, 0.99];

/** Everything besides the text that narrows the search; each change searches at once. */
export function Filters(props: {
  readonly search: PassageSearch;
  readonly cameras: readonly { readonly value: string; readonly label: string }[];
  readonly onSearch: (change: Partial<PassageSearch>) => void;
}): JSX.Element {
  const { search, cameras, onSearch } = props;
  const regions = useRegionOptions();
  const lists = useAll("/api/v1/lists", { enabled: useMay("lists:read") });
  const words = strings.passages;
  const orNone = (values: readonly string[]): readonly string[] | undefined => (values.length > 0 ? values : undefined);
  const holder = (chosen: readonly string[] | undefined): string => (chosen === undefined ? words.anyOf : "");
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, xl: 4 }} spacing="sm">
        <TextInput
          type="datetime-local"
          label={words.from}
          value={toLocalInput(search.from)}
          onChange={(event) => onSearch({ from: fromLocalInput(event.currentTarget.value) ?? undefined })}
        />
        <TextInput
          type="datetime-local"
          label={words.to}
          value={toLocalInput(search.to)}
          onChange={(event) => onSearch({ to: fromLocalInput(event.currentTarget.value) ?? undefined })}
        />
        <MultiSelect
          label={words.camera}
          placeholder={holder(search.camera)}
          data={[...cameras]}
          value={[...(search.camera ?? [])]}
          onChange={(camera) => onSearch({ camera: orNone(camera) })}
          searchable
          clearable
        />
        <MultiSelect
          label={words.region}
          placeholder={holder(search.region)}
          data={[...regions]}
          value={[...(search.region ?? [])]}
          onChange={(region) => onSearch({ region: orNone(region) })}
          searchable
          clearable
          limit={100}
        />
        <MultiSelect
          label={words.list}
          placeholder={holder(search.list)}
          data={lists.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={[...(search.list ?? [])]}
          onChange={(list) => onSearch({ list: orNone(list) })}
          searchable
          clearable
        />
        <NativeSelect
          label={words.minConfidence}
          data={[
            { value: "", label: words.any },
            ...CONFIDENCES.map((value) => ({ value: String(value), label: `${Math.round(value * 100)} %` })),
          ]}
          value={String(search.minConfidence ?? "")}
          onChange={({ currentTarget: { value } }) =>
            onSearch({ minConfidence: value === "" ? undefined : Number(value) })
          }
        />
        <MultiSelect
          label={words.doubt}
          placeholder={holder(search.doubt)}
          data={[
            { value: "none", label: words.noDoubt },
            ...Object.entries(strings.plate.doubts).map(([value, label]) => ({ value, label })),
          ]}
          value={[...(search.doubt ?? [])]}
          onChange={(doubt) => onSearch({ doubt: orNone(doubt) })}
          clearable
        />
        <NativeSelect
          label={words.order}
          data={[
            { value: "newest", label: words.newest },
            { value: "oldest", label: words.oldest },
          ]}
          value={search.order ?? "newest"}
          onChange={({ currentTarget: { value } }) => onSearch({ order: value === "oldest" ? "oldest" : undefined })}
        />
        <TextInput
          label={words.reason}
          placeholder={words.reasonHint}
          defaultValue={search.reason ?? ""}
          key={search.reason ?? ""}
          maxLength={500}
          onBlur={({ currentTarget: { value } }) =>
            onSearch({ reason: value.trim() === "" ? undefined : value.trim() })
          }
        />
      </SimpleGrid>
      <Group gap="lg">
        <Switch
          label={words.corrected}
          checked={search.corrected === true}
          onChange={({ currentTarget: { checked } }) => onSearch({ corrected: checked || undefined })}
        />
        <Switch
          label={words.held}
          checked={search.hold === true}
          onChange={({ currentTarget: { checked } }) => onSearch({ hold: checked || undefined })}
        />
        {countFilters(search) > 0 && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() =>
              onSearch({
                from: undefined,
                to: undefined,
                camera: undefined,
                region: undefined,
                list: undefined,
                minConfidence: undefined,
                doubt: undefined,
                corrected: undefined,
                hold: undefined,
              })
            }
          >
            {words.clearFilters}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
