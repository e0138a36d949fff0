/** What stands around every page: navigation, who is here, whether the live feed runs, and alerts as they come. */
import { ActionIcon, Anchor, AppShell, Burger, Group, Indicator, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { type JSX, useEffect } from "react";
import type { Permission } from "../../server/schemas/access.ts";
import { useLive, useLiveStatus } from "../api/live.ts";
import { useGet } from "../api/queries.ts";
import { useMay, useSession } from "../api/session.ts";
import { Icon, type IconName } from "../parts/icons.tsx";
import { siteStrings } from "../site-strings.ts";
import { strings } from "../strings.ts";
import { AccountMenu } from "./account-menu.tsx";
import classes from "./shell.module.css";

type PagePath =
  | "/try"
  | "/live"
  | "/passages"
  | "/cameras"
  | "/lists"
  | "/alerts"
  | "/sites"
  | "/statistics"
  | "/administration";

const PAGES: readonly {
  readonly to: PagePath;
  readonly icon: IconName;
  readonly label: string;
  readonly needs: Permission;
}[] = [
  { to: "/live", icon: "live", label: strings.nav.live, needs: "live:read" },
  { to: "/passages", icon: "passages", label: strings.nav.passages, needs: "passages:read" },
  { to: "/alerts", icon: "alert", label: strings.nav.alerts, needs: "alerts:read" },
  { to: "/lists", icon: "lists", label: strings.nav.lists, needs: "lists:read" },
  { to: "/sites", icon: "sites", label: siteStrings.nav, needs: "sites:read" },
  { to: "/cameras", icon: "camera", label: strings.nav.cameras, needs: "cameras:read" },
  { to: "/statistics", icon: "statistics", label: strings.nav.statistics, needs: "statistics:read" },
  { to: "/try", icon: "try", label: strings.nav.try, needs: "read:run" },
  { to: "/administration", icon: "settings", label: strings.nav.administration, needs: "settings:read" },
];

export function Shell(): JSX.Element {
  const [isOpen, { toggle, close }] = useDisclosure();
  const me = useSession()?.me;
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes whenever the page changes
  useEffect(close, [pathname]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "md", md: "xl" }}
    >
      <a href="#content" className="skip-link">
        {strings.app.skip}
      </a>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? strings.app.closeMenu : strings.app.openMenu}
              aria-expanded={isOpen}
            />
            <Link to="/" className={classes.brand}>
              <img src="/icon.svg" width={28} height={28} alt="" />
              {strings.app.name}
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            {me?.permissions.includes("live:read") && <LiveDot />}
            {me?.permissions.includes("alerts:read") && <AlertBell />}
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className={classes.navbar} aria-label={strings.app.navigation}>
        <ul className={classes.links}>
          {PAGES.filter(({ needs }) => me?.permissions.includes(needs)).map(({ to, icon, label }) => (
            <li key={to}>
              <Link to={to} className={classes.link} activeOptions={{ includeSearch: false }} onClick={close}>
                <Icon name={icon} />
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </AppShell.Navbar>
      <AppShell.Main className={classes.main} id="content" tabIndex={-1}>
        <div className={classes.content}>
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

function LiveDot(): JSX.Element | null {
  const status = useLiveStatus();
  if (status === "off") return null;
  return (
    <Group gap={6} wrap="nowrap" role="status" px={4} title={strings.app.live[status]}>
      <span className={classes.dot} data-status={status} />
      <VisuallyHidden hiddenFrom="xs">{strings.app.live[status]}</VisuallyHidden>
      <Text size="sm" c="dimmed" visibleFrom="xs">
        {strings.app.live[status]}
      </Text>
    </Group>
  );
}

/** Open alerts, and a message for each that comes while the page is open. */
function AlertBell(): JSX.Element {
  const client = useQueryClient();
  const maySeePassages = useMay("passages:read");
  const mayListen = useMay("live:read");
  const open = useGet("/api/v1/alerts", { query: { open: "true", limit: 10 } }, { refetchMs: 60_000 });
  useLive(
    "alert",
    (alert) => {
      void client.invalidateQueries({ queryKey: ["/api/v1/alerts"] });
      notifications.show({
        id: alert.id,
        color: "orange",
        title: `${alert.text} · ${alert.ruleName}`,
        autoClose: 15_000,
        message: maySeePassages ? (
          <Anchor component={Link} to={`/passages/${alert.passageId}`} size="sm">
            {alert.reason}
          </Anchor>
        ) : (
          alert.reason
        ),
      });
    },
    mayListen,
  );
  useLive(
    "notification",
    ({ id, level, text }) =>
      notifications.show({
        id,
        message: text,
        color: level === "error" ? "red" : level === "warning" ? "orange" : "gray",
      }),
    mayListen,
  );
  const count = open.data?.items.length ?? 0;
  const label = count === 0 ? strings.app.noOpenAlerts : strings.app.openAlerts(count >= 10 ? "10+" : String(count));
  return (
    <Tooltip label={label}>
      <Indicator label={count >= 10 ? "9+" : count} size={16} disabled={count === 0} color="red.8" offset={4}>
        <ActionIcon component={Link} to="/alerts" variant="subtle" color="gray" size="lg" aria-label={label} c="dimmed">
          <Icon name="alert" />
        </ActionIcon>
      </Indicator>
    </Tooltip>
  );
}
