/** How often the world's plates carry a text, and whether its characters stand in the groups that its formats print. */
import { textProbability } from "../core/format-pattern.ts";
import { automatonOf, coversRegion, displayText, formatsMatching, formatsOf } from "../core/formats.ts";

/** Share of plates that no format of the registry describes: their texts are as probable as any characters. */
const UNKNOWN_SHARE = 0.05;

/** How much more often a plate is of a region that the caller expects. */
const EXPECTED_BOOST = 8;

/** ln of how much a gap speaks for a new group, for each height that it is wider than the plate's median and so much. */
const GROUP_SLOPE = 18;
const GROUP_GAP = 0.13;
const MOST_RATIO = 3;

/**
 * Of each gap the ln of how much likelier it is between two groups than within one; 0 where nothing is known.
 *
 * @param gaps between neighbours, in heights of the text; NaN between two lines.
 */
export function groupRatios(gaps: readonly number[]): number[] {
  const known = gaps.filter((gap) => !Number.isNaN(gap)).sort((a, b) => a - b);
  const usual = known[Math.floor((known.length - 1) / 2)] ?? 0;
  return gaps.map((gap) => {
    if (Number.isNaN(gap)) return 0;
    return Math.max(-MOST_RATIO, Math.min(MOST_RATIO, GROUP_SLOPE * (gap - usual - GROUP_GAP)));
  });
}

/**
 * How often a plate of all regions carries exactly this text: the mean over the regions of `formats`, each with its
 * formats' shares; relative to texts of other groups where `ratios` tells how it stands.
 *
 * @param ratios of `groupRatios`, one fewer than characters; none: nothing is known.
 */
export function plateProbability(text: string, expected: readonly string[], ratios: readonly number[] = []): number {
  const regionCount = regionWeights().size;
  let sum = 0;
  for (const format of formatsMatching(text)) {
    const boost = expected.some((region) => coversRegion(region, format.region)) ? EXPECTED_BOOST : 1;
    const share = format.prior / regionWeights().get(format.region)!; // every format's region is there
    const groups = ratios.length === 0 ? 1 : Math.exp(groupsRatio(displayText(text, format), ratios));
    sum += boost * share * textProbability(automatonOf(format), text) * groups;
  }
  // Of no format: one group, or two that part anywhere.
  const anywhere = ratios.reduce((total, ratio) => total + Math.exp(ratio), 1) / (1 + ratios.length);
  return ((1 - UNKNOWN_SHARE) * sum) / regionCount + UNKNOWN_SHARE * 36 ** -text.length * 0.1 * anywhere;
}

/** Sum of the ratios at the gaps that hold a separator as displayed. */
function groupsRatio(display: string, ratios: readonly number[]): number {
  let sum = 0;
  let count = 0;
  let isParted = false;
  for (const sign of display) {
    if (!/[\p{L}\p{N}]/u.test(sign)) isParted = true;
    else {
      if (isParted && count > 0) sum += ratios[count - 1] ?? 0;
      isParted = false;
      count++;
    }
  }
  return sum;
}

let weights: ReadonlyMap<string, number> | undefined; // pure memo

/** Of each region the sum of its formats' priors. */
function regionWeights(): ReadonlyMap<string, number> {
  if (weights === undefined) {
    const sums = new Map<string, number>();
    for (const { region, prior } of formatsOf()) sums.set(region, (sums.get(region) ?? 0) + prior);
    weights = sums;
  }
  return weights;
}
