import { Button } from "@mantine/core";
import type { JSX } from "react";
import { Icon } from "./icons.tsx";

/** Opens the form of a new row: small at the head of a table, larger at the head of a page. */
export function AddButton(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly isOfPage?: boolean;
}): JSX.Element {
  const { label, onClick, isOfPage = false } = props;
  return (
    <Button
      size={isOfPage ? "sm" : "xs"}
      leftSection={<Icon name="plus" size={isOfPage ? 16 : 14} />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
