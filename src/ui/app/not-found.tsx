import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { Page } from "../parts/page.tsx";
import { Empty } from "../parts/states.tsx";
import { strings } from "../strings.ts";

export function NotFound(): JSX.Element {
  return (
    <Page title={strings.states.notFoundTitle}>
      <Empty icon="search" title={strings.states.notFoundTitle} text={strings.states.notFoundText}>
        <Button component={Link} to="/" variant="default" mt="sm">
          {strings.states.home}
        </Button>
      </Empty>
    </Page>
  );
}
