import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { Door } from "../parts/door.tsx";
import { strings } from "../strings.ts";

export function NotFound(): JSX.Element {
  return (
    <Door title={strings.states.notFoundTitle} about={strings.states.notFoundText}>
      <Button component={Link} to="/" variant="default">
        {strings.states.home}
      </Button>
    </Door>
  );
}
