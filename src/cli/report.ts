/** The benchmark report: one page that needs nothing but itself. */
import { RUN_TITLES } from "./bench-output.ts";
import { listFailures, takeEvenly } from "./report-failures.ts";
import { gallery, type PicturedFailure } from "./report-gallery.ts";
import { html, trusted } from "./report-html.ts";
import { pictureUri } from "./report-pictures.ts";
import { type JudgedRun, runSection } from "./report-sections.ts";
import { SCRIPT, STYLE } from "./report-style.ts";

/** What the page says about how it was made. */
export interface ReportFacts {
  readonly dataset: string;
  /** Name and value pairs below the title: engine, models, workers, machine. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly createdAtMs: number;
  /** Messages of what had to be left out. */
  readonly problems: readonly string[];
}

/** Pictures in the gallery; at 5 to 10 kB each the page stays below a few MB. */
export const MAX_FAILURES = 300;
const LISTED_PROBLEMS = 100;
/** Cut out at once; sharp works in its own threads. */
const CUTS_AT_ONCE = 8;

/**
 * Builds the page. Everything from files is escaped, and the page's own policy forbids requests.
 *
 * @param maxFailures most failures to show, over all runs.
 */
export async function buildReport(
  runs: readonly JudgedRun[],
  facts: ReportFacts,
  maxFailures: number = MAX_FAILURES,
): Promise<string> {
  const failures = runs.map((run) => ({ run, all: listFailures(run.judgements) }));
  const total = failures.reduce((sum, { all }) => sum + all.length, 0);
  const pictured: PicturedFailure[] = [];
  for (const [index, { run, all }] of failures.entries()) {
    // What a run does not need of its even share, the next may have.
    const limit = Math.floor((maxFailures - pictured.length) / (failures.length - index));
    pictured.push(...(await cutPictures(takeEvenly(all, limit), RUN_TITLES[run.name])));
  }
  const title = `${facts.dataset} · PlateKit benchmark`;
  const created = new Date(facts.createdAtMs).toISOString().slice(0, 16).replace("T", " ");
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${title}</title><style>${trusted(STYLE)}</style></head><body><main>
<header><h1>${facts.dataset}</h1><ul class="facts small quiet"><li>${created} UTC</li>${facts.facts.map(([name, value]) => html`<li>${name}: ${value}</li>`)}</ul></header>
${facts.problems.length > 0 && problemList(facts.problems)}
${runs.map(runSection)}
<section><h2 id="failures">Failures</h2>${gallery(pictured, total)}</section>
</main><script>${trusted(SCRIPT)}</script></body></html>
`;
  return page.markup;
}

function problemList(problems: readonly string[]) {
  const hidden = problems.length - LISTED_PROBLEMS;
  return html`<details class="panel small"><summary>${problems.length} left out</summary><ul>${problems
    .slice(0, LISTED_PROBLEMS)
    .map((problem) => html`<li>${problem}</li>`)}${hidden > 0 && html`<li>and ${hidden} more</li>`}</ul></details>`;
}

async function cutPictures(failures: ReturnType<typeof takeEvenly>, section: string): Promise<PicturedFailure[]> {
  const pictured: PicturedFailure[] = [];
  for (let start = 0; start < failures.length; start += CUTS_AT_ONCE) {
    const batch = failures.slice(start, start + CUTS_AT_ONCE).map(async (failure) => ({
      ...failure,
      section,
      picture: await pictureUri(failure.sample.path, failure.sample, failure.box),
    }));
    pictured.push(...(await Promise.all(batch)));
  }
  return pictured;
}
