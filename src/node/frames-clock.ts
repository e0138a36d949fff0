/** Times of frames, whatever their container or camera says. */

/** A camera's clock that moves by so much more or less than ours from one frame to the next was set. */
const MAX_CLOCK_JUMP_MS = 10_000;
/** Quartz clocks part by less than this share; it only has to be more than they do. */
const CLOCK_DRIFT = 0.0005;
/** Between frames whose container gives no times. */
const GUESSED_INTERVAL_MS = 40;

/**
 * Times of frames: of the clip in files, of our clock on live sources; never running backwards.
 *
 * A live frame happened no later than it came, and the one that came quickest tells how far the camera's clock is off
 * ours: the first frames come late, after ffmpeg has looked at the stream, and then in a burst.
 */
export function createClock(
  tally: { readonly isLive: boolean },
  startTimeMs: number,
  clockMs: () => number = Date.now,
): { timeOf(mediaMs: number | null): number; restart(): void } {
  let offsetMs: number | undefined;
  let lastMediaMs = 0;
  let lastNowMs = 0;
  let lastMs = -Infinity;

  function liveTime(mediaMs: number | null): number {
    const nowMs = clockMs();
    // Taken for as late as the frame before it: were it taken for new, those that follow would all get its time.
    if (mediaMs === null) return offsetMs === undefined ? nowMs : lastMediaMs + offsetMs + nowMs - lastNowMs;
    const jumpMs = Math.abs(mediaMs - lastMediaMs - (nowMs - lastNowMs));
    if (offsetMs === undefined || jumpMs > MAX_CLOCK_JUMP_MS) offsetMs = nowMs - mediaMs;
    // Its clock may also be slower than ours.
    else offsetMs = Math.min(offsetMs + CLOCK_DRIFT * (nowMs - lastNowMs), nowMs - mediaMs);
    lastMediaMs = mediaMs;
    lastNowMs = nowMs;
    return mediaMs + offsetMs;
  }

  function clipTime(mediaMs: number | null): number {
    offsetMs ??= startTimeMs;
    if (mediaMs === null) return lastMs === -Infinity ? offsetMs : lastMs + GUESSED_INTERVAL_MS;
    // A recording put together of several: its clock jumps back, ours goes on.
    if (mediaMs + offsetMs < lastMs) offsetMs = lastMs + GUESSED_INTERVAL_MS - mediaMs;
    return mediaMs + offsetMs;
  }

  return {
    timeOf(mediaMs) {
      lastMs = Math.max(lastMs, tally.isLive ? liveTime(mediaMs) : clipTime(mediaMs));
      return lastMs;
    },
    restart() {
      if (tally.isLive) offsetMs = undefined;
    },
  };
}
