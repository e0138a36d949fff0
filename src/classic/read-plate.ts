/** One plate from its place to its text: crop, segmentation, character net, ranking. The engine's reading half. */
import type { CharacterCard } from "../core/character-card.ts";
import { calibrateCandidates } from "../core/confidence.ts";
import { displayText, formatsMatching, regionLikelihood } from "../core/formats.ts";
import type { Image } from "../core/image.ts";
import { doubtOf, measurePlate } from "../core/quality.ts";
import type { CharacterRead, Detection, PlateRead } from "../core/read.ts";
import { rectifyPlate } from "../core/rectify.ts";
import { type CharacterModel, classifyCharacters } from "./character-model.ts";
import { doubtShapes } from "./doubt-shapes.ts";
import { plateCrop } from "./plate-crop.ts";
import { type RankedText, type RankOptions, rankTexts } from "./rank-texts.ts";
import { waysToCut } from "./segment-robust.ts";
import { segmentTutorial } from "./segment-tutorial.ts";
import type { Segmentation, Shape, StepsName } from "./segmentation.ts";

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
  /** Of each character of the segmentation its best class with its probability. */
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
  if (options.steps === "tutorial") {
    const segmentation = segmentTutorial(crop);
    const classes = (await rowsOf(segmentation, model)).map((row) => bestClass(row, model.card.alphabet));
    return { read: tutorialRead({ ...found, lines: 1 }, classes), segmentation, classes };
  }
  const [first, ...others] = waysToCut(crop);
  let best = await readWay(first!(), model, options);
  for (const cut of (best.ranked[0]?.confidence ?? 0) < SURE ? others : []) {
    const other = await readWay(cut(), model, options);
    if (other.evidence > best.evidence) best = other;
  }
  const { segmentation, ranked, classes } = best;
  const kept = ranked[0]?.kept ?? [...classes.keys()];
  return {
    read: robustRead(frame, { ...found, lines: segmentation.lines }, best, model.card, options),
    segmentation: withCharacters(segmentation, kept),
    classes: kept.map((index) => classes[index]!),
  };
}

/** A plate cut one way, as the net and the formats see it. */
interface CutWay {
  readonly segmentation: Segmentation;
  readonly rows: readonly Float32Array[];
  /** Of each row the best. */
  readonly classes: readonly CharacterRead[];
  /** Empty where too few shapes stand in line. */
  readonly ranked: readonly RankedText[];
  /** ln of how well its best text explains what is seen; compares the ways. */
  readonly evidence: number;
}

/** What a character that stands in line says for its way, beside what the net makes of it; best on plates of train. */
const SCORE_WEIGHT = 1.5;

/** A text that is so probable, not yet calibrated, needs no other way of cutting the plate. */
const SURE = 0.9;

async function readWay(segmentation: Segmentation, model: CharacterModel, options: ReadPlateOptions): Promise<CutWay> {
  const { alphabet } = model.card;
  const rows = await rowsOf(segmentation, model);
  const classes = rows.map((row) => bestClass(row, alphabet));
  const doubts = doubtShapes(
    segmentation.characters,
    classes.map(({ confidence }) => confidence),
  );
  const ranked = rows.length < MIN_CHARACTERS ? [] : rankTexts(rows, alphabet, options, doubts);
  const evidence = (ranked[0]?.logWeight ?? Number.NEGATIVE_INFINITY) + SCORE_WEIGHT * (segmentation.score ?? 0);
  return { segmentation, rows, classes, ranked, evidence };
}

/** Of each character the classes' probabilities. */
async function rowsOf({ characters }: Segmentation, model: CharacterModel): Promise<Float32Array[]> {
  const pictures = characters.map(({ picture }) => picture);
  return (await classifyCharacters(pictures, model)).map((row, index) =>
    characters[index]!.isBar ? barRow(row, model.card.alphabet) : row,
  );
}

/** The segmentation with these of its characters; the others turned out to be none. */
function withCharacters(segmentation: Segmentation, kept: readonly number[]): Segmentation {
  const none = segmentation.characters.filter((_, index) => !kept.includes(index));
  const isOfNone = ({ box: [x, y, width, height] }: Shape): boolean =>
    none.some(({ box }) => {
      const [middleX, middleY] = [x + width / 2 - box[0], y + height / 2 - box[1]];
      return middleX >= 0 && middleX < box[2] && middleY >= 0 && middleY < box[3];
    });
  return {
    ...segmentation,
    characters: kept.map((index) => segmentation.characters[index]!),
    shapes: segmentation.shapes.map((shape) =>
      shape.dropped === null && isOfNone(shape) ? { ...shape, dropped: "no character" } : shape,
    ),
  };
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
  { ranked, rows }: CutWay,
  { alphabet, calibration }: CharacterCard,
  options: ReadPlateOptions,
): PlateRead {
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
      confidence: rows[best.kept[index]!]?.[alphabet.indexOf(text)] ?? 0,
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
