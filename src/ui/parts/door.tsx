import { Center, Paper, Stack, Text, Title } from "@mantine/core";
import { type JSX, type ReactNode, useEffect } from "react";
import { strings } from "../strings.ts";

/** The card in the middle of an otherwise empty page: logging in, setting up. */
export function Door(props: {
  readonly title: string;
  readonly about?: string;
  readonly children: ReactNode;
}): JSX.Element {
  useEffect(() => {
    document.title = `${props.title} · ${strings.app.name}`;
  }, [props.title]);
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper p={{ base: "lg", xs: "xl" }} w="100%" maw={420} shadow="sm">
        <Stack gap="lg">
          <Stack gap={6} align="center" ta="center">
            <img src="/icon.svg" width={56} height={56} alt="" />
            <Title order={1} size="h2">
              {props.title}
            </Title>
            {props.about !== undefined && (
              <Text c="dimmed" size="sm">
                {props.about}
              </Text>
            )}
          </Stack>
          {props.children}
        </Stack>
      </Paper>
    </Center>
  );
}
