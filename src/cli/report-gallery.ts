/** The report's gallery of failures: picture, truth, read, confidence, doubt, with filters. */
import { alignTexts } from "../core/edit-distance.ts";
import { FAILURE_KINDS, type Failure } from "./report-failures.ts";
import { html, type Markup } from "./report-html.ts";

/** A failure with the section it happened in and its picture as a data URI. */
export interface PicturedFailure extends Failure {
  readonly section: string;
  readonly picture: string | null;
}

/** @param total how many failures there were; the gallery says so when it shows fewer. */
export function gallery(failures: readonly PicturedFailure[], total: number): Markup {
  if (failures.length === 0) return html`<p>No failures.</p>`;
  const cut = failures.length < total;
  return html`<p class="small quiet">${total} failures${cut && `, of which ${failures.length} are shown: of every kind the surest wrong reads and the largest plates missed`}. Characters that differ are marked.</p>
${filters(failures)}
<div class="gallery">${failures.map(card)}</div>`;
}

function filters(failures: readonly PicturedFailure[]): Markup {
  const values = (pick: (failure: PicturedFailure) => string) => [...new Set(failures.map(pick))].sort();
  const choice = (name: string, label: string, options: readonly string[]) =>
    options.length > 1 &&
    html`<label>${label}<select name="${name}"><option value="">all</option>${options.map((option) => html`<option>${option}</option>`)}</select></label>`;
  const kinds = FAILURE_KINDS.filter((kind) => failures.some((failure) => failure.kind === kind));
  return html`<form class="filters">
${choice(
  "section",
  "run",
  values(({ section }) => section),
)}
${choice("kind", "kind", kinds)}
${choice(
  "dataset",
  "dataset",
  values(({ sample }) => sample.dataset),
)}
${choice("region", "region", values(regionOf))}
${choice("doubt", "doubt", values(doubtOf))}
<label>confidence from<select name="confidence"><option value="">any</option>${["0.5", "0.9", "0.99", "0.999"].map((value) => html`<option>${value}</option>`)}</select></label>
<label>text or file<input name="search" type="search" autocomplete="off"></label>
<output></output></form>`;
}

function card(failure: PicturedFailure): Markup {
  const { kind, section, sample, truth, read, picture, box } = failure;
  const truthText = truth?.text ?? null;
  const parts = truthText === null || read === null ? null : alignTexts(truthText, read.text);
  const name = `${sample.dataset}/${sample.image}`;
  const search = [truthText, read?.text, name].filter(Boolean).join(" ");
  return html`<figure class="failure" data-section="${section}" data-kind="${kind}" data-dataset="${sample.dataset}" data-region="${regionOf(failure)}" data-doubt="${doubtOf(failure)}" data-confidence="${read?.confidence ?? -1}" data-search="${search}">
<div class="picture">${picture === null ? html`<span class="quiet small">no picture</span>` : html`<img loading="lazy" alt="${kind}: ${truthText ?? "no text"}" src="${picture}">`}</div>
<dl><dt>truth</dt><dd class="text">${truthText === null ? html`<span class="quiet">${truth === null ? "no plate" : "no text"}</span>` : parts ? marked(parts.map(({ expected, actual }) => [expected, actual])) : truthText}</dd>
<dt>read</dt><dd class="text">${read === null ? html`<span class="quiet">nothing</span>` : parts ? marked(parts.map(({ expected, actual }) => [actual, expected])) : read.text}</dd>
${read !== null && html`<dt>confidence</dt><dd>${read.confidence.toFixed(3)}</dd>`}
${read !== null && read.doubt !== null && html`<dt>doubt</dt><dd>${read.doubt}</dd>`}
<dt>region</dt><dd>${truth?.region ?? "?"}${read !== null && ` → ${read.region ?? "?"}`}</dd>
<dt>height</dt><dd>${Math.round(truth?.box[3] ?? box[3])} px${truth?.lines === 2 && ", two lines"}</dd></dl>
<figcaption class="source"><span class="kind">${kind}</span> ${name}</figcaption></figure>`;
}

/** The first of each pair, marked where the second differs. */
function marked(pairs: readonly (readonly [shown: string | null, other: string | null])[]): Markup[] {
  return pairs.map(([shown, other]) =>
    shown === other || shown === "" ? html`${shown}` : html`<mark>${shown}</mark>`,
  );
}

function regionOf({ truth }: Failure): string {
  return truth?.region ?? "unknown";
}

function doubtOf({ read }: Failure): string {
  return read?.doubt ?? "none";
}
