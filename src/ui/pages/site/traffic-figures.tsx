/** What the figures of traffic share: one address for JSON, CSV and Parquet, bins, the frame of their charts. */
import { NativeSelect } from "@mantine/core";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { JSX } from "react";
import { addressOf, sendAny } from "../../api/client.ts";
import { Download } from "../../parts/download.tsx";
import { siteStrings } from "../../site-strings.ts";

const words = siteStrings.traffic;
export const BINS = ["1min", "5min", "15min", "1h"] as const;
export type Bin = (typeof BINS)[number];
export const GRID = { left: 8, right: 16, top: 32, bottom: 8, containLabel: true } as const;

/** Bins that a span of days does not break into more than a chart can show. */
export function binsOf(days: string): readonly Bin[] {
  const first = Number(days) <= 1 ? 0 : Number(days) <= 7 ? 1 : Number(days) <= 30 ? 2 : 3;
  return BINS.slice(first);
}

/** What is not known is a dash. */
export function orDash(value: number | null, show: (value: number) => string): string {
  return value === null ? "–" : show(value);
}

interface FiguresRequest {
  readonly params: object;
  readonly query: object;
}

/** Figures that come as JSON, and as files, under one address. */
export function useFigures<Figures>(path: string, request: FiguresRequest, enabled = true): UseQueryResult<Figures> {
  return useQuery({
    queryKey: [path, request.params, request.query],
    queryFn: async ({ signal }) => (await sendAny("GET", path, { ...request, signal } as never)) as Figures, // by the path's schema
    enabled,
  });
}

export function FileLinks({ path, params, query }: FiguresRequest & { readonly path: string }): JSX.Element {
  return (
    <>
      {(["csv", "parquet"] as const).map((format) => (
        <Download key={format} href={addressOf(path, { params, query: { ...query, format } })}>
          {siteStrings.download[format]}
        </Download>
      ))}
    </>
  );
}

export function BinSelect(props: {
  readonly value: Bin;
  readonly onChange: (bin: Bin) => void;
  readonly bins: readonly Bin[];
}): JSX.Element {
  const { value, onChange, bins } = props;
  return (
    <NativeSelect
      size="xs"
      aria-label={words.bin}
      data={bins.map((one) => ({ value: one, label: words.bins[one] }))}
      value={value}
      onChange={({ currentTarget }) => onChange(bins.find((one) => one === currentTarget.value) ?? "1h")}
    />
  );
}
