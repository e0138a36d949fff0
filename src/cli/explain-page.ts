/** The page of `read --explain`: what happens from picture to text, one sentence a step. Markup only. */
import type { DropReason, StepsName } from "../classic/segmentation.ts";
import type { PlateRead } from "../core/read.ts";
import { printableName } from "../node/printable-name.ts";
import { html, type Markup, trusted } from "./report-html.ts";
import { STYLE } from "./report-style.ts";

/** Pictures are named by their address beside the page. */
export interface PageImage {
  readonly image: string;
  readonly steps: StepsName;
  readonly input: string;
  readonly detected: string;
  readonly plates: readonly PagePlate[];
  readonly final: string;
}

export interface PagePlate {
  readonly read: PlateRead;
  readonly crop: string;
  readonly grey: string;
  readonly binary: string;
  readonly shapes: string;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  readonly candidateCount: number | null;
  readonly characters: readonly { readonly source: string; readonly text: string; readonly confidence: number }[];
  readonly notes: readonly string[];
}

const PAGE_STYLE = `
h2 { overflow-wrap: anywhere; }
.step { margin: 14px 0; }
.step img { max-width: 100%; height: auto; display: block; border: 1px solid var(--rule); border-radius: 4px; }
.step img.pixels { image-rendering: pixelated; width: min(100%, 666px); }
.step img.small { width: min(100%, 333px); }
.characters { display: flex; flex-wrap: wrap; gap: 10px; margin: 8px 0; padding: 0; list-style: none; }
.characters li { text-align: center; font-variant-numeric: tabular-nums; }
.characters img { width: 84px; height: 84px; image-rendering: pixelated; border: 1px solid var(--rule); }
.characters b { display: block; font: 700 1.3rem ui-monospace, monospace; }
.plate { margin: 16px 0; }
.answer { font: 700 1.6rem ui-monospace, monospace; letter-spacing: .08em; }
`;

/** Texts named after the best, and the least probability at which they are. */
const MAX_RIVALS = 3;
const LEAST_RIVAL = 0.001;

export function explainPage(images: readonly PageImage[]): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>How the plates were read</title>
<style>${trusted(STYLE + PAGE_STYLE)}</style>
</head>
<body><main>
<header><h1>How the plates were read</h1>
<p class="quiet">The classic engine, step by step: a cascade finds plates, contours cut them into characters, a small network names each one.</p></header>
${images.map(imageSection)}
</main></body></html>
`;
  return page.markup;
}

function imageSection({ image, steps, input, detected, plates, final }: PageImage): Markup {
  return html`<section>
<h2>${printableName(image)}</h2>
${step("Input", "The picture as decoded, turned upright.", input, "the input picture")}
${step("Detection", detectionSentence(plates.length), detected, "the places found")}
${plates.map((plate, index) => plateSection(plate, index, steps))}
${plates.length > 0 && step("Result", "The texts at their plates.", final, "the picture with the texts")}
</section>`;
}

function detectionSentence(count: number): string {
  const search =
    "The cascade slides a window of growing size over the picture and asks at each place whether a plate is there;";
  if (count === 0)
    return `${search} nowhere did enough windows agree. It wants to see what lies around a plate: one that fills the picture is not found.`;
  return `${search} enough windows agreed at ${count === 1 ? "one place" : `${count} places`}, marked with how sure that makes it.`;
}

function plateSection(plate: PagePlate, index: number, steps: StepsName): Markup {
  const { read } = plate;
  return html`<div class="panel plate">
<h3>Plate ${index + 1}</h3>
${step("Crop", cropSentence(steps), plate.crop, "the plate cut out", "small")}
${step("Grey", greySentence(steps), plate.grey, "the plate in grey", "pixels")}
${step("Black and white", binarySentence(plate, steps), plate.binary, "the plate in black and white", "pixels")}
${step("Contours", contourSentence(plate), plate.shapes, "the contours kept and dropped", "pixels")}
<div class="step"><b>Characters</b>
<p>${charactersSentence(plate.characters.length)}</p>
<ul class="characters">${plate.characters.map(({ source, text, confidence }, i) => {
    const chosen = read.characters[i]?.text ?? text;
    return html`<li><img src="${source}" alt="a character read as ${chosen}" width="84" height="84"><b>${text}</b>${percent(confidence)}${chosen !== text && html`<br>read as ${chosen}`}</li>`;
  })}</ul></div>
<div class="step"><b>Text</b>
<p>${textSentence(plate, steps)}</p>
<p class="answer">${read.display ?? (read.text || "nothing legible")}</p></div>
</div>`;
}

function step(title: string, sentence: string, source: string, alt: string, size?: "small" | "pixels"): Markup {
  return html`<div class="step"><b>${title}</b>
<p>${sentence}</p>
<img loading="lazy" src="${source}" alt="${alt}"${size !== undefined && html` class="${size}"`}></div>`;
}

function cropSentence(steps: StepsName): string {
  return steps === "tutorial"
    ? "The place is cut out of the picture."
    : "The place is cut out of the picture, with a margin.";
}

function greySentence(steps: StepsName): string {
  return steps === "tutorial"
    ? "It is resized to 333×75 pixels and its colours are reduced to brightness."
    : "It is resized, reduced to brightness and, where its text slopes or leans, straightened.";
}

function binarySentence({ candidateCount, notes }: PagePlate, steps: StepsName): string {
  if (steps === "tutorial")
    return "Otsu's threshold splits it into black and white, an erosion and a dilation by 3×3 pixels remove specks, and a white border of 3 pixels covers the rim.";
  const tried =
    candidateCount === null
      ? "Several thresholds are tried in both polarities, and the text stays that explains its shapes best"
      : "Several thresholds part ink from paper, each in its own way, and all of them are used; where that leaves doubt, in the other polarity too";
  return `${tried}. Shown is the one under which most shapes stand in line like characters: ${notes.join(", ")}.`;
}

function contourSentence({ candidateCount, characters, dropped }: PagePlate): string {
  const reasons = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`);
  const rest = reasons.length === 0 ? "no other was dropped" : `the red ones were dropped (${reasons.join(", ")})`;
  if (candidateCount === null) return `The connected shapes: ${characters.length} kept, in green, and ${rest}.`;
  return (
    `The shapes of all thresholds, whole, joined and cut apart, make ${candidateCount} candidates; ` +
    `${characters.length} of them lie on the best path from left to right, in green. Of the connected shapes seen here ${rest}.`
  );
}

function charactersSentence(count: number): string {
  if (count === 0) return "No shape looked like a character, so there is nothing to read.";
  return "Each character, white on black, 28×28 pixels, with the one that the network finds most probable.";
}

function textSentence({ read, candidateCount }: PagePlate, steps: StepsName): string {
  const { text, confidence, candidates } = read;
  if (text === "") return "Without characters there is no text.";
  if (steps === "tutorial") return `Read from left to right; the probabilities multiplied make ${percent(confidence)}.`;
  const judged =
    candidateCount === null
      ? "Read in order, look-alikes decided by the formats that plates are issued in"
      : "Judged by the network's probabilities, by how alike the characters are in height and place, and by how common the text is";
  const rivals = candidates
    .slice(1, 1 + MAX_RIVALS)
    .filter((rival) => rival.confidence >= LEAST_RIVAL)
    .map((rival) => `${rival.text} ${percent(rival.confidence)}`);
  return `${judged}. It is right with a probability of ${percent(confidence)}${rivals.length > 0 ? `; next come ${rivals.join(", ")}` : ""}.`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.9995 ? 0 : 1)} %`;
}
