import {
  Badge,
  Button,
  Group,
  MultiSelect,
  NativeSelect,
  PasswordInput,
  Switch,
  Table,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useEffect, useState } from "react";
import type { User } from "../../../server/schemas/access.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useMay, useSession } from "../../api/session.ts";
import { ActionsHeader } from "../../parts/actions-header.tsx";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatAgo } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.users;
const ROLES = ["administrator", "operator", "viewer"] as const;
const STALE = ["/api/v1/users"] as const;

export function Users(): JSX.Element {
  const users = useAll("/api/v1/users");
  const me = useSession()?.me;
  const [isOpen, form] = useDisclosure();
  const [edited, setEdited] = useState<User | null>(null);
  const remove = useSend("DELETE", "/api/v1/users/:id", { stale: STALE, done: words.removed });
  const edit = (user: User | null): void => {
    setEdited(user);
    form.open();
  };
  return (
    <Section
      title={words.title}
      about={words.about}
      flush
      actions={
        <Button size="xs" leftSection={<Icon name="plus" size={14} />} onClick={() => edit(null)}>
          {words.add}
        </Button>
      }
    >
      <Answer query={users}>
        {(all) => (
          <Table.ScrollContainer minWidth={520} type="native" tabIndex={0}>
            <Table aria-label={words.title}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.name}</Table.Th>
                  <Table.Th>{words.role}</Table.Th>
                  <Table.Th>{words.lastLogin}</Table.Th>
                  <ActionsHeader />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {all.map((user) => (
                  <Table.Tr key={user.id}>
                    <Table.Td fw={600}>
                      <Group gap="xs">
                        {user.username}
                        {!user.enabled && <Badge color="gray">{strings.lists.off}</Badge>}
                        {user.id === me?.id && <Badge color="blue">{words.you}</Badge>}
                      </Group>
                    </Table.Td>
                    <Table.Td>{words.roles[user.role]}</Table.Td>
                    <Table.Td>{user.lastLoginMs === null ? words.never : formatAgo(user.lastLoginMs)}</Table.Td>
                    <Table.Td>
                      <Group gap={4} justify="flex-end" wrap="nowrap">
                        <EditAndRemove
                          name={user.username}
                          words={words}
                          look="words"
                          onEdit={() => edit(user)}
                          onRemove={user.id === me?.id ? undefined : () => remove.mutate({ params: { id: user.id } })}
                        />
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Answer>
      <UserForm user={edited} opened={isOpen} onClose={form.close} />
    </Section>
  );
}

function UserForm(props: {
  readonly user: User | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const { user, opened, onClose } = props;
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<User["role"]>("operator");
  const [isEnabled, setEnabled] = useState(true);
  const [siteIds, setSiteIds] = useState<string[]>([]);
  const sites = useAll("/api/v1/sites", { enabled: useMay("sites:read") && opened });
  useEffect(() => {
    if (!opened) return;
    setUsername(user?.username ?? "");
    setPassword("");
    setRole(user?.role ?? "operator");
    setEnabled(user?.enabled ?? true);
    setSiteIds(user?.siteIds ?? []);
  }, [opened, user]);
  const done = { stale: STALE, done: words.saved, ownProblem: true, onDone: onClose };
  const create = useSend("POST", "/api/v1/users", done);
  const update = useSend("PATCH", "/api/v1/users/:id", done);
  const submit = (): void => {
    const wanted = siteIds.length > 0 ? siteIds : null;
    if (user === null) create.mutate({ body: { username, password, role, siteIds: wanted } });
    else {
      const body = { role, enabled: isEnabled, siteIds: wanted, ...(password === "" ? {} : { password }) };
      update.mutate({ params: { id: user.id }, body });
    }
  };
  return (
    <FormModal
      title={user === null ? words.add : words.edit}
      opened={opened}
      onClose={onClose}
      onSubmit={submit}
      isBusy={create.isPending || update.isPending}
      error={create.error ?? update.error}
    >
      <TextInput
        label={words.name}
        value={username}
        onChange={({ currentTarget: { value } }) => setUsername(value)}
        autoComplete="off"
        autoCapitalize="none"
        disabled={user !== null}
        required
        data-autofocus
      />
      <NativeSelect
        label={words.role}
        description={words.roleHints[role]}
        inputWrapperOrder={["label", "input", "description"]}
        data={ROLES.map((value) => ({ value, label: words.roles[value] }))}
        value={role}
        onChange={({ currentTarget: { value } }) => setRole(ROLES.find((one) => one === value) ?? "viewer")}
      />
      {(sites.data?.length ?? 0) > 0 && (
        <MultiSelect
          label={words.sites}
          placeholder={siteIds.length === 0 ? words.everySite : ""}
          data={sites.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={siteIds}
          onChange={setSiteIds}
          clearable
        />
      )}
      <PasswordInput
        label={user === null ? words.password : words.newPassword}
        description={user === null ? strings.setUp.passwordHint : words.newPasswordHint}
        value={password}
        onChange={({ currentTarget: { value } }) => setPassword(value)}
        autoComplete="new-password"
        minLength={12}
        required={user === null}
      />
      {user !== null && (
        <Switch
          label={words.enabled}
          checked={isEnabled}
          onChange={({ currentTarget: { checked } }) => setEnabled(checked)}
        />
      )}
    </FormModal>
  );
}
