import { Tabs } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { JSX } from "react";

const route = getRouteApi("/shell/sites/$id");

/** The parts of a site's page, the open one in the address. */
export function SiteTabs<Name extends string>(props: {
  readonly names: Readonly<Record<Name, string>>;
  readonly children: (name: Name) => JSX.Element;
}): JSX.Element {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const all = Object.keys(props.names) as Name[]; // its own keys
  const chosen = all.find((name) => name === tab) ?? all[0]!; // there is one
  return (
    <Tabs
      value={chosen}
      onChange={(value) => void navigate({ search: { tab: value ?? undefined }, replace: true })}
      keepMounted={false}
    >
      <Tabs.List mb="lg">
        {all.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {props.names[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {all.map((name) => (
        <Tabs.Panel key={name} value={name}>
          {props.children(name)}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
