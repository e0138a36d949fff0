import { Button } from "@mantine/core";
import type { JSX, ReactNode } from "react";
import { Icon } from "./icons.tsx";

/** A file of the server's, by its address. */
export function Download(props: {
  readonly href: string;
  readonly label?: string;
  readonly size?: "xs" | "sm";
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <Button
      component="a"
      href={props.href}
      download
      variant="default"
      size={props.size ?? "xs"}
      leftSection={<Icon name="download" size={16} />}
      {...(props.label === undefined ? {} : { "aria-label": props.label })}
    >
      {props.children}
    </Button>
  );
}
