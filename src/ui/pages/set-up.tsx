import { Anchor, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { type FormEvent, type JSX, useState } from "react";
import { useSend } from "../api/queries.ts";
import { renewSession, useSession } from "../api/session.ts";
import { Door } from "../parts/door.tsx";
import { Problem } from "../parts/states.tsx";
import { strings } from "../strings.ts";

const route = getRouteApi("/set-up");
const MIN_PASSWORD = 12;

/** The first person here becomes the administrator: with the code that only the server's console showed. */
export function SetUpPage(): JSX.Element {
  const { token: given } = route.useSearch();
  const [token, setToken] = useState(given ?? "");
  const [username, setUsername] = useState("admin");
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [isTried, setTried] = useState(false);
  const client = useQueryClient();
  const router = useRouter();
  const setup = useSession()?.setup;
  const setUp = useSend("POST", "/api/v1/setup", {
    ownProblem: true,
    onDone: () => void renewSession(client).then(() => router.navigate({ to: "/", replace: true })),
  });
  const tooShort = password.length < MIN_PASSWORD;
  const differ = password !== repeated;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (!tooShort && !differ) setUp.mutate({ body: { token: token.trim(), username, password } });
  };
  return (
    <Door title={strings.setUp.title} about={strings.setUp.about}>
      <form onSubmit={submit} noValidate={false}>
        <Stack>
          {given === undefined && (
            <TextInput
              label={strings.setUp.token}
              description={strings.setUp.tokenHint}
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              autoComplete="off"
              required
            />
          )}
          <TextInput
            label={strings.setUp.username}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            autoComplete="username"
            autoCapitalize="none"
            required
          />
          <PasswordInput
            label={strings.setUp.password}
            description={strings.setUp.passwordHint}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="new-password"
            error={isTried && tooShort ? strings.setUp.tooShort : undefined}
            required
          />
          <PasswordInput
            label={strings.setUp.repeat}
            value={repeated}
            onChange={(event) => setRepeated(event.currentTarget.value)}
            autoComplete="new-password"
            error={isTried && differ ? strings.setUp.differ : undefined}
            required
          />
          {setUp.error !== null && <Problem error={setUp.error} />}
          <Button type="submit" fullWidth loading={setUp.isPending}>
            {strings.setUp.submit}
          </Button>
          {setup?.openReading && (
            <Anchor component={Link} to="/try" size="sm" ta="center">
              {strings.setUp.tryFirst}
            </Anchor>
          )}
        </Stack>
      </form>
    </Door>
  );
}
