/** A progress bar on a terminal, one line that is drawn over; silent where standard error is not a terminal. */
import type { Terminal } from "./command.ts";

export interface ProgressBar {
  /** One more is done. */
  step(): void;
  /** Takes the bar away, so that other text can be written; the next step brings it back. */
  clear(): void;
}

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

export function createProgressBar(
  stream: Terminal["stderr"],
  total: number,
  nowMs = () => performance.now(),
): ProgressBar {
  if (!stream.isTTY || total < 2) return { step() {}, clear() {} };
  const startMs = nowMs();
  let done = 0;
  let isShown = false;
  let drawnMs = Number.NEGATIVE_INFINITY;
  const clear = (): void => {
    if (isShown) stream.write("\r\x1b[2K");
    isShown = false;
  };
  return {
    step() {
      done++;
      if (done >= total) return clear();
      const now = nowMs();
      if (isShown && now - drawnMs < REDRAW_MS) return;
      drawnMs = now;
      isShown = true;
      const filled = Math.floor((BAR_WIDTH * done) / total);
      const left = durationText(((now - startMs) / done) * (total - done));
      const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
      stream.write(`\r\x1b[2K${bar} ${done}/${total} images, ${left} left`);
    },
    clear,
  };
}

function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
