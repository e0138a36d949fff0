import { SimpleGrid, Switch, Textarea, TextInput } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { ListEntry } from "../../../server/schemas/lists.ts";
import { useSend } from "../../api/queries.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { fromLocalInput, toLocalInput } from "../../parts/local-time.ts";
import { MONOSPACE_INPUT } from "../../parts/monospace-input.ts";
import { strings } from "../../strings.ts";

const words = strings.list;
const STALE = ["/api/v1/lists/:id/entries", "/api/v1/lists", "/api/v1/lists/:id"] as const;

type Draft = Pick<ListEntry, "text" | "label" | "note" | "validFromMs" | "validToMs" | "wildcard" | "lookAlike">;
const NEW: Draft = {
  text: "",
  label: null,
  note: "",
  validFromMs: null,
  validToMs: null,
  wildcard: false,
  lookAlike: true,
};

/** Adds an entry, or changes the one given. */
export function EntryForm(props: {
  readonly listId: string;
  readonly entry: ListEntry | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const { listId, entry, opened, onClose } = props;
  const [draft, setDraft] = useState<Draft>(NEW);
  useEffect(() => {
    if (opened) setDraft(entry ?? NEW);
  }, [opened, entry]);
  const create = useSend("POST", "/api/v1/lists/:id/entries", {
    stale: STALE,
    done: words.saved,
    ownProblem: true,
    onDone: onClose,
  });
  const update = useSend("PATCH", "/api/v1/lists/:id/entries/:entryId", {
    stale: STALE,
    done: words.saved,
    ownProblem: true,
    onDone: onClose,
  });
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = (): void => {
    const { text, label, note, validFromMs, validToMs, wildcard, lookAlike } = draft;
    const body = { text, label: label?.trim() || null, note, validFromMs, validToMs, wildcard, lookAlike };
    if (entry === null) create.mutate({ params: { id: listId }, body });
    else update.mutate({ params: { id: listId, entryId: entry.id }, body });
  };
  return (
    <FormModal
      title={entry === null ? words.add : words.edit}
      opened={opened}
      onClose={onClose}
      onSubmit={submit}
      isBusy={create.isPending || update.isPending}
      isDisabled={draft.text.trim() === ""}
      error={create.error ?? update.error}
    >
      <TextInput
        label={words.text}
        value={draft.text}
        onChange={({ currentTarget: { value } }) =>
          // Who types a wildcard means one.
          change({ text: value, ...(/[?*]/.test(value) ? { wildcard: true } : {}) })
        }
        styles={MONOSPACE_INPUT}
        maxLength={32}
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        required
        data-autofocus
      />
      <TextInput
        label={words.label}
        description={words.labelHint}
        inputWrapperOrder={["label", "input", "description"]}
        value={draft.label ?? ""}
        onChange={({ currentTarget: { value } }) => change({ label: value })}
        maxLength={120}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          type="datetime-local"
          label={words.validFrom}
          value={toLocalInput(draft.validFromMs)}
          onChange={({ currentTarget: { value } }) => change({ validFromMs: fromLocalInput(value) })}
        />
        <TextInput
          type="datetime-local"
          label={words.validTo}
          value={toLocalInput(draft.validToMs)}
          onChange={({ currentTarget: { value } }) => change({ validToMs: fromLocalInput(value) })}
        />
      </SimpleGrid>
      <Switch
        label={words.wildcard}
        description={words.wildcardHint}
        checked={draft.wildcard}
        onChange={({ currentTarget: { checked } }) => change({ wildcard: checked })}
      />
      <Switch
        label={words.lookAlike}
        description={words.lookAlikeHint}
        checked={draft.lookAlike}
        onChange={({ currentTarget: { checked } }) => change({ lookAlike: checked })}
      />
      <Textarea
        label={words.note}
        value={draft.note}
        onChange={({ currentTarget: { value } }) => change({ note: value })}
        maxLength={2000}
        autosize
        minRows={2}
      />
    </FormModal>
  );
}
