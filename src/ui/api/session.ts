/** Who is at the page, and what they may do. */
import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import type { z } from "zod";
import type { Me, Permission, setupStateSchema } from "../../server/schemas/access.ts";
import { send } from "./client.ts";
import { isSignedOut } from "./problem.ts";

export interface Session {
  /** Null: nobody is signed in. */
  readonly me: Me | null;
  readonly setup: z.infer<typeof setupStateSchema>;
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session> => {
    const [setup, me] = await Promise.all([
      send("GET", "/api/v1/setup"),
      send("GET", "/api/v1/me").catch((error: unknown) => {
        if (isSignedOut(error)) return null;
        throw error;
      }),
    ]);
    return { setup, me };
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** Forgets everything that was fetched for another person, and looks afresh who is here. */
export async function renewSession(client: QueryClient): Promise<Session> {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
  return await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
}

/** The session; the routes load it before a page is shown. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}

export function useMay(permission: Permission): boolean {
  return useSession()?.me?.permissions.includes(permission) ?? false;
}
