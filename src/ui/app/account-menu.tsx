import {
  ActionIcon,
  Button,
  Group,
  Menu,
  Modal,
  PasswordInput,
  Stack,
  Text,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type JSX, useState } from "react";
import { useSend } from "../api/queries.ts";
import { renewSession, useSession } from "../api/session.ts";
import { Icon } from "../parts/icons.tsx";
import { Problem } from "../parts/states.tsx";
import { strings } from "../strings.ts";

/** Who is here, the colours, and the way out. */
export function AccountMenu(): JSX.Element {
  const me = useSession()?.me;
  const client = useQueryClient();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [isChanging, changing] = useDisclosure();
  const logOut = useSend("POST", "/api/v1/logout", {
    onDone: () => void renewSession(client).then(() => navigate({ to: "/log-in" })),
  });
  const isUser = me?.kind === "user";
  return (
    <>
      <Menu position="bottom-end" width={240} withinPortal closeOnItemClick>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={strings.app.account} c="dimmed">
            <Icon name="user" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isUser && (
            <Text size="sm" fw={600} px="sm" py={6}>
              {me.name}
            </Text>
          )}
          <Menu.Label>{strings.app.theme}</Menu.Label>
          {(["light", "dark", "auto"] as const).map((scheme) => (
            <Menu.Item
              key={scheme}
              onClick={() => setColorScheme(scheme)}
              role="menuitemradio"
              aria-checked={colorScheme === scheme}
              leftSection={<Icon name={scheme === "light" ? "sun" : scheme === "dark" ? "moon" : "system"} size={18} />}
              rightSection={colorScheme === scheme ? <Icon name="check" size={16} /> : null}
            >
              {scheme === "auto" ? strings.app.system : strings.app[scheme]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {isUser ? (
            <>
              <Menu.Item leftSection={<Icon name="lock" size={18} />} onClick={changing.open}>
                {strings.app.changePassword}
              </Menu.Item>
              <Menu.Item leftSection={<Icon name="leave" size={18} />} onClick={() => logOut.mutate({})}>
                {strings.app.logOut}
              </Menu.Item>
            </>
          ) : (
            <Menu.Item leftSection={<Icon name="user" size={18} />} onClick={() => void navigate({ to: "/log-in" })}>
              {strings.app.logIn}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={isChanging} onClose={changing.close} title={strings.app.changePassword}>
        <ChangePassword onDone={changing.close} />
      </Modal>
    </>
  );
}

function ChangePassword({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useSend("PUT", "/api/v1/me/password", {
    done: strings.app.passwordChanged,
    ownProblem: true,
    onDone,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate({ body: { current, password } });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput
          label={strings.app.currentPassword}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          autoComplete="current-password"
          required
          data-autofocus
        />
        <PasswordInput
          label={strings.app.newPassword}
          description={strings.setUp.passwordHint}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          minLength={12}
          required
        />
        {change.error !== null && <Problem error={change.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={change.isPending}>
            {strings.actions.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
