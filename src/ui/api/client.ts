/** One typed way to talk to the server. What a path takes and answers follows from the server's own table of routes. */
import type { z } from "zod";
import type { Method, Route } from "../../server/route.ts";
import type { Routes } from "../../server/routes.ts";
import { strings } from "../strings.ts";
import { ApiProblem, problemOf } from "./problem.ts";

type AnyRoute = Routes[keyof Routes];

/** Paths that a method may be sent to, `/api/v1/cameras/:id`. */
export type PathOf<M extends Method> = Extract<AnyRoute, { method: M }>["path"];

type RouteAt<M extends Method, P extends string> = Extract<AnyRoute, { method: M; path: P }>;
type Given<R, Name extends keyof Route> = R extends { readonly [N in Name]: infer Schema extends z.ZodType }
  ? z.input<Schema>
  : undefined;

export type Answered<M extends Method, P extends string> =
  RouteAt<M, P> extends { readonly reply: infer Schema extends z.ZodType } ? z.output<Schema> : undefined;

/** One row of a page of rows. */
export type RowOf<P extends string> = Answered<"GET", P> extends { items: readonly (infer Row)[] } ? Row : never;

/** What a form fills in. */
export type BodyGiven<M extends Method, P extends string> = Given<RouteAt<M, P>, "body">;
export type QueryGiven<P extends string> = Given<RouteAt<"GET", P>, "query">;

export interface Request<M extends Method, P extends string> {
  readonly params?: Given<RouteAt<M, P>, "params">;
  readonly query?: Partial<QueryGiven<P>>;
  /** Sent as JSON; FormData is sent as it is. */
  readonly body?: BodyGiven<M, P> | FormData;
  readonly signal?: AbortSignal | undefined;
}

/** Sent with what changes something: a form of a foreign page can't set it, so that it can't act in one's name. */
const OWN_PAGE_HEADER = "x-platekit";

/** The address of a resource; parts of the query that are empty are left out. */
export function addressOf(
  path: string,
  { params = {}, query = {} }: { readonly params?: object | undefined; readonly query?: object | undefined } = {},
): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(Reflect.get(params, name))));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const isEmpty =
      value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
    if (!isEmpty) search.set(name, String(value)); // lists become a,b
  }
  const text = search.toString();
  return text === "" ? filled : `${filled}?${text}`;
}

/**
 * Sends one request and gives the answer.
 *
 * @throws ApiProblem with the server's own words where it gave any.
 */
export async function send<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  request: Request<M, P> = {},
): Promise<Answered<M, P>> {
  return (await sendAny(method, path, request)) as Answered<M, P>; // the server answers by the schema the type is from
}

/** The same without types, for parts that pass requests on. */
export async function sendAny(
  method: Method,
  path: string,
  request: {
    readonly params?: object | undefined;
    readonly query?: object | undefined;
    readonly body?: unknown;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<unknown> {
  const { params, query, body, signal } = request;
  const isForm = body instanceof FormData;
  const init: RequestInit = {
    method,
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      ...(method === "GET" ? {} : { [OWN_PAGE_HEADER]: "1" }),
      ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
    },
    signal: signal ?? null,
  };
  if (body !== undefined) init.body = isForm ? body : JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(addressOf(path, { params, query }), init);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiProblem(0, "UNREACHABLE", strings.problems.unreachable);
  }
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? undefined : await response.json();
}
