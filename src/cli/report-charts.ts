/** The report's charts as inline SVG; colours come from the page's style, so that light and dark both work. */
import { type CalibrationBin, type Confusion, type RiskPoint, rateOf } from "../core/metrics.ts";
import { html, type Markup } from "./report-html.ts";

const WIDTH = 440;
const HEIGHT = 300;
const LEFT = 48;
const RIGHT = 14;
const TOP = 14;
const BOTTOM = 44;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;

/** Pixels for a share 0..1 of the axes, origin bottom left. */
function atX(share: number): number {
  return round(LEFT + share * PLOT_WIDTH);
}
function atY(share: number): number {
  return round(TOP + (1 - share) * PLOT_HEIGHT);
}

/** Risk against coverage, one step a distinct confidence; `highlight` (coverage) is drawn as a dashed line. */
export function riskCoverageChart(points: readonly RiskPoint[], highlight: number): Markup {
  const top = niceTop(points.reduce((highest, { risk }) => Math.max(highest, risk), 0.01));
  const path = points.map((point) => `${atX(point.coverage)},${atY(point.risk / top)}`).join(" ");
  const dots = [0.5, 0.9, 0.99].flatMap((confidence) => {
    const last = points.findLast((point) => point.confidence >= confidence);
    return last === undefined ? [] : [{ ...last, asked: confidence }];
  });
  return figure(
    "Risk against coverage",
    html`${frame("share of plates answered", "answers that are wrong", 1, top)}
${highlight > 0 && html`<line class="mark" x1="${atX(highlight)}" x2="${atX(highlight)}" y1="${atY(1)}" y2="${atY(0)}"/><text class="note" x="${atX(highlight) + (highlight > 0.3 ? -6 : 6)}" y="${atY(1) + 12}" text-anchor="${highlight > 0.3 ? "end" : "start"}">99.9 % right</text>`}
<polyline class="line" points="${path}"/>
${dots.map(
  (dot) =>
    html`<circle class="dot" cx="${atX(dot.coverage)}" cy="${atY(dot.risk / top)}" r="4"><title>confidence ≥ ${dot.asked}: ${percent(dot.coverage)} answered, ${percent(dot.risk)} of them wrong</title></circle><text class="note" x="${atX(dot.coverage) - 6}" y="${atY(dot.risk / top) - 7}" text-anchor="end">≥ ${dot.asked}</text>`,
)}`,
  );
}

/** Share right against stated confidence, with 95 % intervals and the number of reads under each bar. */
export function reliabilityChart(bins: readonly CalibrationBin[]): Markup {
  const gap = 0.008;
  return figure(
    "Reliability",
    html`${frame("stated confidence (number of reads below)", "share right", 1, 1, false)}
${bins.map((bin) => {
  const middle = (bin.low + bin.high) / 2;
  const { low, high } = rateOf(Math.round(bin.accuracy * bin.count), bin.count);
  const bar = atX(bin.high - gap) - atX(bin.low + gap);
  return html`<text class="count" x="${atX(middle)}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${short(bin.count)}</text>
${
  bin.count > 0 &&
  html`<rect class="bar" x="${atX(bin.low + gap)}" y="${atY(bin.accuracy)}" width="${round(bar)}" height="${round(atY(0) - atY(bin.accuracy))}"><title>${bin.low.toFixed(1)}–${bin.high.toFixed(1)}: ${bin.count} reads, ${percent(bin.accuracy)} right, stated ${percent(bin.confidence)}</title></rect>
<line class="whisker" x1="${atX(middle)}" x2="${atX(middle)}" y1="${atY(high)}" y2="${atY(low)}"/>`
}`;
})}
<line class="ideal" x1="${atX(0)}" y1="${atY(0)}" x2="${atX(1)}" y2="${atY(1)}"/>`,
  );
}

/** How many pictures took how long; dashed lines at the median and the 95th percentile. */
export function speedChart(timesMs: readonly number[], median: number, p95: number): Markup {
  // The slowest few would squeeze all others into one bar: everything past 1.5 times p95 goes into the last.
  const top = niceTop(
    Math.max(
      1,
      Math.min(
        timesMs.reduce((slowest, time) => Math.max(slowest, time), 0),
        p95 * 1.5,
      ),
    ),
  );
  const bars = 30;
  const counts = new Array<number>(bars).fill(0);
  for (const time of timesMs) {
    const bar = Math.min(bars - 1, Math.floor((time / top) * bars));
    counts[bar] = counts[bar]! + 1;
  }
  const highest = Math.ceil(Math.max(1, ...counts) / 4) * 4; // so that the quarters are whole pictures
  return figure(
    "Time per picture",
    html`${frame("ms per picture", "pictures", top, highest, true, (value) => short(value))}
${counts.map(
  (count, index) =>
    count > 0 &&
    html`<rect class="bar" x="${round(atX(index / bars) + 1)}" y="${atY(count / highest)}" width="${round(PLOT_WIDTH / bars - 2)}" height="${round(atY(0) - atY(count / highest))}"><title>${count} pictures around ${Math.round(((index + 0.5) / bars) * top)} ms</title></rect>`,
)}
${[
  { name: "median", value: median },
  { name: "p95", value: p95 },
].map(
  ({ name, value }) =>
    value <= top &&
    html`<line class="mark" x1="${atX(value / top)}" x2="${atX(value / top)}" y1="${atY(1)}" y2="${atY(0)}"/><text class="note" x="${atX(value / top) + 4}" y="${atY(1) + (name === "p95" ? 26 : 12)}">${name} ${value.toFixed(0)} ms</text>`,
)}`,
  );
}

const MATRIX_CHARACTERS = 26;

/** Truth by row, read by column, misread characters only: the ones that go wrong most, the rest left out. */
export function confusionChart(confusions: readonly Confusion[]): Markup {
  const weight = new Map<string, number>();
  for (const { expected, actual, count } of confusions) {
    const truth = expected ?? "";
    const read = actual ?? "";
    weight.set(truth, (weight.get(truth) ?? 0) + count);
    weight.set(read, (weight.get(read) ?? 0) + count);
  }
  const shown = [...weight]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MATRIX_CHARACTERS)
    .map(([character]) => character)
    .sort();
  const position = new Map(shown.map((character, index) => [character, index]));
  const cell = 16;
  const origin = 34;
  const size = origin + shown.length * cell + 6;
  const most = Math.max(1, ...confusions.map((confusion) => confusion.count));
  const cells = confusions.flatMap(({ expected, actual, count }) => {
    const row = position.get(expected ?? "");
    const column = position.get(actual ?? "");
    if (row === undefined || column === undefined) return [];
    // Square root, so that single confusions stay visible beside a frequent one.
    const opacity = round(0.15 + 0.85 * Math.sqrt(count / most));
    return [
      html`<rect class="cell" x="${origin + column * cell}" y="${origin + row * cell}" width="${cell - 1}" height="${cell - 1}" fill-opacity="${opacity}"><title>${expected ?? "nothing"} read as ${actual ?? "nothing"}: ${count}</title></rect>${count > 1 && html`<text class="cell-count${opacity > 0.6 ? " strong" : ""}" x="${origin + column * cell + 7.5}" y="${origin + row * cell + 11}" text-anchor="middle">${short(count)}</text>`}`,
    ];
  });
  return html`<svg class="matrix" role="img" aria-label="Confusion of characters" viewBox="0 0 ${size} ${size}">
<text class="axis" x="${origin}" y="10">read as →</text><text class="axis" x="2" y="${origin - 6}">truth ↓</text>
${shown.map(
  (character, index) =>
    html`<text class="label" x="${origin + index * cell + 7.5}" y="${origin - 5}" text-anchor="middle">${character || "∅"}</text><text class="label" x="${origin - 6}" y="${origin + index * cell + 12}" text-anchor="end">${character || "∅"}</text><rect class="same" x="${origin + index * cell}" y="${origin + index * cell}" width="${cell - 1}" height="${cell - 1}"/>`,
)}
${cells}</svg>`;
}

/** Axes, grid and labels; ticks at quarters of `xTop` and `yTop`. Shares (top 1 or below) are printed in per cent. */
function frame(
  xName: string,
  yName: string,
  xTop: number,
  yTop: number,
  xTicks = true,
  yTick: (value: number) => string = (value) => percent(value),
): Markup {
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  return html`${quarters.map(
    (share) =>
      html`<line class="grid" x1="${atX(0)}" x2="${atX(1)}" y1="${atY(share)}" y2="${atY(share)}"/><text class="tick" x="${LEFT - 6}" y="${atY(share) + 4}" text-anchor="end">${yTick(share * yTop)}</text>${xTicks && html`<text class="tick" x="${atX(share)}" y="${HEIGHT - BOTTOM + 15}" text-anchor="${share === 1 ? "end" : "middle"}">${xTop <= 1 ? percent(share * xTop) : short(share * xTop)}</text>`}`,
  )}
<text class="axis" x="${atX(0.5)}" y="${HEIGHT - 8}" text-anchor="middle">${xName}</text>
<text class="axis" transform="translate(11 ${atY(0.5)}) rotate(-90)" text-anchor="middle">${yName}</text>`;
}

function figure(label: string, content: Markup): Markup {
  return html`<svg class="chart" role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}">${content}</svg>`;
}

/** The next of 1, 2, 4, 5, 10 times a power of ten, so that quarters are readable. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 8, 10].find((candidate) => candidate * power >= value * 0.9999) ?? 10;
  return step * power;
}

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || Number.isInteger(round(value)) ? Math.round(value) : value.toFixed(1)} %`;
}

function short(value: number): string {
  if (value >= 10_000) return `${Math.round(value / 1000)}k`;
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
