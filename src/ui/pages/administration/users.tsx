import { Badge, Group, MultiSelect, NativeSelect, PasswordInput, Switch, TextInput } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { User } from "../../../server/schemas/access.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useMay, useSession } from "../../api/session.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { useEdited } from "../../parts/edited.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatAgo } from "../../parts/format.ts";
import { Section } from "../../parts/section.tsx";
import { Answer } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.users;
const ROLES = ["administrator", "operator", "viewer"] as const;
const STALE = ["/api/v1/users"] as const;

export function Users(): JSX.Element {
  const users = useAll("/api/v1/users");
  const me = useSession()?.me;
  const edited = useEdited<User>();
  const remove = useSend("DELETE", "/api/v1/users/:id", { stale: STALE, done: words.removed });
  return (
    <Section
      title={words.title}
      about={words.about}
      flush
      actions={<AddButton label={words.add} onClick={() => edited.open(null)} />}
    >
      <Answer query={users}>
        {(all) => (
          <DataTable
            label={words.title}
            minWidth={520}
            rows={all}
            keyOf={({ id }) => id}
            columns={[
              {
                head: words.name,
                cell: ({ id, username, enabled }) => (
                  <Group gap="xs">
                    {username}
                    {!enabled && <Badge color="gray">{strings.lists.off}</Badge>}
                    {id === me?.id && <Badge color="blue">{words.you}</Badge>}
                  </Group>
                ),
                isName: true,
              },
              { head: words.role, cell: ({ role }) => words.roles[role] },
              {
                head: words.lastLogin,
                cell: ({ lastLoginMs }) => (lastLoginMs === null ? words.never : formatAgo(lastLoginMs)),
              },
            ]}
            actions={(user) => (
              <EditAndRemove
                name={user.username}
                words={words}
                look="words"
                onEdit={() => edited.open(user)}
                onRemove={user.id === me?.id ? undefined : () => remove.mutate({ params: { id: user.id } })}
              />
            )}
          />
        )}
      </Answer>
      <UserForm user={edited.row} opened={edited.isOpen} onClose={edited.close} />
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
