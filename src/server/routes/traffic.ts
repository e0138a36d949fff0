/** Traffic: counts, travel times, origins and destinations, days compared. */
import type { Route } from "../route.ts";
import { idParams } from "../schemas/common.ts";
import { spanQuery } from "../schemas/parking.ts";
import * as traffic from "../schemas/traffic.ts";

const read = { tag: "traffic", method: "GET", access: "sites:read", rate: "query", params: idParams } as const;
const SITE = "/api/v1/sites/:id/traffic";
/** As registered with IANA in 2024. */
export const PARQUET = "application/vnd.apache.parquet";
const media = ["application/json", "text/csv", PARQUET] as const;

export const trafficRoutes = {
  getTraffic: {
    ...read,
    path: SITE,
    summary: "Counting points and sections as they are set up",
    reply: traffic.trafficSetupSchema,
  },
  putTraffic: {
    ...read,
    method: "PUT",
    access: "sites:write",
    rate: "write",
    path: SITE,
    summary: "Set counting points and sections up; their cameras become the site's",
    body: traffic.trafficSetupSchema,
    reply: traffic.trafficSetupSchema,
    shownBy: "getTraffic",
  },
  trafficOverview: {
    ...read,
    path: `${SITE}/overview`,
    summary: "Vehicles of a span by point, travel times by section, and what is unusual now",
    query: spanQuery,
    reply: traffic.trafficOverviewSchema,
  },
  trafficCounts: {
    ...read,
    path: `${SITE}/counts`,
    summary: "Counts, flow, headway and occupancy by lane, as JSON, CSV or Parquet",
    query: traffic.countsQuery,
    media,
  },
  trafficTravelTimes: {
    ...read,
    path: `${SITE}/travel-times`,
    summary: "Travel times of a section, outliers left out, as JSON, CSV or Parquet",
    query: traffic.travelQuery,
    media,
  },
  trafficOd: {
    ...read,
    path: `${SITE}/od`,
    summary: "Trips from origin to destination; cells of few vehicles are not told; as JSON, CSV or Parquet",
    query: traffic.odQuery,
    media,
  },
  trafficCompare: {
    ...read,
    path: `${SITE}/compare`,
    summary: "A day beside earlier ones of its weekday",
    query: traffic.compareQuery,
    reply: traffic.comparedSchema,
  },
} as const satisfies Record<string, Route>;
