/** The span of time that a question is about. */
import { RequestProblem } from "../problem.ts";

const DAY_MS = 86_400_000;
const DEFAULT_SPAN_MS = 7 * DAY_MS;
const MAX_SPAN_MS = 400 * DAY_MS;

/**
 * @returns what was asked for; the last 7 days where nothing was.
 * @throws RequestProblem 400 for a span that is none, or too long to be drawn.
 */
export function spanOf(
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = to ?? nowMs;
  const fromMs = from ?? Math.max(0, toMs - DEFAULT_SPAN_MS);
  if (fromMs >= toMs) throw new RequestProblem(400, "INPUT_INVALID", "from must lie before to.");
  if (toMs - fromMs > MAX_SPAN_MS) throw new RequestProblem(400, "INPUT_INVALID", "At most 400 days at once.");
  return { fromMs, toMs };
}
