import { Anchor, Button, Grid, Group, Stack } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { JSX } from "react";
import type { Camera } from "../../server/schemas/cameras.ts";
import { useGet, useSend } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Icon } from "../parts/icons.tsx";
import { LinkButton } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Section } from "../parts/section.tsx";
import { Answer } from "../parts/states.tsx";
import { strings } from "../strings.ts";
import { AreasSection } from "./camera/areas-section.tsx";
import { HealthSection } from "./camera/health-section.tsx";
import { SettingsForm } from "./camera/settings-form.tsx";

const route = getRouteApi("/shell/cameras/$id");
const words = strings.camera;

export function CameraPage(): JSX.Element {
  const { id } = route.useParams();
  const camera = useGet("/api/v1/cameras/:id", { params: { id } });
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/cameras" size="sm">
        <Group gap={4}>
          <Icon name="left" size={16} />
          {words.back}
        </Group>
      </Anchor>
      <Answer query={camera}>{(found) => <Detail key={found.id} camera={found} />}</Answer>
    </Stack>
  );
}

function Detail({ camera }: { readonly camera: Camera }): JSX.Element {
  const navigate = useNavigate();
  const mayWrite = useMay("cameras:write");
  const stale = ["/api/v1/cameras", "/api/v1/cameras/:id"] as const;
  const toggle = useSend("PATCH", "/api/v1/cameras/:id", { stale });
  const remove = useSend("DELETE", "/api/v1/cameras/:id", {
    stale: ["/api/v1/cameras"],
    done: words.removed,
    onDone: () => void navigate({ to: "/cameras" }),
  });
  const params = { id: camera.id };
  return (
    <Page
      title={camera.name}
      actions={
        <>
          <LinkButton to="/passages" search={{ camera: [camera.id] }} variant="default">
            {strings.nav.passages}
          </LinkButton>
          {mayWrite && (
            <>
              <Button
                variant="default"
                leftSection={<Icon name={camera.enabled ? "pause" : "play"} size={16} />}
                loading={toggle.isPending}
                onClick={() => toggle.mutate({ params, body: { enabled: !camera.enabled } })}
              >
                {camera.enabled ? words.turnOff : words.turnOn}
              </Button>
              <Confirm
                title={words.removeTitle}
                text={words.removeText}
                action={strings.actions.remove}
                isBusy={remove.isPending}
                onConfirm={() => remove.mutate({ params })}
              >
                {(ask) => (
                  <Button variant="subtle" color="red" leftSection={<Icon name="trash" size={16} />} onClick={ask}>
                    {strings.actions.remove}
                  </Button>
                )}
              </Confirm>
            </>
          )}
        </>
      }
    >
      <Grid gap="lg">
        {camera.kind === "stream" && (
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <AreasSection camera={camera} />
          </Grid.Col>
        )}
        <Grid.Col span={{ base: 12, lg: camera.kind === "stream" ? 5 : 12 }}>
          <HealthSection camera={camera} />
        </Grid.Col>
        <Grid.Col span={12}>
          <Section title={words.settings}>
            <SettingsForm camera={camera} />
          </Section>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
