import { Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, type JSX, useEffect, useState } from "react";
import { MATCHES, type PassageSearch } from "../../app/passage-search.ts";
import { Icon } from "../../parts/icons.tsx";
import { strings } from "../../strings.ts";

/** What plate, and how exactly it must fit. */
export function SearchBar(props: {
  readonly search: PassageSearch;
  readonly onSearch: (change: Partial<PassageSearch>) => void;
}): JSX.Element {
  const { search, onSearch } = props;
  const [text, setText] = useState(search.text ?? "");
  useEffect(() => setText(search.text ?? ""), [search.text]);
  const match = search.match ?? "exact";
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const given = text.trim();
    // Who types a wildcard means one.
    const isPattern = match === "exact" && /[?*]/.test(given);
    onSearch({ text: given === "" ? undefined : given, ...(isPattern ? { match: "wildcard" } : {}) });
  };
  return (
    <search>
      <form onSubmit={submit}>
        <Stack gap={6}>
          <Group gap="sm" align="flex-end">
            <TextInput
              label={strings.passages.search}
              placeholder={strings.passages.searchPlaceholder}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              leftSection={<Icon name="search" size={18} />}
              maxLength={32}
              autoCapitalize="characters"
              autoCorrect="off"
              spellCheck={false}
              style={{ flex: "1 1 220px" }}
            />
            <SegmentedControl
              aria-label={strings.passages.match}
              data={MATCHES.map((value) => ({ value, label: strings.passages.matches[value] }))}
              value={match}
              onChange={(value) => onSearch({ match: MATCHES.find((one) => one === value && one !== "exact") })}
            />
            <Button type="submit">{strings.passages.applied}</Button>
          </Group>
          <Text size="xs" c="dimmed">
            {strings.passages.matchHints[match]}
          </Text>
        </Stack>
      </form>
    </search>
  );
}
