/** Tells how a training goes: one line that is drawn over on a terminal, one line an epoch elsewhere. */
import { bestRecord, type EpochRecord, type FitState, type StepProgress } from "../train/fit.ts";
import type { Terminal } from "./command.ts";

export interface TrainProgress {
  onStep(progress: StepProgress): void;
  onEpoch(state: FitState): void;
  /** Takes the live line away, so that other text can be written. */
  clear(): void;
}

const REDRAW_MS = 100;

export function createTrainProgress(
  stream: Terminal["stderr"],
  epochs: number,
  nowMs: () => number = () => performance.now(),
): TrainProgress {
  let drawnMs = Number.NEGATIVE_INFINITY;
  let isShown = false;
  let epochStartMs = nowMs();
  let history: readonly EpochRecord[] = [];
  const clear = (): void => {
    if (isShown) stream.write("\r\x1b[2K");
    isShown = false;
  };
  return {
    onStep(progress) {
      if (!stream.isTTY) return;
      const now = nowMs();
      if (isShown && now - drawnMs < REDRAW_MS) return;
      drawnMs = now;
      isShown = true;
      const line = stepLine(progress, history, epochs, (now - epochStartMs) / 1000);
      // A line that wraps could not be drawn over; some terminals say they are 0 wide.
      stream.write(`\r\x1b[2K${line.slice(0, (stream.columns || 120) - 1)}`);
    },
    onEpoch(state) {
      clear();
      history = state.history;
      epochStartMs = nowMs();
      const record = history.at(-1);
      if (record) stream.write(`${epochLine(record, history, epochs)}\n`);
    },
    clear,
  };
}

/** What is known within an epoch; the figures of val are those of the last one. */
function stepLine(progress: StepProgress, history: readonly EpochRecord[], epochs: number, seconds: number): string {
  const { epoch, step, stepsPerEpoch, loss, accuracy } = progress;
  const last = history.at(-1);
  const done = step / stepsPerEpoch;
  const epochSeconds = last ? mean(history.slice(-5).map((record) => record.seconds)) : seconds / done;
  const left = durationText(Math.max(0, epochSeconds - seconds) + (epochs - epoch) * epochSeconds);
  return [
    `epoch ${epoch}/${epochs}`,
    `step ${step}/${stepsPerEpoch}`,
    `loss ${loss.toFixed(4)}`,
    `accuracy ${accuracy.toFixed(4)}`,
    ...(last ? [`micro-F1 ${last.microF1.toFixed(4)}`, `macro-F1 ${last.macroF1.toFixed(4)}`] : []),
    `${left} left`,
  ].join("  ");
}

function epochLine(record: EpochRecord, history: readonly EpochRecord[], epochs: number): string {
  const left = durationText((epochs - record.epoch) * mean(history.slice(-5).map(({ seconds }) => seconds)));
  return [
    `epoch ${String(record.epoch).padStart(String(epochs).length)}/${epochs}`,
    `loss ${record.trainingLoss.toFixed(4)}`,
    `accuracy ${record.trainingAccuracy.toFixed(4)}`,
    `val loss ${record.validationLoss.toFixed(4)}`,
    `micro-F1 ${record.microF1.toFixed(4)}`,
    `macro-F1 ${record.macroF1.toFixed(4)}`,
    `${record.seconds.toFixed(1)} s`,
    record.epoch < epochs ? `${left} left` : "done",
    ...(bestRecord(history) === record ? ["best"] : []),
  ].join("  ");
}

/** `43 s`, `2 min 5 s`, `1 h 12 min`. */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
