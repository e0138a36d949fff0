/** The report's style and script, inline so that the page is one file and asks the network for nothing. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --panel: #ffffff; --ink: #1d2126; --quiet: #5d6670; --rule: #dfe2e5;
  --accent: #1f6feb; --accent-soft: #1f6feb22; --bad: #c2410c; --bad-soft: #c2410c1f; --good: #15803d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --panel: #1d2125; --ink: #e6e8ea; --quiet: #9aa4ae; --rule: #343a40;
    --accent: #6cb0ff; --accent-soft: #6cb0ff26; --bad: #ff9061; --bad-soft: #ff90612b; --good: #5fd08a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 40px 0 4px; }
h3 { font-size: 1rem; margin: 0 0 6px; }
p { margin: 4px 0 12px; max-width: 75ch; }
.quiet { color: var(--quiet); }
.small { font-size: .87rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
header + .panel { margin-top: 16px; }
.facts { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 6px 0 0; padding: 0; list-style: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 10px; margin: 12px 0; padding: 0; list-style: none; }
.tiles li, .panel { background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; padding: 12px; }
.tiles .name { display: block; color: var(--quiet); font-size: .85rem; }
.tiles .value { display: block; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles .interval { display: block; color: var(--quiet); font-size: .8rem; font-variant-numeric: tabular-nums; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 12px; margin: 12px 0; }
.panel { min-width: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .87rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: 4px 8px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--panel); }
thead th { color: var(--quiet); font-weight: 500; }
td .interval { color: var(--quiet); font-size: .8rem; margin-left: 6px; }
details > summary { cursor: pointer; font-weight: 600; padding: 2px 0; }
details + details { margin-top: 10px; border-top: 1px solid var(--rule); padding-top: 10px; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
svg.matrix { max-width: 560px; margin: 0 auto; }
svg .grid { stroke: var(--rule); }
svg .tick, svg .axis, svg .count { fill: var(--quiet); font-size: 11.5px; }
svg .note, svg .label { fill: var(--ink); font-size: 11.5px; }
svg .note { paint-order: stroke; stroke: var(--panel); stroke-width: 4px; stroke-linejoin: round; }
svg .line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
svg .dot { fill: var(--accent); }
svg .bar { fill: var(--accent); fill-opacity: .65; }
svg .whisker { stroke: var(--ink); stroke-width: 1.5; }
svg .ideal, svg .mark { stroke: var(--quiet); stroke-dasharray: 4 4; }
svg .cell { fill: var(--bad); }
svg .same { fill: var(--rule); fill-opacity: .5; }
svg .cell-count { fill: var(--ink); font-size: 9px; }
svg .cell-count.strong { fill: var(--panel); }
svg.matrix .label { font: 10.5px ui-monospace, monospace; }
svg.matrix .axis { font-size: 9.5px; }
.stack { display: grid; gap: 12px; grid-template-rows: 1fr auto; min-width: 0; }
.pairs { columns: 6.5em; column-gap: 20px; margin: 0; padding: 0; list-style: none; font-size: .87rem; }
.pairs li { display: flex; justify-content: space-between; gap: 8px; break-inside: avoid; font-variant-numeric: tabular-nums; }
.filters { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin: 12px 0; }
.filters label { font-size: .8rem; color: var(--quiet); display: grid; gap: 2px; flex: 1 1 130px; min-width: 0; }
.filters select, .filters input { font: inherit; font-size: .92rem; color: var(--ink); background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: 5px 8px; width: 100%; min-width: 0; }
.filters output { flex: 1 1 100%; color: var(--quiet); font-size: .87rem; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 225px), 1fr)); gap: 10px; }
.failure { margin: 0; background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; display: flex; flex-direction: column; }
.failure[hidden] { display: none; }
.failure .picture { background: #0003; height: 110px; display: grid; place-items: center; }
.failure img { max-width: 100%; max-height: 110px; min-height: 44px; object-fit: contain; display: block; }
.failure dl { margin: 0; padding: 8px 10px; display: grid; grid-template-columns: auto 1fr; gap: 1px 10px; font-size: .85rem; }
.failure dt { color: var(--quiet); }
.failure dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
/* As stored: other scripts stand in visual order, which the browser must not turn around. */
.failure .text { direction: ltr; unicode-bidi: bidi-override; font: 600 1rem ui-monospace, monospace; letter-spacing: .06em; }
.failure mark { background: var(--bad-soft); color: var(--bad); border-radius: 2px; }
.failure .source { padding: 0 10px 8px; margin-top: auto; color: var(--quiet); font-size: .75rem; overflow-wrap: anywhere; }
.kind { display: inline-block; background: var(--bad-soft); color: var(--bad); border-radius: 4px; padding: 0 6px; font-size: .8rem; font-weight: 600; }
@media print { .filters { display: none; } .failure, .panel { break-inside: avoid; } }
`;

/** Hides the failures that do not pass the filters. Without script the whole gallery simply shows. */
export const SCRIPT = `
const form = document.querySelector(".filters");
const failures = [...document.querySelectorAll(".failure")];
function apply() {
  const wanted = Object.fromEntries(new FormData(form));
  const words = wanted.search.toUpperCase();
  let shown = 0;
  for (const failure of failures) {
    const fits = ["section", "kind", "dataset", "region", "doubt"].every((key) => !wanted[key] || failure.dataset[key] === wanted[key])
      && (!wanted.confidence || Number(failure.dataset.confidence) >= Number(wanted.confidence))
      && failure.dataset.search.toUpperCase().includes(words);
    failure.hidden = !fits;
    if (fits) shown++;
  }
  form.querySelector("output").value = shown + " of " + failures.length + " shown";
}
if (form) {
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}
`;
