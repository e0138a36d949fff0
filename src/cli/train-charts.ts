/** A training's curves and confusions as SVG that stands alone, or inside the report. */
import type { EpochRecord } from "../train/fit.ts";
import { html, type Markup, trusted } from "./report-html.ts";

/** Light and dark; class names of our own, since inside a page the rules reach everything. */
const STYLE = `
.tc-ground { fill: #ffffff; } .tc-ink { fill: #1d2126; } .tc-quiet { fill: #5d6670; } .tc-rule { stroke: #dfe2e5; }
.tc-first { stroke: #8a949e; } .tc-second { stroke: #1f6feb; } .tc-third { stroke: #c2410c; stroke-dasharray: 6 3; }
.tc-first-ink { fill: #5d6670; } .tc-second-ink { fill: #1f6feb; } .tc-third-ink { fill: #c2410c; }
.tc-mark { stroke: #15803d; } .tc-mark-ink { fill: #15803d; } .tc-right { fill: #1f6feb; } .tc-wrong { fill: #c2410c; } .tc-on { fill: #ffffff; }
.tc-line { fill: none; stroke-width: 2; stroke-linejoin: round; } .tc-mark { stroke-dasharray: 4 4; }
.tc-text { font: 12px system-ui, sans-serif; } .tc-mono { font: 11px ui-monospace, monospace; }
@media (prefers-color-scheme: dark) {
.tc-ground { fill: #1d2125; } .tc-ink { fill: #e6e8ea; } .tc-quiet { fill: #9aa4ae; } .tc-rule { stroke: #343a40; }
.tc-second { stroke: #6cb0ff; } .tc-third { stroke: #ff9061; } .tc-first-ink { fill: #9aa4ae; } .tc-second-ink { fill: #6cb0ff; }
.tc-third-ink { fill: #ff9061; } .tc-mark { stroke: #5fd08a; } .tc-mark-ink { fill: #5fd08a; } .tc-right { fill: #6cb0ff; } .tc-wrong { fill: #ff9061; } .tc-on { fill: #14171a; }
}`;

const WIDTH = 460;
const HEIGHT = 300;
const LEFT = 52;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 42;

interface Curve {
  readonly name: string;
  readonly colour: "first" | "second" | "third";
  readonly values: readonly number[];
}

/**
 * Loss on a logarithmic axis, and the share that goes wrong beside it, epoch by epoch.
 *
 * @param bestEpoch drawn as a dashed line.
 */
export function curvesSvg(history: readonly EpochRecord[], bestEpoch: number): string {
  const loss = panel("Loss", bestEpoch, history.length, logAxis, [
    { name: "training", colour: "first", values: history.map(({ trainingLoss }) => trainingLoss) },
    { name: "validation", colour: "second", values: history.map(({ validationLoss }) => validationLoss) },
  ]);
  const scores = panel("Accuracy and F1", bestEpoch, history.length, shareAxis, [
    { name: "training accuracy", colour: "first", values: history.map(({ trainingAccuracy }) => trainingAccuracy) },
    { name: "micro-F1", colour: "second", values: history.map(({ microF1 }) => microF1) },
    { name: "macro-F1", colour: "third", values: history.map(({ macroF1 }) => macroF1) },
  ]);
  return document(
    2 * WIDTH,
    HEIGHT,
    "Loss, accuracy and F1 by epoch",
    html`${loss}<g transform="translate(${WIDTH} 0)">${scores}</g>`,
  );
}

/** Places values 0 (bottom) to 1 (top), with ticks. */
interface Axis {
  place(value: number): number;
  readonly ticks: readonly number[];
}

/** Whole powers of ten around the values. */
function logAxis(values: readonly number[]): Axis {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.max(1e-7, Math.min(...positive, 1))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive, 10 ** low))));
  return {
    place: (value) => Math.max(0, (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)),
    ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)),
  };
}

/** 0 to 1, opened at the top: what matters lies between 0.9 and 1, where a straight axis shows a flat line. */
function shareAxis(): Axis {
  const place = (share: number) => 1 - Math.sqrt(1 - Math.min(1, Math.max(0, share)));
  return { place, ticks: [0, 0.5, 0.75, 0.9, 0.97, 0.99, 1] };
}

function panel(
  title: string,
  bestEpoch: number,
  epochs: number,
  axisOf: (values: readonly number[]) => Axis,
  curves: readonly Curve[],
): Markup {
  const axis = axisOf(curves.flatMap(({ values }) => values));
  const x = (epoch: number) => round(LEFT + ((epoch - 1) / Math.max(1, epochs - 1)) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => round(TOP + (1 - axis.place(value)) * (HEIGHT - TOP - BOTTOM));
  let legendX = LEFT + 8 * title.length + 14;
  const legend = curves.map(({ name, colour }) => {
    const at = legendX;
    legendX += 6.6 * name.length + 14;
    return html`<text class="tc-text tc-${colour}-ink" x="${round(at)}" y="22">${name}</text>`;
  });
  return html`<text class="tc-text tc-ink" x="${LEFT}" y="22" font-weight="600">${title}</text>${legend}
${axis.ticks.map(
  (tick) =>
    html`<line class="tc-rule" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tc-text tc-quiet" x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${tickText(tick)}</text>`,
)}
${epochTicks(epochs).map(
  (epoch) =>
    html`<text class="tc-text tc-quiet" x="${x(epoch)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${epoch}</text>`,
)}
<text class="tc-text tc-quiet" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">epoch</text>
${bestEpoch > 0 && html`<line class="tc-mark" x1="${x(bestEpoch)}" x2="${x(bestEpoch)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text class="tc-text tc-mark-ink" x="${x(bestEpoch) + (bestEpoch * 2 > epochs ? -5 : 5)}" y="${HEIGHT - BOTTOM - 6}" text-anchor="${bestEpoch * 2 > epochs ? "end" : "start"}">kept: ${bestEpoch}</text>`}
${curves.map(({ name, colour, values }) => {
  const points = values.map((value, i) => `${x(i + 1)},${y(value)}`).join(" ");
  // A line needs two points.
  return values.length === 1
    ? html`<circle class="tc-${colour}-ink" cx="${x(1)}" cy="${y(values[0]!)}" r="3"><title>${name}</title></circle>`
    : html`<polyline class="tc-line tc-${colour}" points="${points}"><title>${name}</title></polyline>`;
})}`;
}

/** At most about eight round epochs, the first and the last among them. */
function epochTicks(epochs: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((candidate) => epochs / candidate <= 8) ?? 2000;
  const ticks = [1];
  for (let epoch = step; epoch < epochs - step / 2; epoch += step) if (epoch > step / 2 + 1) ticks.push(epoch);
  if (epochs > 1) ticks.push(epochs);
  return ticks;
}

/**
 * Every class against every class: truth by row, answer by column. Right answers are pale by number, wrong ones red.
 *
 * @param confusion counts [truth][predicted], row after row.
 */
export function confusionSvg(confusion: Uint32Array, classes: readonly string[]): string {
  const count = classes.length;
  const cell = count > 60 ? 12 : 20;
  const longest = Math.max(...classes.map((name) => name.length));
  const origin = 42 + 7 * Math.min(12, longest);
  const size = origin + count * cell + 12;
  const label = (name: string) => (name.length > 12 ? `${name.slice(0, 11)}…` : name);
  const most = confusion.reduce((largest, value) => Math.max(largest, value), 1);
  const cells = [...confusion.entries()].flatMap(([i, value]) => {
    const row = Math.floor(i / count);
    const column = i % count;
    if (value === 0 && row !== column) return [];
    const isRight = row === column;
    // Square root, so that single confusions stay visible beside frequent ones.
    const opacity = isRight ? round((0.65 * value) / most) : round(0.45 + 0.55 * Math.sqrt(value / most));
    const [left, top] = [origin + column * cell, origin + row * cell];
    return [
      html`<rect class="${isRight ? "tc-right" : "tc-wrong"}" x="${left}" y="${top}" width="${cell - 1}" height="${cell - 1}" fill-opacity="${opacity}"><title>${classes[row]!} read as ${classes[column]!}: ${value}</title></rect>`,
      (!isRight || value < most) && cell >= 20
        ? html`<text class="tc-mono ${isRight ? "tc-ink" : "tc-on"}" x="${left + cell / 2 - 0.5}" y="${top + cell / 2 + 3.5}" text-anchor="middle">${value}</text>`
        : null,
    ];
  });
  const names = classes.map((name, i) => {
    const middle = origin + i * cell + cell / 2 - 0.5;
    const column = longest > 2 ? `rotate(-90 ${middle} ${origin - 6})` : "";
    return html`<text class="tc-mono tc-ink" x="${middle}" y="${origin - 6}" text-anchor="${column ? "start" : "middle"}" transform="${column}"><title>${name}</title>${label(name)}</text><text class="tc-mono tc-ink" x="${origin - 7}" y="${middle + 4}" text-anchor="end">${label(name)}</text>`;
  });
  return document(
    size,
    size,
    "Confusion matrix",
    html`<text class="tc-text tc-quiet" x="${origin}" y="14">read as →</text><text class="tc-text tc-quiet" x="4" y="${origin - 6}">truth ↓</text>${grid(count, cell, origin)}${cells}${names}`,
  );
}

function grid(count: number, cell: number, origin: number): Markup[] {
  const end = origin + count * cell - 0.5;
  return Array.from({ length: count + 1 }, (_, i) => {
    const at = origin + i * cell - 0.5;
    return html`<path class="tc-rule" stroke-width=".5" d="M${origin - 0.5} ${at}H${end}M${at} ${origin - 0.5}V${end}"/>`;
  });
}

function document(width: number, height: number, title: string, content: Markup): string {
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}"><style>${trusted(STYLE)}</style><rect class="tc-ground" width="${width}" height="${height}"/>${content}</svg>
`.markup;
}

function tickText(tick: number): string {
  return tick >= 1 || tick === 0 ? String(round(tick)) : tick >= 0.01 ? String(tick) : tick.toExponential(0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
