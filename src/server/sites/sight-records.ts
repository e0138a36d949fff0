/** Passages that may still find a partner, as records: what a step changed of a pairing, and the pairing when rules start. */
import type { Pair, PairEnd, PairingState } from "../../sites/pairing.ts";
import type { PlateEvidence } from "../../sites/site-passage.ts";
import type { SiteRecord } from "../../store/types.ts";
import { type Step, siteRecord } from "./site-rules.ts";

type End = Omit<PairEnd, "plate">;
interface SightData {
  readonly start: End | null;
  readonly end: End | null;
  /** Nats; null is infinite. */
  readonly fit: number | null;
  readonly lead: number | null;
  readonly isExact: boolean;
}
interface SightEvidence {
  readonly start: PlateEvidence | null;
  readonly end: PlateEvidence | null;
}
type SightRecord = SiteRecord<SightData, SightEvidence>;

/** @param group what is paired: a section, or the whole road. */
export function sightChanges(group: string, before: PairingState, after: PairingState): Omit<Step<unknown>, "state"> {
  const was = recordsById(group, before);
  const is = recordsById(group, after);
  return {
    put: [...is].filter(([id, make]) => was.get(id)?.of !== make.of).map(([, { make }]) => make()),
    removed: [...was.keys()].filter((id) => !is.has(id)).map((id) => ({ kind: "sight", id })),
  };
}

export function sightsOf(records: readonly SiteRecord[], group: string): PairingState {
  const starts: PairEnd[] = [];
  const ends: PairEnd[] = [];
  const pairs: Pair[] = [];
  for (const record of records) {
    // What was forgotten can find no partner.
    if (record.parent !== group || !record.isLive || record.evidence === null) continue;
    const { data, evidence } = record as SightRecord; // only recordsById writes them
    const start = endOf(data.start, evidence!.start);
    const end = endOf(data.end, evidence!.end);
    const { fit, lead, isExact } = data;
    if (start !== null && end !== null) {
      pairs.push({ start, end, isExact, fit: fit ?? Number.POSITIVE_INFINITY, lead: lead ?? Number.POSITIVE_INFINITY });
    } else if (start !== null) starts.push(start);
    else if (end !== null) ends.push(end);
  }
  return { starts, ends, pairs };
}

/** Made only where they are written: most passages of a pairing are as they were. */
function recordsById(group: string, { starts, ends, pairs }: PairingState) {
  const all = new Map<string, { readonly of: object; readonly make: () => SiteRecord }>();
  const add = (of: object, id: string, start: PairEnd | null, end: PairEnd | null, pair: Pair | null): void => {
    all.set(id, { of, make: () => sightRecord(group, id, start, end, pair) });
  };
  for (const one of starts) add(one, `${group}:start:${one.id}`, one, null, null);
  for (const one of ends) add(one, `${group}:end:${one.id}`, null, one, null);
  for (const one of pairs) add(one, `${group}:pair:${one.start.id}`, one.start, one.end, one);
  return all;
}

function sightRecord(
  group: string,
  id: string,
  start: PairEnd | null,
  end: PairEnd | null,
  pair: Pair | null,
): SiteRecord {
  const first = (start ?? end)!; // of one of both
  return siteRecord<SightData, SightEvidence>({
    ...{ kind: "sight", id, isLive: true, parent: group, plate: first.plate.text, timeMs: first.timeMs },
    endMs: end?.timeMs ?? null,
    data: {
      start: bare(start),
      end: bare(end),
      fit: pair !== null && Number.isFinite(pair.fit) ? pair.fit : null,
      lead: pair !== null && Number.isFinite(pair.lead) ? pair.lead : null,
      isExact: pair?.isExact ?? false,
    },
    evidence: { start: start?.plate ?? null, end: end?.plate ?? null },
  });
}

function bare(end: PairEnd | null): End | null {
  return end === null ? null : { id: end.id, timeMs: end.timeMs, place: end.place };
}

function endOf(end: End | null, plate: PlateEvidence | null): PairEnd | null {
  return end === null || plate === null ? null : { ...end, plate };
}
