/** Who may do what: permissions, roles, users, sessions, keys. */
import { z } from "zod";
import { idSchema, nameSchema, timeMsSchema } from "./common.ts";

/** Everything that can be allowed; the routes' table names one for each route. */
export const PERMISSIONS = [
  "read:run",
  "passages:read",
  "passages:write",
  "passages:correct",
  "passages:hold",
  "passages:forget",
  "passages:export",
  "live:read",
  "cameras:read",
  "cameras:write",
  "lists:read",
  "lists:write",
  "alerts:read",
  "alerts:acknowledge",
  "rules:write",
  "deliveries:read",
  "deliveries:write",
  "statistics:read",
  "sites:read",
  "sites:operate",
  "sites:write",
  "users:write",
  "keys:write",
  "retention:write",
  "audit:read",
  "settings:read",
  "settings:write",
  "system:read",
] as const;
export const permissionSchema = z.enum(PERMISSIONS);
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ["administrator", "operator", "viewer"] as const;
export const roleSchema = z.enum(ROLES);
export type Role = (typeof ROLES)[number];

export const PASSWORD_MIN = 12;
/** Long enough for any sentence; hashing more would only cost time. */
export const passwordSchema = z.string().min(PASSWORD_MIN).max(256);
/** What a login carries: too short ones are simply wrong. */
export const givenPasswordSchema = z.string().min(1).max(256);

export const usernameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]{1,63}$/);

/** Null: every site. */
export const siteIdsSchema = z.array(idSchema).max(500).nullable();

export const setupBody = z.object({
  token: z.string().min(1).max(200).describe("From the one-time link printed at the first start"),
  username: usernameSchema,
  password: passwordSchema,
});

export const setupStateSchema = z.object({
  /** Whether an administrator must still be made. */
  needsSetup: z.boolean(),
  /** Whether the Try page works without logging in: on loopback, before set-up. */
  openReading: z.boolean(),
});

export const loginBody = z.object({ username: z.string().min(1).max(64), password: givenPasswordSchema });

export const userSchema = z.object({
  id: idSchema,
  username: z.string(),
  displayName: z.string(),
  role: roleSchema,
  siteIds: siteIdsSchema,
  enabled: z.boolean(),
  createdMs: timeMsSchema,
  lastLoginMs: timeMsSchema.nullable(),
  lockedUntilMs: timeMsSchema.nullable(),
});
export type User = z.infer<typeof userSchema>;

export const meSchema = z.object({
  kind: z.enum(["user", "key", "open"]).describe("open: nobody logged in, before set-up on loopback"),
  id: idSchema.nullable(),
  name: z.string(),
  role: roleSchema.nullable(),
  permissions: z.array(permissionSchema),
  siteIds: siteIdsSchema,
  /** When the session ends if nothing is done. */
  expiresMs: timeMsSchema.nullable(),
});
export type Me = z.infer<typeof meSchema>;

export const changePasswordBody = z.object({ current: givenPasswordSchema, password: passwordSchema });

export const createUserBody = z.object({
  username: usernameSchema,
  displayName: nameSchema.optional(),
  password: passwordSchema,
  role: roleSchema,
  siteIds: siteIdsSchema.default(null),
});

export const updateUserBody = z.object({
  displayName: nameSchema.optional(),
  role: roleSchema.optional(),
  siteIds: siteIdsSchema.optional(),
  enabled: z.boolean().optional(),
  password: passwordSchema.optional().describe("Ends every session of the user"),
});

export const roleDescriptionSchema = z.object({
  role: roleSchema,
  summary: z.string(),
  permissions: z.array(permissionSchema),
});

export const apiKeySchema = z.object({
  id: idSchema,
  name: z.string(),
  /** The first characters of the key, to tell keys apart. */
  prefix: z.string(),
  scopes: z.array(permissionSchema),
  siteIds: siteIdsSchema,
  createdMs: timeMsSchema,
  createdBy: z.string(),
  expiresMs: timeMsSchema.nullable(),
  lastUsedMs: timeMsSchema.nullable(),
  revokedMs: timeMsSchema.nullable(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

export const createApiKeyBody = z.object({
  name: nameSchema,
  scopes: z.array(permissionSchema).min(1).max(PERMISSIONS.length),
  siteIds: siteIdsSchema.default(null),
  expiresMs: timeMsSchema.nullable().default(null),
});

/** The only time that the key itself is shown. */
export const createdApiKeySchema = apiKeySchema.extend({ key: z.string() });
