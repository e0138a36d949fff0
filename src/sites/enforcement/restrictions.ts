/** Where and when vehicles may not be: restricted zones, bus lanes, hours of delivery; and who may all the same. */
import { PlateKitError } from "../../core/errors.ts";
import { type Hours, holidaySet, hoursOf, isWithinHours, type WeeklyHours } from "../calendar.ts";
import { type Confusability, confusability } from "../confusion-table.ts";
import { identifyPlate } from "../identify.ts";
import { type PlateIndex, plateIndex } from "../plate-index.ts";
import type { SitePassage } from "../site-passage.ts";
import { isValidAt, type Validity } from "../validity.ts";
import { wallText, type ZoneClock, zoneClock } from "../zone-clock.ts";
import type { EnforcementCase } from "./cases.ts";

export interface Restriction {
  readonly id: string;
  readonly name: string;
  readonly kind: "restricted-zone" | "bus-lane" | "permitted-hours";
  readonly cameraIds: readonly string[];
  /** Missing: any direction. */
  readonly direction?: "in" | "out";
  readonly timeZone: string;
  /** When it is forbidden; for `permitted-hours`, when it is allowed. Missing: always forbidden. */
  readonly hours?: readonly WeeklyHours[];
  /** Dates `2026-12-25`. */
  readonly holidays?: readonly string[];
  /** Who may: residents, buses, deliveries. */
  readonly exempt: readonly (Validity & { readonly plate: string })[];
  /** Of restrictions of one kind that overlap, the highest decides. Default 0. */
  readonly priority?: number;
}

export interface PreparedRestriction {
  readonly rule: Restriction;
  readonly clock: ZoneClock;
  readonly hours: readonly Hours[];
  readonly holidays: ReadonlySet<number>;
  readonly exempt: PlateIndex<Restriction["exempt"][number]>;
}

/** A passage that breaks a rule, for a person to confirm. */
export interface Violation {
  readonly rule: Restriction;
  /** Others of its kind that it breaks too: zones that overlap make one case. */
  readonly also: readonly string[];
  readonly case: EnforcementCase;
}

/** A vehicle that is exempt with this probability, or more, is let alone: half of all passages may be exempt. */
const EXEMPT_PROBABILITY = 0.05;
const EXEMPT_SHARE = 0.5;

const DEFAULT = confusability();

/** @throws PlateKitError SITE_INVALID for hours, dates or a time zone that are none, or permitted hours without hours. */
export function prepareRestriction(rule: Restriction): PreparedRestriction {
  if (rule.kind === "permitted-hours" && (rule.hours ?? []).length === 0) {
    throw new PlateKitError("SITE_INVALID", `Restriction "${rule.id}" permits hours, but names none.`);
  }
  return {
    rule,
    clock: zoneClock(rule.timeZone),
    hours: (rule.hours ?? []).map(hoursOf),
    holidays: holidaySet(rule.holidays ?? []),
    exempt: plateIndex(rule.exempt, ({ plate }) => [plate]),
  };
}

/** What a passage may be charged with: at most one case of each kind, however many zones overlap. */
export function violationsOf(
  passage: SitePassage,
  restrictions: readonly PreparedRestriction[],
  confusions: Confusability = DEFAULT,
): readonly Violation[] {
  const broken = restrictions
    .filter((one) => isForbidden(one, passage) && !isExempt(one, passage, confusions))
    .sort((a, b) => (b.rule.priority ?? 0) - (a.rule.priority ?? 0) || (a.rule.id < b.rule.id ? -1 : 1));
  const kinds = [...new Set(broken.map(({ rule }) => rule.kind))];
  return kinds.map((kind) => {
    const [first, ...others] = broken.filter(({ rule }) => rule.kind === kind);
    const { rule, clock } = first!; // the kind is of some
    return {
      rule,
      also: others.map(({ rule: other }) => other.id),
      case: {
        id: `${kind}:${rule.id}:${passage.id}`,
        kind,
        passageIds: [passage.id],
        text: passage.text,
        probability: passage.confidence,
        summary: `${rule.name}: seen at ${wallText(passage.firstTimeMs, clock)}, when it may not be.`,
        timeMs: passage.firstTimeMs,
        trail: [],
      },
    };
  });
}

function isForbidden({ rule, clock, hours, holidays }: PreparedRestriction, passage: SitePassage): boolean {
  if (!rule.cameraIds.includes(passage.cameraId)) return false;
  if (rule.direction !== undefined && passage.direction !== rule.direction) return false;
  if (hours.length === 0) return true;
  const isWithin = isWithinHours(hours, passage.firstTimeMs, clock, holidays);
  return rule.kind === "permitted-hours" ? !isWithin : isWithin;
}

function isExempt({ exempt }: PreparedRestriction, passage: SitePassage, confusions: Confusability): boolean {
  return identifyPlate(passage, exempt, { knownShare: EXEMPT_SHARE, confusions }).some(
    ({ text, probability }) =>
      probability >= EXEMPT_PROBABILITY &&
      exempt.byText.get(text)!.some((entry) => isValidAt(entry, passage.firstTimeMs)), // a text of the index
  );
}
