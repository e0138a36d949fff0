/** Mantine's looks on the router's typed links. */
import { Anchor, Button } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

export const LinkButton = createLink(Button);
export const LinkAnchor = createLink(Anchor);
