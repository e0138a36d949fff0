import type { JSX } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import { siteStrings } from "../../site-strings.ts";
import { SiteTabs } from "./site-tabs.tsx";
import { TollAccounts } from "./toll-accounts.tsx";
import { TollCharges } from "./toll-charges.tsx";
import { TollOverview } from "./toll-overview.tsx";
import { TollSetup } from "./toll-setup.tsx";

export function TollSite({ site }: { readonly site: Site }): JSX.Element {
  return (
    <SiteTabs names={siteStrings.toll.tabs}>
      {(tab) => {
        switch (tab) {
          case "overview":
            return <TollOverview site={site} />;
          case "charges":
            return <TollCharges key="all" site={site} isReview={false} />;
          case "review":
            return <TollCharges key="review" site={site} isReview />;
          case "accounts":
            return <TollAccounts site={site} />;
          case "setup":
            return <TollSetup site={site} />;
        }
      }}
    </SiteTabs>
  );
}
