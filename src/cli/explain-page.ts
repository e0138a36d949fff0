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
  readonly shapeCounts: { readonly kept: number; readonly dropped: Readonly<Partial<Record<DropReason, number>>> };
  readonly characters: readonly { readonly source: string; readonly text: string; readonly confidence: number }[];
  readonly notes: readonly string[];
}

const PAGE_STYLE = `
.step { margin: 14px 0; }
.step img { max-width: 100%; height: auto; display: block; border: 1px solid var(--rule); border-radius: 4px; }
.step img.pixels { image-rendering: pixelated; width: min(100%, 666px); }
.characters { display: flex; flex-wrap: wrap; gap: 10px; margin: 8px 0; padding: 0; list-style: none; }
.characters li { text-align: center; font-variant-numeric: tabular-nums; }
.characters img { width: 84px; height: 84px; image-rendering: pixelated; border: 1px solid var(--rule); }
.characters b { display: block; font: 700 1.3rem ui-monospace, monospace; }
.plate { margin: 16px 0; }
.answer { font: 700 1.6rem ui-monospace, monospace; letter-spacing: .08em; }
`;

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
  if (count === 0) return `${search} nowhere did enough windows agree.`;
  return `${search} enough windows agreed at ${count === 1 ? "one place" : `${count} places`}, marked with how sure that makes it.`;
}

function plateSection(plate: PagePlate, index: number, steps: StepsName): Markup {
  const { read, notes } = plate;
  return html`<div class="panel plate">
<h3>Plate ${index + 1}</h3>
${step("Crop", "The place is cut out of the picture.", plate.crop, "the plate cut out")}
${step("Grey", greySentence(steps), plate.grey, "the plate in grey", true)}
${step("Black and white", binarySentence(steps, notes), plate.binary, "the plate in black and white", true)}
${step("Contours", contourSentence(plate.shapeCounts), plate.shapes, "the contours kept and dropped", true)}
<div class="step"><b>Characters</b>
<p>${charactersSentence(plate.characters.length)}</p>
<ul class="characters">${plate.characters.map(
    ({ source, text, confidence }) =>
      html`<li><img src="${source}" alt="a character read as ${text}" width="84" height="84"><b>${text}</b>${percent(confidence)}</li>`,
  )}</ul></div>
<div class="step"><b>Text</b>
<p>${textSentence(read, steps)}</p>
<p class="answer">${read.display ?? (read.text || "nothing legible")}</p></div>
</div>`;
}

function step(title: string, sentence: string, source: string, alt: string, isSmall = false): Markup {
  return html`<div class="step"><b>${title}</b>
<p>${sentence}</p>
<img loading="lazy" src="${source}" alt="${alt}"${isSmall && trusted(' class="pixels"')}></div>`;
}

function greySentence(steps: StepsName): string {
  return steps === "tutorial"
    ? "It is resized to 333×75 pixels and its colours are reduced to brightness."
    : "It is resized to one height, reduced to brightness, turned level and, where the characters are light, inverted.";
}

function binarySentence(steps: StepsName, notes: readonly string[]): string {
  if (steps === "tutorial")
    return "Otsu's threshold splits it into black and white, an erosion and a dilation by 3×3 pixels remove specks, and a white border of 3 pixels covers the rim.";
  return `Several thresholds are tried in both polarities, and the text stays that explains its shapes best; shown is the one under which most shapes stand in line like characters: ${notes.join(", ")}.`;
}

function contourSentence({ kept, dropped }: PagePlate["shapeCounts"]): string {
  const reasons = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`);
  const rest = reasons.length === 0 ? "none was dropped" : `the red ones were dropped (${reasons.join(", ")})`;
  return `The connected shapes: ${kept} kept, in green, and ${rest}.`;
}

function charactersSentence(count: number): string {
  if (count === 0) return "No shape looked like a character, so there is nothing to read.";
  return "Each character, white on black, 28×28 pixels, with the class that the network finds most probable.";
}

function textSentence({ text, confidence }: PlateRead, steps: StepsName): string {
  if (text === "") return "Without characters there is no text.";
  return steps === "tutorial"
    ? `Read from left to right; the probabilities multiplied make ${percent(confidence)}.`
    : `Read in order, look-alikes decided by the formats that plates are issued in; ${percent(confidence)} remain for this text.`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.9995 ? 0 : 1)} %`;
}
