/** Writes to the audit who did what. What can't be written down is not done: an error here refuses the request. */
import type { Caller } from "./caller.ts";
import type { ServerContext } from "./context.ts";

export interface AuditedAction {
  /** `camera.update`, `passage.search`… */
  readonly action: string;
  /** `camera:<id>` */
  readonly target?: string | null;
  readonly reason?: string | null;
  /** Never secrets. */
  readonly details?: unknown;
  /** A plate that reason or details name. */
  readonly plate?: string | null;
}

export async function audited(
  { store }: ServerContext,
  { caller, address }: { readonly caller: Caller; readonly address: string },
  action: AuditedAction,
): Promise<void> {
  await store.audit.append({ actor: caller.actor, address, ...action });
}
