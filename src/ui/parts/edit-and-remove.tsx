import { ActionIcon, Button } from "@mantine/core";
import type { JSX } from "react";
import { strings } from "../strings.ts";
import { Confirm } from "./confirm.tsx";
import { Icon } from "./icons.tsx";

/** What a page says of its own kind of row. */
interface RowWords {
  readonly editOf: (name: string) => string;
  readonly removeOf: (name: string) => string;
  readonly removeTitle: string;
  readonly removeText: (name: string) => string;
}

/** The last two actions of a row, as icons in wide tables and as words elsewhere. Removing asks first; without `onRemove` there is none. */
export function EditAndRemove(props: {
  readonly name: string;
  readonly words: RowWords;
  readonly look: "icons" | "words";
  readonly onEdit: () => void;
  readonly onRemove?: (() => void) | undefined;
}): JSX.Element {
  const { name, words, look, onEdit, onRemove } = props;
  const icon = { variant: "subtle", color: "gray", c: "dimmed", size: "lg" } as const;
  const word = { variant: "subtle", size: "compact-sm" } as const;
  return (
    <>
      {look === "icons" ? (
        <ActionIcon {...icon} aria-label={words.editOf(name)} onClick={onEdit}>
          <Icon name="edit" size={18} />
        </ActionIcon>
      ) : (
        <Button {...word} aria-label={words.editOf(name)} onClick={onEdit}>
          {strings.actions.edit}
        </Button>
      )}
      {onRemove !== undefined && (
        <Confirm
          title={words.removeTitle}
          text={words.removeText(name)}
          action={strings.actions.remove}
          onConfirm={onRemove}
        >
          {(ask) =>
            look === "icons" ? (
              <ActionIcon {...icon} aria-label={words.removeOf(name)} onClick={ask}>
                <Icon name="trash" size={18} />
              </ActionIcon>
            ) : (
              <Button {...word} color="red" aria-label={words.removeOf(name)} onClick={ask}>
                {strings.actions.remove}
              </Button>
            )
          }
        </Confirm>
      )}
    </>
  );
}
