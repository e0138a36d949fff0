/** The one-time token with which the first administrator is made. In memory only: every start before that makes a new one. */
import { randomBytes } from "node:crypto";
import type { Store } from "../store/types.ts";
import type { Setup } from "./context.ts";

export async function createSetup(store: Store): Promise<Setup> {
  let hasUsers = (await store.users.count()) > 0;
  const token = hasUsers ? null : randomBytes(24).toString("base64url");
  return {
    token: () => (hasUsers ? null : token),
    async isNeeded() {
      // Users don't become none again; until there is one, another process on the same database may make it.
      if (!hasUsers) hasUsers = (await store.users.count()) > 0;
      return !hasUsers;
    },
    done() {
      hasUsers = true;
    },
  };
}
