import { Table, VisuallyHidden } from "@mantine/core";
import type { JSX } from "react";
import { strings } from "../strings.ts";

/** Head of a column of buttons: heard, not seen. */
export function ActionsHeader(): JSX.Element {
  return (
    <Table.Th>
      <VisuallyHidden>{strings.list.actions}</VisuallyHidden>
    </Table.Th>
  );
}
