import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import { siteStrings } from "../../site-strings.ts";
import { SiteTabs } from "./site-tabs.tsx";
import { TrafficOrigins } from "./traffic-origins.tsx";
import { TrafficOverview } from "./traffic-overview.tsx";
import { TrafficSetup } from "./traffic-setup.tsx";
import { TrafficTravel } from "./traffic-travel.tsx";

export function TrafficSite({ site }: { readonly site: Site }): JSX.Element {
  return (
    <SiteTabs names={siteStrings.traffic.tabs}>
      {(tab) => {
        switch (tab) {
          case "overview":
            return <TrafficOverview site={site} />;
          case "travel":
            return <TrafficTravel site={site} />;
          case "od":
            return <TrafficOrigins site={site} />;
          case "setup":
            return <TrafficSetup site={site} />;
        }
      }}
    </SiteTabs>
  );
}
