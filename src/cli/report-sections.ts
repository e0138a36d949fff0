/** One section of the report for each run: key figures, charts, tables. */
import { type Confusion, calibrationBins, confusions, type Rate } from "../core/metrics.ts";
import { type Figures, riskCurve, toAnswer } from "./bench-figures.ts";
import type { Judgement, PlateVerdict } from "./bench-judge.ts";
import { characterErrorRate, intervalText, percent, RUN_TITLES, type Run, share, summaryRows } from "./bench-output.ts";
import { confusionChart, reliabilityChart, riskCoverageChart, speedChart } from "./report-charts.ts";
import { html, type Markup } from "./report-html.ts";

/** A run with the judged pictures behind its figures. */
export interface JudgedRun extends Run {
  readonly judgements: readonly Judgement[];
}

const LISTED_CONFUSIONS = 30;

export function runSection(run: JudgedRun): Markup {
  const { figures, judgements } = run;
  const { all } = figures;
  return html`<section><h2 id="${run.name}">${RUN_TITLES[run.name]}</h2>
<p class="quiet">${all.images} pictures, ${all.plates} plates, ${all.texts} of them with text. Small figures beside a rate are its 95 % interval (Wilson) in per cent.</p>
${tiles(run)}
<div class="panels">${charts(run)}</div>
<div class="panel">
${table("By dataset", figures.byDataset, true)}
${table("By region", figures.byRegion, figures.byRegion.size <= 12)}
${table("By lines and script", new Map([...figures.byLines, ["Latin only", figures.latin]]), true)}
${table("By plate height in the picture", figures.byHeight, true)}
</div>
<details class="panel small"><summary>All figures as printed</summary><div class="scroll"><table>${summaryRows(all, run.cpuMsPerImage).map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</table></div></details>
${judgements.length === 0 && html`<p>No pictures.</p>`}</section>`;
}

function tiles({ figures: { all, latin }, cpuMsPerImage }: Run): Markup {
  const rate = (name: string, value: Rate | null) =>
    value !== null &&
    tile(name, percent(share(value)), value.total > 0 ? `${intervalText(value)} · ${value.hits}/${value.total}` : "");
  const ms = all.msPerImage;
  return html`<ul class="tiles">
${rate("exact", all.exact)}${rate("exact, Latin", latin.exact)}${rate("exact, I=1 O=0", all.exactFolded)}${rate("in top 5", all.top5)}
${tile("character errors", percent(characterErrorRate(all)), `${all.characterErrors.edits}/${all.characterErrors.characters}`)}
${rate("recall, IoU 0.5", all.recall)}${rate("precision", all.precision)}
${tile("wrong texts", String(all.wrongTexts), "reported, on no plate")}
${all.withoutPlate > 0 && tile("texts on nothing", String(all.falseTexts), `${all.withoutPlate} pictures, above 0.5`)}
${tile("calibration error", percent(all.calibrationError), "ECE, 10 bins")}
${tile("coverage at 99.9 %", percent(all.coverageAt999), "right when answered")}
${ms !== null && tile("ms a picture", ms.median.toFixed(1), `p95 ${ms.p95.toFixed(1)} · CPU ${cpuMsPerImage?.toFixed(1) ?? "–"}`)}</ul>`;
}

function tile(name: string, value: string, note: string): Markup {
  return html`<li><span class="name">${name}</span><span class="value">${value}</span><span class="interval">${note}</span></li>`;
}

function charts({ figures: { all }, judgements }: JudgedRun): Markup {
  const reads = judgements.flatMap((judgement) => judgement.reads);
  const plates = judgements.flatMap((judgement) => judgement.truths);
  const curve = riskCurve(reads, all.texts);
  const pairs = misreadPairs(plates);
  const times = judgements.map(({ ms }) => ms);
  return html`${panel(
    "Risk against coverage",
    "Answer only from some confidence on: the fewer plates are answered, the fewer answers are wrong.",
    curve.length > 0 && riskCoverageChart(curve, all.coverageAt999 ?? 0),
  )}
${panel(
  "Reliability",
  "How often a read is right against the confidence it states. On the dashed line they agree.",
  reads.length > 0 &&
    reliabilityChart(calibrationBins(reads.filter(({ verdict }) => verdict !== "unknown").map(toAnswer))),
)}
${panel(
  "Confused characters",
  "The characters misread most, in plates that were read; ∅ stands for a character left out or made up.",
  pairs.length > 0 && confusionChart(pairs),
)}
<div class="stack">${panel(
    "Most frequent confusions",
    "Truth, what was read instead, and how often.",
    pairs.length > 0 && html`<ol class="pairs">${pairs.slice(0, LISTED_CONFUSIONS).map(pairItem)}</ol>`,
  )}
${panel(
  "Speed",
  "From file to reads, for each picture; the last bar holds all slower ones.",
  all.msPerImage !== null && speedChart(times, all.msPerImage.median, all.msPerImage.p95),
)}</div>`;
}

function pairItem({ expected, actual, count }: Confusion): Markup {
  return html`<li><code>${expected ?? "∅"} → ${actual ?? "∅"}</code><span class="quiet">${count}</span></li>`;
}

function panel(title: string, text: string, content: Markup | false): Markup {
  return html`<div class="panel"><h3>${title}</h3><p class="small quiet">${text}</p>${content || html`<p>Nothing to show.</p>`}</div>`;
}

function table(title: string, groups: ReadonlyMap<string, Figures>, open: boolean): Markup {
  const detects = [...groups.values()].some(({ recall }) => recall !== null);
  const head = [
    "",
    "pictures",
    "plates",
    "with text",
    "exact",
    "I=1 O=0",
    "top 5",
    "char. errors",
    ...(detects ? ["recall"] : []),
    "wrong",
  ];
  const rate = (value: Rate | null) =>
    html`<td>${percent(share(value))}<span class="interval">${intervalText(value)}</span></td>`;
  return html`<details${open && html` open`}><summary>${title}</summary><div class="scroll"><table><thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead><tbody>
${[...groups].map(
  ([name, group]) => html`<tr><td>${name}</td><td>${group.images}</td><td>${group.plates}</td><td>${group.texts}</td>
${rate(group.exact)}<td>${percent(share(group.exactFolded))}</td><td>${percent(share(group.top5))}</td><td>${percent(characterErrorRate(group))}</td>
${detects && rate(group.recall)}<td>${group.wrongTexts}</td></tr>`,
)}</tbody></table></div></details>`;
}

/**
 * Confused characters of the plates that were read.
 * Texts that share less than half of their characters are other texts, not confusions, and are left out.
 */
function misreadPairs(plates: readonly PlateVerdict[]): Confusion[] {
  const close = plates.filter(
    ({ hasText, read, edits, characters }) => hasText && read !== null && edits <= characters / 2,
  );
  return confusions(close.map(({ truth, read }) => ({ expected: truth.text ?? "", actual: read?.text ?? "" })));
}
