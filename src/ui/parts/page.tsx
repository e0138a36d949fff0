import { Group, Stack, Text, Title } from "@mantine/core";
import { type JSX, type ReactNode, useEffect, useRef } from "react";
import { strings } from "../strings.ts";

/** Whether a page was shown before: the first one leaves the focus where the browser put it. */
let hasNavigated = false;

/** A page's frame: its title, what can be done, and its content. A screen reader hears the title after each change. */
export function Page(props: {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.title} · ${strings.app.name}`;
  }, [props.title]);
  useEffect(() => {
    if (hasNavigated) heading.current?.focus({ preventScroll: true });
    hasNavigated = true;
  }, []);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={2}>
          <Title order={1} size="h2" ref={heading} tabIndex={-1}>
            {props.title}
          </Title>
          {props.about !== undefined && (
            <Text c="dimmed" size="sm" component="div">
              {props.about}
            </Text>
          )}
        </Stack>
        {props.actions !== undefined && <Group gap="xs">{props.actions}</Group>}
      </Group>
      {props.children}
    </Stack>
  );
}
