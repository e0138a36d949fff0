/** Every route of the server in one table. A route that is not here does not exist, and each names who may use it. */
import type { Route } from "./route.ts";
import { accountRoutes } from "./routes/account.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { cameraRoutes } from "./routes/cameras.ts";
import { enforcementRoutes } from "./routes/enforcement.ts";
import { listRoutes } from "./routes/lists.ts";
import { parkingRoutes } from "./routes/parking.ts";
import { passageRoutes } from "./routes/passages.ts";
import { systemRoutes } from "./routes/system.ts";
import { tollRoutes } from "./routes/tolls.ts";
import { trafficRoutes } from "./routes/traffic.ts";

export const ROUTES = {
  ...accountRoutes,
  ...passageRoutes,
  ...cameraRoutes,
  ...listRoutes,
  ...alertRoutes,
  ...systemRoutes,
  ...parkingRoutes,
  ...tollRoutes,
  ...enforcementRoutes,
  ...trafficRoutes,
} as const satisfies Record<string, Route>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
