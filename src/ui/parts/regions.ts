import { useGet } from "../api/queries.ts";
import { regionName } from "./plate.tsx";

/** Regions whose formats are known, for choosing among them. */
export function useRegionOptions(): readonly { readonly value: string; readonly label: string }[] {
  const { data } = useGet("/api/v1/regions");
  return (data?.regions ?? [])
    .map((region) => ({ value: region, label: `${regionName(region)} (${region})` }))
    .sort((a, b) => a.label.localeCompare(b.label));
}
