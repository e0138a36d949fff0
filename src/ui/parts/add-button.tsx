import { Button } from "@mantine/core";
import type { JSX } from "react";
import { Icon } from "./icons.tsx";

/** Opens the form of a new row; at the head of a table. */
export function AddButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }): JSX.Element {
  return (
    <Button size="xs" leftSection={<Icon name="plus" size={14} />} onClick={onClick}>
      {label}
    </Button>
  );
}
