import { Text } from "@mantine/core";
import type { JSX, ReactNode } from "react";
import classes from "./fact.module.css";

/** Facts by name, in as many columns as fit. */
export function Facts({ children }: { readonly children: ReactNode }): JSX.Element {
  return <dl className={classes.facts}>{children}</dl>;
}

export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div className={classes.fact}>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </div>
  );
}
