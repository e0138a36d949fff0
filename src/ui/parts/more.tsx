import { Button, Group } from "@mantine/core";
import type { JSX } from "react";
import { strings } from "../strings.ts";

/** Below rows that come page by page: the next page, while there is one. */
export function More({
  pages,
}: {
  readonly pages: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
}): JSX.Element | null {
  if (!pages.hasNextPage) return null;
  return (
    <Group justify="center" p="sm">
      <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {strings.actions.more}
      </Button>
    </Group>
  );
}
