/** Mantine's looks on the router's typed links. */
import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef, JSX } from "react";

type LinkProps<Looks> = Looks & Omit<ComponentPropsWithRef<"a">, keyof Looks>;

/** Both are polymorphic, and the router can't see through that. */
function PlainButton(props: LinkProps<ButtonProps>): JSX.Element {
  return <Button component="a" {...props} />;
}
function PlainAnchor(props: LinkProps<AnchorProps>): JSX.Element {
  return <Anchor component="a" {...props} />;
}

export const LinkButton = createLink(PlainButton);
export const LinkAnchor = createLink(PlainAnchor);
