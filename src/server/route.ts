/** What a route is: one plain record, from which checking, permissions, limits and the OpenAPI document all come. */
import type { z } from "zod";
import type { Permission } from "./schemas/access.ts";

/**
 * `public`: anybody, even beyond loopback: health, logging in, setting up. `account`: whoever is logged in or has a key.
 * All others need that very permission.
 */
export type Access = "public" | "account" | Permission;

/** How often one caller may ask; limits stand in rate-limit.ts. */
export type RateClass = "login" | "query" | "write" | "read" | "ingest" | "heavy" | "stream" | "none";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  readonly method: Method;
  /** As Fastify writes it: `/api/v1/cameras/:id`. */
  readonly path: string;
  readonly access: Access;
  readonly rate: RateClass;
  readonly tag: string;
  readonly summary: string;
  /**
   * Of public routes, whether it matters who asks; default yes. `ignored`: nobody looks, so that it answers while the database
   * is away. `if-known`: whoever can't be looked up is nobody.
   */
  readonly caller?: "ignored" | "if-known";
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Besides JSON, the body may be a form with files; its handler reads that itself. */
  readonly form?: boolean;
  /** Largest body in bytes; default 1 MiB. */
  readonly bodyLimit?: number;
  /** Status of success; default 200. */
  readonly status?: 200 | 201 | 204;
  /** What is answered, as JSON. */
  readonly reply?: z.ZodType;
  /** What is answered when that is not JSON. */
  readonly media?: readonly string[];
  /** Name of the route that shows what this one changes: `If-Match` is checked against its ETag. */
  readonly shownBy?: string;
}

export type ParamsOf<R extends Route> = R["params"] extends z.ZodType ? z.output<R["params"]> : undefined;
export type QueryOf<R extends Route> = R["query"] extends z.ZodType ? z.output<R["query"]> : undefined;
export type BodyOf<R extends Route> = R["body"] extends z.ZodType ? z.output<R["body"]> : undefined;
export type ReplyOf<R extends Route> = R["reply"] extends z.ZodType ? z.output<R["reply"]> : undefined;
