/**
 * Reads a plate by the few ways of cutting it that look most like lines of characters: for nets that know characters alone,
 * such as one trained on the tutorial's pictures.
 */

import type { CharacterRead } from "../core/read.ts";
import { bestCharacter, type CharacterModel, classifyCharacters } from "./character-model.ts";
import { doubtShapes } from "./doubt-shapes.ts";
import type { GreyPicture } from "./grey-picture.ts";
import { type RankedText, type RankOptions, rankTexts } from "./rank-texts.ts";
import type { Reading } from "./read-plate.ts";
import { waysToCut } from "./segment-robust.ts";
import type { Segmentation, Shape } from "./segmentation.ts";

/** Fewer characters are no plate but noise on a bumper. */
const MIN_CHARACTERS = 2;

/** @throws PlateKitError MODEL_FAILED or MODEL_MISMATCH. */
export async function readWays(crop: GreyPicture, model: CharacterModel, options: RankOptions): Promise<Reading> {
  const [first, ...others] = waysToCut(crop);
  let best = await readWay(first!(), model, options); // the best is always there
  for (const cut of (best.ranked[0]?.confidence ?? 0) < SURE ? others : []) {
    const other = await readWay(cut(), model, options);
    if (other.evidence > best.evidence) best = other;
  }
  const { segmentation, ranked, classes, rows } = best;
  const kept = ranked[0]?.kept ?? [...classes.keys()];
  const { alphabet } = model.card;
  return {
    ranked,
    segmentation: withCharacters(segmentation, kept),
    classes: kept.map((index) => classes[index]!),
    characters: [...(ranked[0]?.text ?? "")].map((text, index) => ({
      text,
      confidence: rows[kept[index]!]?.[alphabet.indexOf(text)] ?? 0,
    })),
    leftOut: 0,
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

async function readWay(segmentation: Segmentation, model: CharacterModel, options: RankOptions): Promise<CutWay> {
  const { alphabet } = model.card;
  const rows = await rowsOf(segmentation, model);
  const classes = rows.map((row) => bestCharacter(row, alphabet));
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

/** A plain bar is 1 or I, whatever the net says of it; the formats decide. */
function barRow(row: Float32Array, alphabet: readonly string[]): Float32Array {
  const bars = [alphabet.indexOf("1"), alphabet.indexOf("I")].filter((index) => index >= 0);
  if (bars.length === 0) return row;
  const share = 0.04;
  return row.map((value, index) => share * value + (bars.includes(index) ? (1 - share) / bars.length : 0));
}
