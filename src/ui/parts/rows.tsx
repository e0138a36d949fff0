/** Rows of a form: add, fill in, put in order, remove. */
import { ActionIcon, Button, Fieldset, Group, Stack, Text } from "@mantine/core";
import { type JSX, type ReactNode, useEffect, useRef } from "react";
import { strings } from "../strings.ts";
import { useFault } from "./faults.tsx";
import { Icon } from "./icons.tsx";

export interface RowsProps<Row> {
  /** The path that the server names them by: `/gantries`. */
  readonly at: string;
  readonly rows: readonly Row[];
  readonly onChange: (rows: readonly Row[]) => void;
  /** On the button: `Add a gantry`. */
  readonly add: string;
  readonly fresh: () => Row;
  /** What a row is called, as its heading and on its buttons. */
  readonly nameOf: (row: Row, index: number) => string;
  /** Said while there is none. */
  readonly empty?: string;
  /** Which of them comes first matters. */
  readonly isOrdered?: boolean;
  /** On one line each, without a frame: rows of few fields. */
  readonly isPlain?: boolean;
  /** Whether it must stay, and where it is. */
  readonly isFixed?: (row: Row, index: number) => boolean;
  readonly children: (row: Row, change: (patch: Partial<Row>) => void, at: string, index: number) => ReactNode;
}

export function Rows<Row extends object>(props: RowsProps<Row>): JSX.Element {
  const { at, rows, onChange, add, fresh, nameOf } = props;
  const fault = useFault(at);
  const focus = useFocusAfter();
  return (
    <Stack gap="sm" ref={focus.place}>
      {rows.length === 0 && props.empty !== undefined && (
        <Text size="sm" c="dimmed">
          {props.empty}
        </Text>
      )}
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name than their place
        <RowFrame key={index} name={nameOf(row, index)} isPlain={props.isPlain ?? false} buttons={buttonsOf(index)}>
          {props.children(
            row,
            (patch) => onChange(rows.map((one, i) => (i === index ? { ...one, ...patch } : one))),
            `${at}/${index}`,
            index,
          )}
        </RowFrame>
      ))}
      {fault !== undefined && (
        <Text size="xs" c="var(--mantine-color-error)">
          {fault}
        </Text>
      )}
      <Group data-rows-add>
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="plus" size={14} />}
          onClick={() => {
            focus.set("last");
            onChange([...rows, fresh()]);
          }}
        >
          {add}
        </Button>
      </Group>
    </Stack>
  );

  function buttonsOf(index: number): readonly RowButton[] {
    const canMove = (to: number): boolean => {
      const [from, there] = [rows[index], rows[to]];
      if (props.isOrdered !== true || from === undefined || there === undefined) return false;
      return props.isFixed?.(from, index) !== true && props.isFixed?.(there, to) !== true;
    };
    const move = (to: number) => (): void => {
      const next = [...rows];
      next.splice(to, 0, ...next.splice(index, 1));
      onChange(next);
    };
    const remove = (): void => {
      focus.set("add");
      onChange(rows.filter((_, i) => i !== index));
    };
    const row = rows[index]!; // one of them
    return [
      ...(canMove(index - 1) ? [{ act: "up", onClick: move(index - 1) } as const] : []),
      ...(canMove(index + 1) ? [{ act: "down", onClick: move(index + 1) } as const] : []),
      ...(props.isFixed?.(row, index) === true ? [] : [{ act: "remove", onClick: remove } as const]),
    ];
  }
}

/** Puts the focus where the next key is meant: into the row that came, or on the button after one has gone. */
function useFocusAfter() {
  const place = useRef<HTMLDivElement>(null);
  const wanted = useRef<"last" | "add" | null>(null);
  useEffect(() => {
    const all = place.current;
    if (wanted.current === null || all === null) return;
    const target =
      wanted.current === "add"
        ? all.querySelector<HTMLElement>(":scope > [data-rows-add] button")
        : [...all.querySelectorAll<HTMLElement>(":scope > [data-row]")]
            .at(-1)
            ?.querySelector<HTMLElement>("input, select, textarea");
    target?.focus();
    wanted.current = null;
  });
  return {
    place,
    set: (next: "last" | "add") => {
      wanted.current = next;
    },
  };
}

interface RowButton {
  readonly act: "up" | "down" | "remove";
  readonly onClick: () => void;
}

const ICONS = { up: "up", down: "down", remove: "trash" } as const;

function RowFrame(props: {
  readonly name: string;
  readonly isPlain: boolean;
  readonly buttons: readonly RowButton[];
  readonly children: ReactNode;
}): JSX.Element {
  const { name, isPlain, children } = props;
  const buttons = props.buttons.map(({ act, onClick }) => (
    <ActionIcon
      key={act}
      variant="subtle"
      color="gray"
      c="dimmed"
      size="lg"
      aria-label={strings.rows[act](name)}
      onClick={onClick}
    >
      <Icon name={ICONS[act]} size={18} />
    </ActionIcon>
  ));
  if (isPlain) {
    return (
      <Group data-row role="group" aria-label={name} gap="sm" align="flex-start">
        {children}
        <Group gap={0} wrap="nowrap" pt={22}>
          {buttons}
        </Group>
      </Group>
    );
  }
  return (
    <Fieldset data-row legend={name} pos="relative" miw={0} px={{ base: "xs", sm: "md" }}>
      <Stack gap="sm">{children}</Stack>
      {/* On the frame's upper edge, beside the name; last, as the fields come first by keyboard. */}
      <Group gap={0} pos="absolute" top={-16} right={10} bg="var(--pk-surface)">
        {buttons}
      </Group>
    </Fieldset>
  );
}

/** The first free of `gantry-1`, `gantry-2`, …: what a new row is known by in the books, whatever it is called. */
export function freeId(kind: string, rows: readonly { readonly id: string }[]): string {
  const taken = new Set(rows.map(({ id }) => id));
  for (let number = rows.length + 1; ; number++) {
    const id = `${kind}-${number}`;
    if (!taken.has(id)) return id;
  }
}
