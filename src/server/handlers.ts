/** Every handler by the name of its route; one missing does not compile. */
import type { HandlersOf } from "./handler.ts";
import { accountHandlers } from "./handlers/account.ts";
import { alertHandlers } from "./handlers/alerts.ts";
import { cameraHandlers } from "./handlers/cameras.ts";
import { enforcementHandlers } from "./handlers/enforcement.ts";
import { listHandlers } from "./handlers/lists.ts";
import { parkingHandlers } from "./handlers/parking.ts";
import { passageHandlers } from "./handlers/passages.ts";
import { systemHandlers } from "./handlers/system.ts";
import { tollHandlers } from "./handlers/tolls.ts";
import { trafficHandlers } from "./handlers/traffic.ts";
import type { Routes } from "./routes.ts";

export const HANDLERS: HandlersOf<Routes> = {
  ...accountHandlers,
  ...passageHandlers,
  ...cameraHandlers,
  ...listHandlers,
  ...alertHandlers,
  ...systemHandlers,
  ...parkingHandlers,
  ...tollHandlers,
  ...enforcementHandlers,
  ...trafficHandlers,
};
