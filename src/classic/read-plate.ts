/** One plate from its place to its text: crop, segmentation, character net, ranking. The engine's reading half. */
import type { CharacterCard } from "../core/character-card.ts";
import { calibrateCandidates } from "../core/confidence.ts";
import { displayText, formatsMatching, regionLikelihood } from "../core/formats.ts";
import type { Image } from "../core/image.ts";
import { doubtOf, measurePlate } from "../core/quality.ts";
import type { Candidate, CharacterRead, Detection, PlateRead } from "../core/read.ts";
import { rectifyPlate } from "../core/rectify.ts";
import { bestCharacter, type CharacterModel, classifyCharacters, NO_CHARACTER } from "./character-model.ts";
import { plateCrop } from "./plate-crop.ts";
import type { RankOptions } from "./rank-texts.ts";
import { readConfidence } from "./read-confidence.ts";
import { readPaths } from "./read-paths.ts";
import { readWays } from "./read-ways.ts";
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
  /** Of each character of the segmentation its best class with its probability. */
  readonly classes: readonly CharacterRead[];
}

/** What the robust steps make of a plate. */
export interface Reading {
  /** Best first, summing to 1 at most; empty where no two characters stand in line. */
  readonly ranked: readonly Candidate[];
  /** The characters of the best text, or those that were looked at where there is none. */
  readonly segmentation: Segmentation;
  /** Of each of these the best class with its probability. */
  readonly classes: readonly CharacterRead[];
  /** The best text's characters, each with the probability that the net gives it. */
  readonly characters: readonly CharacterRead[];
  /** As ReadEvidence has it; 0 where the way of reading does not tell. */
  readonly leftOut: number;
}

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
    const pictures = segmentation.characters.map(({ picture }) => picture);
    const classes = (await classifyCharacters(pictures, model)).map((row) => bestCharacter(row, model.card.alphabet));
    return { read: tutorialRead({ ...found, lines: 1 }, classes), segmentation, classes };
  }
  const read = model.card.alphabet.includes(NO_CHARACTER) ? readPaths : readWays;
  const readings = await read(crop, model, options);
  const { segmentation, classes } = readings;
  return {
    read: robustRead(frame, { ...found, lines: segmentation.lines }, readings, model.card, options),
    segmentation,
    classes,
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
  { ranked, characters, leftOut }: Reading,
  { calibration }: CharacterCard,
  options: ReadPlateOptions,
): PlateRead {
  const best = ranked[0];
  if (best === undefined) return emptyRead(detection);
  const probabilities = characters.map(({ confidence: probability }) => probability);
  const confidence = readConfidence({ text: best.confidence, characters: probabilities, leftOut }, calibration);
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
    characters,
    candidates: candidates.slice(0, options.candidates),
    doubt: doubtOf(quality, matching.length === 0),
  };
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
