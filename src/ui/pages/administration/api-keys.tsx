import { Badge, Button, Group, MultiSelect, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, type ReactNode, useState } from "react";
import type { ApiKey, Permission } from "../../../server/schemas/access.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useSession } from "../../api/session.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatAgo, formatDay } from "../../parts/format.ts";
import { fromLocalInput } from "../../parts/local-time.ts";
import { Secret } from "../../parts/secret.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";

const words = strings.keys;
const STALE = ["/api/v1/api-keys"] as const;

export function ApiKeys(): JSX.Element {
  const keys = useAll("/api/v1/api-keys");
  const revoke = useSend("DELETE", "/api/v1/api-keys/:id", { stale: STALE, done: words.revoked });
  return (
    <Section title={words.title} about={words.about} flush actions={<AddKey />}>
      <Answer query={keys}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon="key" title={words.empty} />
          ) : (
            <DataTable
              label={words.title}
              minWidth={640}
              rows={all}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: words.name,
                  cell: ({ name, prefix }) => (
                    <>
                      <Text size="sm" fw={600}>
                        {name}
                      </Text>
                      <Text size="xs" c="dimmed" ff="monospace">
                        {prefix}…
                      </Text>
                    </>
                  ),
                },
                {
                  head: words.scopes,
                  cell: ({ scopes }) => (
                    <Group gap={4}>
                      {scopes.slice(0, 4).map((scope) => (
                        <Badge key={scope} color="gray">
                          {scope}
                        </Badge>
                      ))}
                      {scopes.length > 4 && <Badge color="gray">+{scopes.length - 4}</Badge>}
                    </Group>
                  ),
                },
                { head: words.expires, cell: (key) => <Expiry apiKey={key} /> },
                {
                  head: words.lastUsed,
                  cell: ({ lastUsedMs }) => (lastUsedMs === null ? words.never : formatAgo(lastUsedMs)),
                },
              ]}
              actions={({ id, name, revokedMs }) =>
                revokedMs === null && (
                  <Confirm
                    title={words.revokeTitle}
                    text={words.revokeText(name)}
                    action={words.revoke}
                    onConfirm={() => revoke.mutate({ params: { id } })}
                  >
                    {(ask) => (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        color="red"
                        aria-label={words.revokeOf(name)}
                        onClick={ask}
                      >
                        {words.revoke}
                      </Button>
                    )}
                  </Confirm>
                )
              }
            />
          )
        }
      </Answer>
    </Section>
  );
}

function Expiry({ apiKey }: { readonly apiKey: Pick<ApiKey, "revokedMs" | "expiresMs"> }): ReactNode {
  const { revokedMs, expiresMs } = apiKey;
  if (revokedMs !== null) return <Badge color="red">{words.isRevoked}</Badge>;
  if (expiresMs === null) return <>{words.never}</>;
  return expiresMs <= Date.now() ? <Badge color="gray">{words.isExpired}</Badge> : formatDay(expiresMs);
}

/** What most keys are for: other programs that read, and cameras that send. */
const STANDARD_SCOPES: readonly Permission[] = ["read:run", "passages:read", "live:read"];

function AddKey(): JSX.Element {
  const [isOpen, { open, close }] = useDisclosure();
  const mine = useSession()?.me?.permissions ?? [];
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Permission[]>(STANDARD_SCOPES);
  const [expires, setExpires] = useState("");
  const create = useSend("POST", "/api/v1/api-keys", { stale: STALE, ownProblem: true });
  const made = create.data;
  return (
    <>
      <AddButton
        label={words.add}
        onClick={() => {
          create.reset();
          setName("");
          setScopes(STANDARD_SCOPES);
          setExpires("");
          open();
        }}
      />
      <FormModal
        title={words.add}
        opened={isOpen}
        onClose={close}
        onSubmit={() =>
          made === undefined
            ? create.mutate({ body: { name, scopes: [...scopes], expiresMs: fromLocalInput(expires) } })
            : close()
        }
        submit={made === undefined ? words.create : strings.actions.close}
        isBusy={create.isPending}
        isDisabled={name.trim() === "" || scopes.length === 0}
        error={create.error}
      >
        {made === undefined ? (
          <>
            <TextInput
              label={words.name}
              description={words.nameHint}
              value={name}
              onChange={({ currentTarget: { value } }) => setName(value)}
              maxLength={120}
              required
              data-autofocus
            />
            <MultiSelect
              label={words.scopes}
              description={words.scopesHint}
              data={mine}
              value={[...scopes]}
              onChange={(value) => setScopes(mine.filter((scope) => value.includes(scope)))}
              searchable
            />
            <TextInput
              type="datetime-local"
              label={words.expires}
              description={words.expiresHint}
              value={expires}
              onChange={({ currentTarget: { value } }) => setExpires(value)}
            />
          </>
        ) : (
          <Secret text={words.once} value={made.key} />
        )}
      </FormModal>
    </>
  );
}
