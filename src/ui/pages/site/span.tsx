/** The time that figures are told for: the last days, as chosen above them. */
import { SegmentedControl } from "@mantine/core";
import { type JSX, useMemo } from "react";
import { siteStrings } from "../../site-strings.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface Span {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Whole minutes, so that the question stays the same for a while. */
export function useSpan(days: string): Span {
  return useMemo(() => {
    const to = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
    return { from: to - Number(days) * DAY_MS, to };
  }, [days]);
}

export function SpanControl(props: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  return (
    <SegmentedControl
      aria-label={siteStrings.span}
      data={Object.entries(siteStrings.spans).map(([value, label]) => ({ value, label }))}
      value={props.value}
      onChange={props.onChange}
      style={{ alignSelf: "flex-start" }}
    />
  );
}
