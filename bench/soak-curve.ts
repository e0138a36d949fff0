/** The soak's curves as a picture: memory with the band that was asked for, and the lag of the stream that is furthest behind. */
import { html, type Markup, trusted } from "../src/cli/report-html.ts";
import { SETTLED_SECONDS, type SoakReport } from "./video-soak.ts";

const STYLE = `
.ground { fill: #fff; } .ink { fill: #1d2126; } .quiet { fill: #5d6670; } .rule { stroke: #dfe2e5; } .band { fill: #15803d; fill-opacity: .12; }
.line { fill: none; stroke: #1f6feb; stroke-width: 2; stroke-linejoin: round; } text { font: 12px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
.ground { fill: #1d2125; } .ink { fill: #e6e8ea; } .quiet { fill: #9aa4ae; } .rule { stroke: #343a40; } .band { fill: #5fd08a; fill-opacity: .15; }
.line { stroke: #6cb0ff; }
}`;

const WIDTH = 720;
const LEFT = 52;
const RIGHT = 16;
const PANEL_HEIGHT = 190;
const TOP = 34;
const BOTTOM = 26;

/** Memory may go up and down by this share once the first minute is over. */
const BAND_SHARE = 0.05;

/** @throws RangeError for no samples. */
export function soakCurveSvg({ samples, memoryAfterFirstMinuteMB: settled }: SoakReport): string {
  const end = samples.at(-1)?.seconds;
  if (end === undefined) throw new RangeError("There are no samples to draw.");
  const memory = samples.map(({ seconds, memoryMB }) => [seconds, memoryMB] as const);
  const lag = samples.map(({ seconds, lagMs }) => [seconds, Math.max(0, ...lagMs)] as const);
  const middle = settled === null ? null : (settled.least + settled.most) / 2;
  const band = middle === null ? null : { low: middle * (1 - BAND_SHARE), high: middle * (1 + BAND_SHARE) };
  const height = 2 * PANEL_HEIGHT;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Memory and lag over time"><style>${trusted(STYLE)}</style><rect class="ground" width="${WIDTH}" height="${height}"/>
${panel("Resident memory, MB; green: ± 5 % of the middle after the first minute", memory, end, band)}
<g transform="translate(0 ${PANEL_HEIGHT})">${panel("Lag of the stream furthest behind, ms; by minutes", lag, end, null)}</g></svg>
`.markup;
}

/** From SETTLED_SECONDS on. */
interface Band {
  readonly low: number;
  readonly high: number;
}

function panel(title: string, points: readonly (readonly [number, number])[], end: number, band: Band | null): Markup {
  const ticks = ticksTo(Math.max(...points.map(([, value]) => value), band?.high ?? 0));
  const x = (seconds: number) => round(LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => round(TOP + (1 - value / ticks.at(-1)!) * (PANEL_HEIGHT - TOP - BOTTOM)); // never none
  const minutes = Array.from({ length: Math.floor(end / 60) + 1 }, (_, minute) => minute);
  return html`<text class="ink" x="${LEFT}" y="20">${title}</text>
${ticks.map((tick) => html`<line class="rule" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/><text class="quiet" x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`)}
${minutes.map((minute) => html`<text class="quiet" x="${x(60 * minute)}" y="${PANEL_HEIGHT - 8}" text-anchor="middle">${minute}</text>`)}
${band !== null && html`<rect class="band" x="${x(SETTLED_SECONDS)}" y="${y(band.high)}" width="${x(end) - x(SETTLED_SECONDS)}" height="${round(y(band.low) - y(band.high))}"/>`}
<polyline class="line" points="${points.map(([seconds, value]) => `${x(seconds)},${y(value)}`).join(" ")}"/>`;
}

/** Round values from 0 up to the first that is no less than `most`, about four of them. */
function ticksTo(most: number): number[] {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const step = [0.25, 0.5, 1, 2.5].map((factor) => factor * magnitude).find((size) => most / size <= 5) ?? magnitude;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => round(i * step));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
