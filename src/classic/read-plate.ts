/** One plate from its place to its text: crop, segmentation, character net, ranking. The engine's reading half. */
import type { CharacterCard } from "../core/character-card.ts";
import { calibrateCandidates } from "../core/confidence.ts";
import { displayText, formatsMatching, regionLikelihood } from "../core/formats.ts";
import type { Image } from "../core/image.ts";
import { doubtOf, measurePlate } from "../core/quality.ts";
import type { CharacterRead, Detection, PlateRead } from "../core/read.ts";
import { rectifyPlate } from "../core/rectify.ts";
import { type CharacterModel, classifyCharacters } from "./character-model.ts";
import { plateCrop } from "./plate-crop.ts";
import { type RankOptions, rankTexts } from "./rank-texts.ts";
import { segmentRobust } from "./segment-robust.ts";
import { segmentTutorial } from "./segment-tutorial.ts";
import type { Segmentation, StepsName } from "./segmentation.ts";

export interface ReadPlateOptions extends RankOptions {
  readonly steps: StepsName;
  /** Most candidates to give. */
  readonly candidates: number;
}

/** A read with every step that led to it. */
export interface ExplainedRead {
  readonly read: PlateRead;
  /** Null where the plate lies outside the frame. */
  readonly segmentation: Segmentation | null;
  /** Of each segmented character its best class with its probability. */
  readonly classes: readonly CharacterRead[];
}

/** Fewer characters are no plate but noise on a bumper. */
const MIN_CHARACTERS = 2;

/** A region is told when its formats make the text so much likelier than all others' together. */
const MIN_REGION_SHARE = 0.7;

/** Quality is measured on this much of the plate's surroundings, as the neural engine does. */
const MEASURED = { width: 128, height: 64, margin: 0.1 } as const;

/**
 * Reads one plate; one on which nothing is found has the text `""`. Confidences are the net's probabilities multiplied
 * and weighed by the formats, then calibrated where the net's card says how; the tutorial's steps leave them plain.
 *
 * @throws PlateKitError MODEL_FAILED or MODEL_MISMATCH.
 */
export async function readPlate(
  frame: Image,
  found: Detection,
  model: CharacterModel,
  options: ReadPlateOptions,
): Promise<ExplainedRead> {
  const crop = plateCrop(frame, found, options.steps);
  if (crop === null) return { read: emptyRead(found), segmentation: null, classes: [] };
  const segmentation = options.steps === "tutorial" ? segmentTutorial(crop) : segmentRobust(crop);
  const { alphabet } = model.card;
  const pictures = segmentation.characters.map(({ picture }) => picture);
  const rows = (await classifyCharacters(pictures, model)).map((row, index) =>
    segmentation.characters[index]!.isBar ? barRow(row, alphabet) : row,
  );
  const classes = rows.map((row) => bestClass(row, alphabet));
  const detection: Detection = { ...found, lines: segmentation.lines };
  const read =
    options.steps === "tutorial"
      ? tutorialRead(detection, classes)
      : robustRead(frame, detection, rows, model.card, options);
  return { read, segmentation, classes };
}

/** What the tutorial prints: every character's best class. */
function tutorialRead(detection: Detection, classes: readonly CharacterRead[]): PlateRead {
  if (classes.length === 0) return emptyRead(detection);
  const text = classes.map((read) => read.text).join("");
  const confidence = classes.reduce((product, read) => product * read.confidence, 1);
  return { ...emptyRead(detection), text, confidence, characters: classes, candidates: [{ text, confidence }] };
}

function robustRead(
  frame: Image,
  detection: Detection,
  rows: readonly Float32Array[],
  { alphabet, calibration }: CharacterCard,
  options: ReadPlateOptions,
): PlateRead {
  const ranked = rows.length < MIN_CHARACTERS ? [] : rankTexts(rows, alphabet, options);
  const best = ranked[0];
  if (best === undefined) return emptyRead(detection);
  const confidence = calibrated(best.confidence, calibration);
  const candidates = calibrateCandidates(ranked, confidence);
  const matching = formatsMatching(best.text, options.regionStrict ? options.regions : []);
  const [likeliest] = regionLikelihood(best.text, options.regions.length > 0 ? options.regions : []);
  const told = likeliest !== undefined && likeliest[1] >= MIN_REGION_SHARE ? likeliest : undefined;
  const format = matching
    .filter(({ region, personalised }) => !personalised && region === told?.[0])
    .toSorted((a, b) => b.prior - a.prior)[0];
  const quality = measurePlate(rectifyPlate(frame, detection, MEASURED), detection, frame, MEASURED);
  return {
    text: best.text,
    display: format === undefined ? null : displayText(best.text, format),
    confidence,
    region: told?.[0] ?? null,
    regionConfidence: told?.[1] ?? null,
    detection,
    characters: [...best.text].map((text, index) => ({
      text,
      confidence: rows[index]?.[alphabet.indexOf(text)] ?? 0,
    })),
    candidates: candidates.slice(0, options.candidates),
    doubt: doubtOf(quality, matching.length === 0),
  };
}

/** How often a text of this probability is right, as the card says. */
function calibrated(probability: number, calibration: CharacterCard["calibration"]): number {
  if (calibration === undefined) return probability;
  const odds = Math.max(probability, 1e-6) / Math.max(1 - probability, 1e-6);
  return 1 / (1 + Math.exp(-calibration.bias - calibration.weight * Math.log(odds)));
}

function emptyRead(detection: Detection): PlateRead {
  return {
    text: "",
    display: null,
    confidence: 0,
    region: null,
    regionConfidence: null,
    detection,
    characters: [],
    candidates: [],
    doubt: null,
  };
}

function bestClass(row: Float32Array, alphabet: readonly string[]): CharacterRead {
  const best = row.indexOf(Math.max(...row));
  return { text: alphabet[best] ?? "", confidence: row[best] ?? 0 };
}

/** A plain bar is 1 or I, whatever the net says of it; the formats decide. */
function barRow(row: Float32Array, alphabet: readonly string[]): Float32Array {
  const bars = [alphabet.indexOf("1"), alphabet.indexOf("I")].filter((index) => index >= 0);
  if (bars.length === 0) return row;
  const share = 0.04;
  return row.map((value, index) => share * value + (bars.includes(index) ? (1 - share) / bars.length : 0));
}
