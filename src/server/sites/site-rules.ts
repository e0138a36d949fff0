/** What the runner drives: the rules of one site as steps from state to state, each with the records that it changes. */
import type { Site, SiteChange, SiteRecord, SiteRecordKind, StoredPassage } from "../../store/types.ts";

/** A change of state with what it writes; both hold, or neither. */
export interface Step<State> {
  readonly state: State;
  readonly put: readonly SiteRecord[];
  readonly removed: readonly { readonly kind: SiteRecordKind; readonly id: string }[];
}

export interface SiteRules<State> {
  readonly site: Site;
  /** The state as the records have it. */
  load(): Promise<State>;
  /** Takes in lists that were changed meanwhile. */
  refresh?(state: State): Promise<State>;
  take(state: State, passage: StoredPassage): Step<State>;
  /** What time has decided. Called every minute. */
  settle(state: State, nowMs: number): Step<State>;
}

/** A record that no rule touches by itself and that waits for nobody; what is given replaces these. */
export function siteRecord<Data, Evidence = never>(
  given: Pick<SiteRecord<Data, Evidence>, "kind" | "id" | "timeMs" | "data"> & Partial<SiteRecord<Data, Evidence>>,
): SiteRecord<Data, Evidence> {
  return {
    ...{ state: "", isLive: false, needsPerson: false, parent: null, owner: null, plate: null, endMs: null },
    ...{ amount: null, paid: 0, evidence: null },
    ...given,
  };
}

/** Steps one after the other as one change: of a record that several touch, the last word counts. */
export function createChange(): { add(step: Omit<Step<unknown>, "state">): void; change(): SiteChange } {
  const last = new Map<string, SiteRecord | { readonly kind: SiteRecordKind; readonly id: string }>();
  return {
    add({ put, removed }) {
      for (const one of removed) last.set(`${one.kind} ${one.id}`, one);
      for (const record of put) last.set(`${record.kind} ${record.id}`, record);
    },
    change() {
      const all = [...last.values()];
      return {
        put: all.filter((one): one is SiteRecord => "data" in one),
        removed: all.filter((one) => !("data" in one)),
      };
    },
  };
}
