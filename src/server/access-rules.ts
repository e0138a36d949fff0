/** What each role may do: the one place. Routes name permissions, callers have them; nothing else decides. */
import { PERMISSIONS, type Permission, type Role } from "./schemas/access.ts";

const VIEWER: readonly Permission[] = [
  "read:run",
  "passages:read",
  "live:read",
  "cameras:read",
  "lists:read",
  "alerts:read",
  "statistics:read",
  "sites:read",
  "settings:read",
];

const OPERATOR: readonly Permission[] = [
  ...VIEWER,
  "passages:write",
  "passages:correct",
  "passages:hold",
  "passages:export",
  "lists:write",
  "alerts:acknowledge",
  "deliveries:read",
  "sites:operate",
];

export const ROLE_RULES: Readonly<
  Record<Role, { readonly summary: string; readonly permissions: readonly Permission[] }>
> = {
  administrator: { summary: "Everything.", permissions: PERMISSIONS },
  operator: {
    summary: "Works with passages, lists and alerts; can't change cameras, users or settings.",
    permissions: OPERATOR,
  },
  viewer: { summary: "Looks at passages, cameras and statistics; changes nothing.", permissions: VIEWER },
};

/** They reach beyond any one site: who is limited to some sites has none of them. */
export const GLOBAL_PERMISSIONS: ReadonlySet<Permission> = new Set<Permission>([
  "passages:forget",
  "rules:write",
  "deliveries:read",
  "deliveries:write",
  "sites:write",
  "users:write",
  "keys:write",
  "retention:write",
  "audit:read",
  "settings:write",
  "system:read",
]);

/** The permissions of somebody with these, limited to these sites (null: not limited). */
export function withinSites(
  permissions: readonly Permission[],
  siteIds: readonly string[] | null,
): ReadonlySet<Permission> {
  return new Set(siteIds === null ? permissions : permissions.filter((one) => !GLOBAL_PERMISSIONS.has(one)));
}

/** Before an administrator exists, on loopback: reading pictures, so that the first minute needs no set-up. */
export const OPEN_PERMISSIONS: ReadonlySet<Permission> = new Set<Permission>(["read:run"]);
