import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { JSX, ReactNode } from "react";

/** A card of a page with its own heading. */
export function Section(props: {
  readonly title: string;
  readonly about?: string;
  readonly actions?: ReactNode;
  /** No padding around the content: it is a table. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <Paper component="section" style={{ overflow: "hidden" }}>
      <Group justify="space-between" gap="sm" px="md" pt="md" pb={props.flush ? "xs" : 0}>
        <div>
          <Title order={2} size="h4">
            {props.title}
          </Title>
          {props.about !== undefined && (
            <Text size="sm" c="dimmed">
              {props.about}
            </Text>
          )}
        </div>
        {props.actions !== undefined && <Group gap="xs">{props.actions}</Group>}
      </Group>
      {props.flush ? (
        props.children
      ) : (
        <Stack gap="md" p="md">
          {props.children}
        </Stack>
      )}
    </Paper>
  );
}
