import { Stack, Tabs } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { JSX } from "react";
import type { Permission } from "../../server/schemas/access.ts";
import { useSession } from "../api/session.ts";
import { Page } from "../parts/page.tsx";
import { Empty } from "../parts/states.tsx";
import { strings } from "../strings.ts";
import { ApiKeys } from "./administration/api-keys.tsx";
import { AuditTrail } from "./administration/audit.tsx";
import { DeadLetters } from "./administration/dead-letters.tsx";
import { MqttSettings } from "./administration/mqtt.tsx";
import { RetentionRules } from "./administration/retention.tsx";
import { SiteSettings } from "./administration/sites.tsx";
import { GeneralSettings, Storage, Version } from "./administration/system.tsx";
import { Users } from "./administration/users.tsx";
import { Webhooks } from "./administration/webhooks.tsx";

const route = getRouteApi("/shell/administration");
const words = strings.administration;

/** Each tab with the permission without which it would only show refusals. */
const TABS: readonly {
  readonly value: keyof typeof words.tabs;
  readonly needs: Permission;
  readonly Content: () => JSX.Element;
}[] = [
  { value: "general", needs: "settings:read", Content: GeneralTab },
  { value: "users", needs: "users:write", Content: Users },
  { value: "sites", needs: "sites:read", Content: SiteSettings },
  { value: "keys", needs: "keys:write", Content: ApiKeys },
  { value: "deliveries", needs: "deliveries:read", Content: DeliveriesTab },
  { value: "retention", needs: "settings:read", Content: RetentionRules },
  { value: "audit", needs: "audit:read", Content: AuditTrail },
];

export function AdministrationPage(): JSX.Element {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const permissions = useSession()?.me?.permissions ?? [];
  const tabs = TABS.filter(({ needs }) => permissions.includes(needs));
  const chosen = tabs.find(({ value }) => value === tab) ?? tabs[0];
  return (
    <Page title={words.title}>
      {chosen === undefined ? (
        <Empty icon="lock" title={strings.states.forbiddenTitle} text={strings.states.forbiddenText} />
      ) : (
        <Tabs
          value={chosen.value}
          onChange={(value) => void navigate({ search: { tab: value ?? undefined }, replace: true })}
          keepMounted={false}
        >
          <Tabs.List mb="lg">
            {tabs.map(({ value }) => (
              <Tabs.Tab key={value} value={value}>
                {words.tabs[value]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {tabs.map(({ value, Content }) => (
            <Tabs.Panel key={value} value={value}>
              <Content />
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </Page>
  );
}

function GeneralTab(): JSX.Element {
  const mayWatch = useSession()?.me?.permissions.includes("system:read") ?? false;
  return (
    <Stack gap="lg">
      <GeneralSettings />
      {mayWatch && <Storage />}
      <Version />
    </Stack>
  );
}

function DeliveriesTab(): JSX.Element {
  return (
    <Stack gap="lg">
      <Webhooks />
      <MqttSettings />
      <DeadLetters />
    </Stack>
  );
}
