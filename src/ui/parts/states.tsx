import { Alert, Button, Center, Loader, Stack, Text } from "@mantine/core";
import type { JSX, ReactNode } from "react";
import { ApiProblem } from "../api/problem.ts";
import { strings } from "../strings.ts";
import { Icon, type IconName } from "./icons.tsx";
import { messageOf } from "./notices.ts";

export function Loading(): JSX.Element {
  return (
    <Center mih={160} role="status" aria-label={strings.states.loading}>
      <Loader size="sm" type="dots" />
    </Center>
  );
}

/** Nothing here yet: what would be, and the way to get it. */
export function Empty(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}): JSX.Element {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <Text c="dimmed" component="div">
        <Icon name={props.icon} size={40} />
      </Text>
      <Text fw={600}>{props.title}</Text>
      {props.text !== undefined && (
        <Text c="dimmed" maw={460}>
          {props.text}
        </Text>
      )}
      {props.children}
    </Stack>
  );
}

/** What went wrong, with the parts of a request that the server named. */
export function Problem(props: { readonly error: unknown; readonly onRetry?: () => void }): JSX.Element {
  const { error, onRetry } = props;
  const details = error instanceof ApiProblem ? error.details : [];
  return (
    <Alert color="red" variant="light" title={strings.problems.title} icon={<Icon name="warning" />} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{messageOf(error)}</Text>
        {details.length > 0 && (
          <ul style={{ margin: 0, paddingInlineStart: 20, fontSize: "var(--mantine-font-size-sm)" }}>
            {details.map(({ path, message }) => (
              <li key={`${path} ${message}`}>{strings.problems.detail(path.split("/").slice(1), message)}</li>
            ))}
          </ul>
        )}
        {onRetry !== undefined && (
          <Button size="xs" variant="default" leftSection={<Icon name="refresh" size={16} />} onClick={onRetry}>
            {strings.actions.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What a query is at: loading, failed, or its data. */
export function Answer<Data>(props: {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly children: (data: Data) => ReactNode;
}): JSX.Element {
  const { data, error, refetch } = props.query;
  if (data !== undefined) return <>{props.children(data)}</>;
  if (error !== null) return <Problem error={error} onRetry={() => void refetch()} />;
  return <Loading />;
}
