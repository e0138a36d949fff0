/** Every page's address. Each page's code is fetched when it is first opened. */
import { Notifications } from "@mantine/notifications";
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { JSX } from "react";
import { type Session, sessionQuery } from "../api/session.ts";
import { Loading, Problem } from "../parts/states.tsx";
import { NotFound } from "./not-found.tsx";
import { parsePassageSearch } from "./passage-search.ts";
import { Shell } from "./shell.tsx";

const rootRoute = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({
  component: Root,
  notFoundComponent: NotFound,
});

/** Messages stand within the router: they hold links. */
function Root(): JSX.Element {
  return (
    <>
      <Notifications position="bottom-right" limit={4} />
      <Outlet />
    </>
  );
}

async function session(queryClient: QueryClient): Promise<Session> {
  return await queryClient.ensureQueryData(sessionQuery);
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

const logInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/log-in",
  validateSearch: (search): { next?: string | undefined } => ({ next: text(search.next) }),
  beforeLoad: async ({ context, search }) => {
    const { me, setup } = await session(context.queryClient);
    if (me?.kind === "user") throw redirect({ href: inside(search.next) });
    if (setup.needsSetup) throw redirect({ to: "/set-up" });
  },
  component: lazyRouteComponent(() => import("../pages/log-in.tsx"), "LogInPage"),
});

/** Only addresses of these pages: a link must not lead elsewhere after logging in. */
function inside(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}

const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/set-up",
  validateSearch: (search): { token?: string | undefined } => ({ token: text(search.token) }),
  beforeLoad: async ({ context }) => {
    if (!(await session(context.queryClient)).setup.needsSetup) throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(() => import("../pages/set-up.tsx"), "SetUpPage"),
});

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    const { me, setup } = await session(context.queryClient);
    if (me !== null) return;
    if (setup.needsSetup) throw redirect({ to: "/set-up" });
    throw redirect({ to: "/log-in", search: location.href === "/" ? {} : { next: location.href } });
  },
  component: Shell,
});

const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  beforeLoad: async ({ context }) => {
    const { me } = await session(context.queryClient);
    throw redirect({ to: me?.permissions.includes("live:read") ? "/live" : "/try" });
  },
});

const shell = { getParentRoute: () => shellRoute } as const;

const tryRoute = createRoute({
  ...shell,
  path: "/try",
  component: lazyRouteComponent(() => import("../pages/try.tsx"), "TryPage"),
});
const liveRoute = createRoute({
  ...shell,
  path: "/live",
  component: lazyRouteComponent(() => import("../pages/live.tsx"), "LivePage"),
});
const passagesRoute = createRoute({
  ...shell,
  path: "/passages",
  validateSearch: parsePassageSearch,
  component: lazyRouteComponent(() => import("../pages/passages.tsx"), "PassagesPage"),
});
const passageRoute = createRoute({
  ...shell,
  path: "/passages/$id",
  component: lazyRouteComponent(() => import("../pages/passage.tsx"), "PassagePage"),
});
const camerasRoute = createRoute({
  ...shell,
  path: "/cameras",
  component: lazyRouteComponent(() => import("../pages/cameras.tsx"), "CamerasPage"),
});
const cameraRoute = createRoute({
  ...shell,
  path: "/cameras/$id",
  component: lazyRouteComponent(() => import("../pages/camera.tsx"), "CameraPage"),
});
const listsRoute = createRoute({
  ...shell,
  path: "/lists",
  component: lazyRouteComponent(() => import("../pages/lists.tsx"), "ListsPage"),
});
const listRoute = createRoute({
  ...shell,
  path: "/lists/$id",
  component: lazyRouteComponent(() => import("../pages/list.tsx"), "ListPage"),
});
const sitesRoute = createRoute({
  ...shell,
  path: "/sites",
  component: lazyRouteComponent(() => import("../pages/sites.tsx"), "SitesPage"),
});
const siteRoute = createRoute({
  ...shell,
  path: "/sites/$id",
  validateSearch: (search): { tab?: string | undefined } => ({ tab: text(search.tab) }),
  component: lazyRouteComponent(() => import("../pages/site.tsx"), "SitePage"),
});
const alertsRoute = createRoute({
  ...shell,
  path: "/alerts",
  validateSearch: (search): { tab?: "rules" | undefined } => ({ tab: search.tab === "rules" ? "rules" : undefined }),
  component: lazyRouteComponent(() => import("../pages/alerts.tsx"), "AlertsPage"),
});
const statisticsRoute = createRoute({
  ...shell,
  path: "/statistics",
  validateSearch: (search): { days?: number | undefined; camera?: string | undefined } => ({
    days: typeof search.days === "number" && search.days > 0 && search.days <= 400 ? search.days : undefined,
    camera: text(search.camera),
  }),
  component: lazyRouteComponent(() => import("../pages/statistics.tsx"), "StatisticsPage"),
});
const administrationRoute = createRoute({
  ...shell,
  path: "/administration",
  validateSearch: (search): { tab?: string | undefined } => ({ tab: text(search.tab) }),
  component: lazyRouteComponent(() => import("../pages/administration.tsx"), "AdministrationPage"),
});

const routeTree = rootRoute.addChildren([
  logInRoute,
  setUpRoute,
  shellRoute.addChildren([
    homeRoute,
    tryRoute,
    liveRoute,
    passagesRoute,
    passageRoute,
    camerasRoute,
    cameraRoute,
    listsRoute,
    listRoute,
    sitesRoute,
    siteRoute,
    alertsRoute,
    statisticsRoute,
    administrationRoute,
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultPendingComponent: Loading,
    defaultErrorComponent: ({ error, reset }) => <Problem error={error} onRetry={reset} />,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
