import { NativeSelect, Switch, Textarea, TextInput } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { List } from "../../../server/schemas/lists.ts";
import { useSend } from "../../api/queries.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { strings } from "../../strings.ts";

const words = strings.lists;
const KINDS = ["allow", "deny", "hotlist", "customer", "other"] as const;
const STALE = ["/api/v1/lists", "/api/v1/lists/:id"] as const;
const NEW = { name: "", kind: "allow" as List["kind"], description: "", enabled: true };

/** Makes a list, or changes the one given. */
export function ListForm(props: {
  readonly list?: List;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onSaved?: (id: string) => void;
}): JSX.Element {
  const { list, opened, onClose, onSaved } = props;
  const [draft, setDraft] = useState(NEW);
  useEffect(() => {
    if (opened) setDraft(list ?? NEW);
  }, [opened, list]);
  const create = useSend("POST", "/api/v1/lists", {
    stale: STALE,
    done: words.saved,
    ownProblem: true,
    onDone: ({ id }) => {
      onClose();
      onSaved?.(id);
    },
  });
  const update = useSend("PATCH", "/api/v1/lists/:id", {
    stale: STALE,
    done: words.saved,
    ownProblem: true,
    onDone: onClose,
  });
  const submit = (): void => {
    const { name, kind, description, enabled } = draft;
    const body = { name, kind, description, enabled };
    if (list === undefined) create.mutate({ body });
    else update.mutate({ params: { id: list.id }, body });
  };
  return (
    <FormModal
      title={list === undefined ? words.add : words.edit}
      opened={opened}
      onClose={onClose}
      onSubmit={submit}
      isBusy={create.isPending || update.isPending}
      isDisabled={draft.name.trim() === ""}
      error={create.error ?? update.error}
    >
      <TextInput
        label={words.name}
        value={draft.name}
        onChange={({ currentTarget: { value } }) => setDraft({ ...draft, name: value })}
        maxLength={120}
        required
        data-autofocus
      />
      <NativeSelect
        label={words.kind}
        description={words.kindHints[draft.kind]}
        inputWrapperOrder={["label", "input", "description"]}
        data={KINDS.map((value) => ({ value, label: words.kinds[value] }))}
        value={draft.kind}
        onChange={({ currentTarget: { value } }) =>
          setDraft({ ...draft, kind: KINDS.find((kind) => kind === value) ?? "other" })
        }
      />
      <Textarea
        label={words.description}
        value={draft.description}
        onChange={({ currentTarget: { value } }) => setDraft({ ...draft, description: value })}
        maxLength={2000}
        autosize
        minRows={2}
      />
      <Switch
        label={words.enabled}
        checked={draft.enabled}
        onChange={({ currentTarget: { checked } }) => setDraft({ ...draft, enabled: checked })}
      />
    </FormModal>
  );
}
