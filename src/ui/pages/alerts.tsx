import { Tabs } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { JSX } from "react";
import { Page } from "../parts/page.tsx";
import { strings } from "../strings.ts";
import { OpenAlerts } from "./alerts/open-alerts.tsx";
import { Rules } from "./alerts/rules.tsx";

const route = getRouteApi("/shell/alerts");

export function AlertsPage(): JSX.Element {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={strings.alerts.title} about={strings.alerts.about}>
      <Tabs
        value={tab ?? "alerts"}
        onChange={(value) => void navigate({ search: value === "rules" ? { tab: "rules" } : {}, replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="alerts">{strings.alerts.tab}</Tabs.Tab>
          <Tabs.Tab value="rules">{strings.rules.title}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="alerts">
          <OpenAlerts />
        </Tabs.Panel>
        <Tabs.Panel value="rules">
          <Rules />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
