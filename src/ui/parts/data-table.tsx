import { Group, Table } from "@mantine/core";
import type { JSX, ReactNode } from "react";
import { ActionsHeader } from "./actions-header.tsx";

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** Right, in digits of one width. */
  readonly isNumber?: boolean;
  /** What the row is known by. */
  readonly isName?: boolean;
}

/** Rows of a kind, a column each for what is said of them. Where the window is narrow it scrolls in its own frame. */
export function DataTable<Row>(props: {
  readonly label: string;
  /** Pixels below which it scrolls. */
  readonly minWidth: number;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Buttons at the end of a row; null: this row has none. Missing: nobody may act here. */
  readonly actions?: ((row: Row) => ReactNode) | undefined;
  readonly maxHeight?: number;
}): JSX.Element {
  const { label, minWidth, columns, rows, keyOf, actions, maxHeight } = props;
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      type="native"
      tabIndex={0}
      {...(maxHeight === undefined ? {} : { maxHeight })}
    >
      <Table aria-label={label} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ head, isNumber }) => (
              <Table.Th key={head} {...(isNumber ? { ta: "right" } : {})}>
                {head}
              </Table.Th>
            ))}
            {actions !== undefined && <ActionsHeader />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map(({ head, cell, isNumber, isName }) => (
                <Table.Td
                  key={head}
                  {...(isNumber ? { ta: "right", className: "numeric", style: { whiteSpace: "nowrap" } } : {})}
                  {...(isName ? { fw: 600 } : {})}
                >
                  {cell(row)}
                </Table.Td>
              ))}
              {actions !== undefined && (
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {actions(row)}
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
