import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, type JSX, useState } from "react";
import { useSend } from "../api/queries.ts";
import { renewSession } from "../api/session.ts";
import { Door } from "../parts/door.tsx";
import { Problem } from "../parts/states.tsx";
import { strings } from "../strings.ts";

export function LogInPage(): JSX.Element {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const client = useQueryClient();
  const router = useRouter();
  const logIn = useSend("POST", "/api/v1/login", {
    ownProblem: true,
    // The route itself leads on to where the person wanted to go.
    onDone: () => void renewSession(client).then(() => router.invalidate()),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    logIn.mutate({ body: { username, password } });
  };
  return (
    <Door title={strings.logIn.title}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={strings.logIn.username}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            autoComplete="username"
            autoCapitalize="none"
            autoFocus
            required
          />
          <PasswordInput
            label={strings.logIn.password}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
          />
          {logIn.error !== null && <Problem error={logIn.error} />}
          <Button type="submit" fullWidth loading={logIn.isPending}>
            {strings.logIn.submit}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
