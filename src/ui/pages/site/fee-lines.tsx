import { Table } from "@mantine/core";
import type { JSX } from "react";
import { formatMoney } from "../../parts/money.ts";

export interface FeeLine {
  readonly text: string;
  /** Minor units. */
  readonly amount: number;
}

/** How an amount comes about, line by line, with what it sums to. */
export function FeeLines(props: {
  readonly label: string;
  readonly lines: readonly FeeLine[];
  readonly total: FeeLine;
  readonly currency: string;
  readonly digits: number;
}): JSX.Element {
  const { label, lines, total, currency, digits } = props;
  return (
    <Table aria-label={label} verticalSpacing={4}>
      <Table.Tbody>
        {lines.map(({ text, amount }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one answer, never reordered
          <Table.Tr key={i}>
            <Table.Td>{text}</Table.Td>
            <Table.Td ta="right" className="numeric">
              {formatMoney(amount, null, digits)}
            </Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr>
          <Table.Td fw={650}>{total.text}</Table.Td>
          <Table.Td ta="right" fw={650} className="numeric">
            {formatMoney(total.amount, currency, digits)}
          </Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  );
}
