import { Alert, Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import type { JSX } from "react";
import { strings } from "../strings.ts";
import { Icon } from "./icons.tsx";

/** A key that is shown this once. */
export function Secret({ text, value }: { readonly text: string; readonly value: string }): JSX.Element {
  return (
    <Alert color="orange" variant="light" icon={<Icon name="key" />}>
      <Stack gap="xs">
        <Text size="sm">{text}</Text>
        <Group gap="xs">
          <Code style={{ wordBreak: "break-all", fontSize: 13 }}>{value}</Code>
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button size="compact-sm" variant="default" onClick={copy}>
                {copied ? strings.actions.copied : strings.actions.copy}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  );
}
