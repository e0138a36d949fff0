import { Button, Group, JsonInput, Stack } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import { siteStrings as words } from "../site-strings.ts";
import { strings } from "../strings.ts";
import { MONOSPACE_INPUT } from "./monospace-input.ts";
import { Problem } from "./states.tsx";

/** A set-up as JSON, checked by the server when it is saved. */
export function JsonForm(props: {
  readonly label: string;
  readonly value: object;
  readonly isBusy: boolean;
  readonly mayWrite: boolean;
  readonly error: Error | null;
  readonly onSave: (value: unknown) => void;
}): JSX.Element {
  const { label, value, isBusy, mayWrite, error, onSave } = props;
  const [text, setText] = useState("");
  // By what it says: an equal set-up that comes again must not take away what is being typed.
  const given = JSON.stringify(value, null, 2);
  useEffect(() => setText(given), [given]);
  const parsed = parse(text);
  return (
    <Stack gap="sm">
      <JsonInput
        label={label}
        description={words.asJsonHint}
        value={text}
        onChange={setText}
        error={parsed === undefined ? words.wrongJson : undefined}
        readOnly={!mayWrite}
        autosize
        minRows={8}
        maxRows={30}
        styles={MONOSPACE_INPUT}
        spellCheck={false}
      />
      {error !== null && <Problem error={error} />}
      {mayWrite && (
        <Group justify="flex-end">
          <Button loading={isBusy} disabled={parsed === undefined} onClick={() => onSave(parsed)}>
            {strings.actions.save}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // told beside the field
  }
}
