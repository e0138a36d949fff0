import { Anchor, Group, Paper, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { JSX } from "react";
import type { Site } from "../../server/schemas/administration.ts";
import { useLive } from "../api/live.ts";
import { useGet } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { Icon } from "../parts/icons.tsx";
import { Page } from "../parts/page.tsx";
import { Answer, Empty } from "../parts/states.tsx";
import { siteStrings as words } from "../site-strings.ts";
import { EnforcementSite } from "./site/enforcement.tsx";
import { ParkingSite } from "./site/parking.tsx";
import { TollSite } from "./site/tolls.tsx";
import { TrafficSite } from "./site/traffic.tsx";

const route = getRouteApi("/shell/sites/$id");

export function SitePage(): JSX.Element {
  const { id } = route.useParams();
  const site = useGet("/api/v1/sites/:id", { params: { id } });
  const client = useQueryClient();
  const mayListen = useMay("live:read");
  useLive(
    "site",
    ({ siteId }) => {
      if (siteId !== id) return;
      // Whatever is shown of this site may be other now.
      void client.invalidateQueries({
        predicate: ({ queryKey: [path, params] }) =>
          String(path).startsWith("/api/v1/sites/:id/") && (params as { id?: string } | undefined)?.id === id,
      });
    },
    mayListen,
  );
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/sites" size="sm">
        <Group gap={4}>
          <Icon name="left" size={16} />
          {words.back}
        </Group>
      </Anchor>
      <Answer query={site}>
        {(found) => (
          <Page title={found.name} about={words.kinds[found.kind]}>
            <Content key={found.id} site={found} />
          </Page>
        )}
      </Answer>
    </Stack>
  );
}

function Content({ site }: { readonly site: Site }): JSX.Element {
  switch (site.kind) {
    case "parking":
      return <ParkingSite site={site} />;
    case "toll":
      return <TollSite site={site} />;
    case "enforcement":
      return <EnforcementSite site={site} />;
    case "traffic":
      return <TrafficSite site={site} />;
    case "generic":
      return (
        <Paper>
          <Empty icon="sites" title={words.generic} text={words.genericText} />
        </Paper>
      );
  }
}
