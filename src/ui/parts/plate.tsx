import type { JSX } from "react";
import { strings } from "../strings.ts";
import classes from "./plate.module.css";

export interface PlateProps {
  readonly text: string;
  /** As printed, with separators, where the region is known. */
  readonly display?: string | null | undefined;
  readonly region?: string | null | undefined;
  readonly size?: "sm" | "md" | "lg";
}

/** A plate's text on a small plate, with its region in the band at the left. */
export function Plate({ text, display, region, size = "md" }: PlateProps): JSX.Element {
  const shown = display ?? text;
  return (
    <span className={classes.plate} data-size={size}>
      {region != null && (
        <span className={classes.region} title={regionName(region)}>
          {region.split("-").at(-1)}
        </span>
      )}
      <span className={classes.text} data-empty={shown === "" || undefined}>
        {shown === "" ? strings.plate.unread : shown}
      </span>
    </span>
  );
}

const regionNames = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });

/** `de` → `Germany`; parts of a country keep their code: `us-ca` → `United States (CA)`. */
export function regionName(region: string): string {
  const [country = region, part] = region.split("-");
  try {
    const name = regionNames.of(country.toUpperCase()) ?? region;
    return part === undefined ? name : `${name} (${part.toUpperCase()})`;
  } catch {
    return region;
  }
}
