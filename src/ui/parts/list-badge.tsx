import { Badge } from "@mantine/core";
import type { JSX } from "react";

const COLOURS: Readonly<Record<string, string>> = {
  allow: "green",
  deny: "red",
  hotlist: "red",
  customer: "blue",
  other: "gray",
};

/** The name of a list in the colour of its kind. */
export function ListBadge({ name, kind }: { readonly name: string; readonly kind: string }): JSX.Element {
  return (
    <Badge color={COLOURS[kind] ?? "gray"} tt="none" maw={180}>
      {name}
    </Badge>
  );
}
