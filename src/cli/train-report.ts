/** A training on one page that needs nothing but itself. */
import { rateOf } from "../core/metrics.ts";
import type { EpochRecord } from "../train/fit.ts";
import { html, type Markup, trusted } from "./report-html.ts";
import { STYLE } from "./report-style.ts";
import type { PictureSet } from "./train-data.ts";
import { MAX_SHOWN, type Mistake, picturePng } from "./train-mistakes.ts";

export interface TrainReport {
  readonly title: string;
  /** Name and value pairs below the title. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Large figures: name, value, and what it is about. */
  readonly tiles: readonly (readonly [name: string, value: string, note: string])[];
  /** Of train-charts.ts: safe markup of our own making. */
  readonly curvesSvg: string;
  readonly confusionSvg: string;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly mistakes: readonly Mistake[];
  readonly validation: PictureSet;
  /** Messages of pictures that were left out. */
  readonly problems: readonly string[];
}

const LISTED_PROBLEMS = 100;
const OWN_STYLE = `
.figure.square svg { width: auto; max-width: 100%; margin: 0 auto; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 10px; padding: 0; margin: 12px 0; list-style: none; }
.pictures li { background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; padding: 10px; text-align: center; overflow-wrap: anywhere; }
.pictures img { width: 84px; height: 84px; display: block; margin: 0 auto 6px; image-rendering: pixelated; }
.pictures b { font: 600 1.1rem ui-monospace, monospace; } .pictures .read { color: var(--bad); }
tr.kept td { font-weight: 600; color: var(--good); }`;

/** Builds the page; everything from files is escaped, and the page's own policy forbids requests. */
export async function buildTrainReport(report: TrainReport): Promise<string> {
  const { title, facts, tiles, curvesSvg, confusionSvg, problems } = report;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title><style>${trusted(STYLE + OWN_STYLE)}</style></head><body><main>
<header><h1>${title}</h1><ul class="facts small quiet">${facts.map(([name, value]) => html`<li>${name}: ${value}</li>`)}</ul></header>
${problems.length > 0 && problemList(problems)}
<ul class="tiles">${tiles.map(([name, value, note]) => html`<li><span class="name">${name}</span><span class="value">${value}</span><span class="interval">${note}</span></li>`)}</ul>
<section><h2>Curves</h2><p class="quiet small">Training figures are taken while the weights change, with shifts and dropout, so they may lie below those of validation.</p><div class="panel scroll figure">${trusted(curvesSvg)}</div></section>
<section><h2>Confusions</h2><div class="panel scroll figure square">${trusted(confusionSvg)}</div></section>
<section><h2>Mistakes</h2>${await mistakeList(report)}</section>
<section><h2>Epochs</h2>${historyTable(report)}</section>
</main></body></html>
`;
  return page.markup;
}

/** The share that is right, with its 95 % interval, for a tile. */
export function accuracyTile(right: number, count: number): readonly [name: string, value: string, note: string] {
  const { rate, low, high } = rateOf(right, count);
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return ["accuracy", percent(rate), `${right} of ${count}; 95 %: ${percent(low)} to ${percent(high)}`];
}

async function mistakeList({ mistakes, validation }: TrainReport): Promise<Markup> {
  if (mistakes.length === 0)
    return html`<p>None: all ${validation.labels.length} validation pictures are read right.</p>`;
  const items: Markup[] = [];
  for (const { index, path, truth, read, confidence, truthConfidence } of mistakes.slice(0, MAX_SHOWN)) {
    const uri = `data:image/png;base64,${(await picturePng(validation, index, validation.width)).toString("base64")}`;
    items.push(
      html`<li><img src="${uri}" alt=""><b>${truth}</b> → <b class="read">${read}</b><div class="small">${percent(confidence)} sure</div><div class="small quiet">truth ${percent(truthConfidence)}</div><div class="small quiet">${path.split(/[\\/]/).slice(-2).join("/")}</div></li>`,
    );
  }
  const hidden = mistakes.length - items.length;
  return html`<p class="quiet small">As the network saw them, the surest first${hidden > 0 ? `; ${hidden} more are left out` : ""}.</p><ul class="pictures">${items}</ul>`;
}

function historyTable({ history, bestEpoch }: TrainReport): Markup {
  const heads = ["epoch", "loss", "accuracy", "val loss", "val accuracy", "micro-F1", "macro-F1", "seconds"];
  const rows = history.map(
    (record) =>
      html`<tr class="${record.epoch === bestEpoch ? "kept" : ""}"><td>${record.epoch}${record.epoch === bestEpoch && " kept"}</td>${[
        record.trainingLoss,
        record.trainingAccuracy,
        record.validationLoss,
        record.validationAccuracy,
        record.microF1,
        record.macroF1,
      ].map((value) => html`<td>${value.toFixed(4)}</td>`)}<td>${record.seconds.toFixed(1)}</td></tr>`,
  );
  return html`<details class="panel"><summary>${history.length} epochs</summary><div class="scroll"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

function problemList(problems: readonly string[]): Markup {
  const hidden = problems.length - LISTED_PROBLEMS;
  return html`<details class="panel small"><summary>${problems.length} pictures left out</summary><ul>${problems
    .slice(0, LISTED_PROBLEMS)
    .map((problem) => html`<li>${problem}</li>`)}${hidden > 0 && html`<li>and ${hidden} more</li>`}</ul></details>`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
