/** Plates drawn from a bitmap font, and a net that knows just that font: the engine's way can be run without weights. */

import { type CharacterModel, NO_CHARACTER } from "../../src/classic/character-model.ts";
import { characterPicture } from "../../src/classic/character-picture.ts";
import type { GreyPicture } from "../../src/classic/grey-picture.ts";
import type { CharacterCard } from "../../src/core/character-card.ts";
import type { Image } from "../../src/core/image.ts";

/** Rows of 5 pixels, top to bottom. Strokes join over sides: OpenCV's holes, so the tutorial's characters, must. */
const FONT: Readonly<Record<string, string>> = {
  A: "11111 10001 10001 11111 10001 10001 10001",
  C: "11111 10000 10000 10000 10000 10000 11111",
  E: "11111 10000 10000 11110 10000 10000 11111",
  F: "11111 10000 10000 11110 10000 10000 10000",
  H: "10001 10001 10001 11111 10001 10001 10001",
  L: "10000 10000 10000 10000 10000 10000 11111",
  P: "11111 10001 10001 11111 10000 10000 10000",
  T: "11111 00100 00100 00100 00100 00100 00100",
  U: "10001 10001 10001 10001 10001 10001 11111",
  "2": "11111 00001 00001 11111 10000 10000 11111",
  "3": "11111 00001 00001 11111 00001 00001 11111",
  "4": "10001 10001 10001 11111 00001 00001 00001",
  "7": "11111 00001 00001 00001 00001 00001 00001",
};

export const DRAWN_CHARACTERS: readonly string[] = Object.keys(FONT).sort();

export interface Drawing {
  /** One entry a line of text; a blank is a gap. */
  readonly lines: readonly string[];
  readonly ink?: number;
  readonly paper?: number;
  /** Pixels of the font's pixels. */
  readonly unitPx?: number;
  /** Font pixels between characters. */
  readonly gap?: number;
  /** Pixels that the text falls for each to the right. */
  readonly slope?: number;
  /** Added to the level from left (0) to right (1). */
  readonly shade?: (along: number) => number;
  /** Paper around the text, in font pixels. */
  readonly margin?: number;
}

export function drawPlate(drawing: Drawing): GreyPicture {
  const { lines, ink = 20, paper = 230, unitPx = 6, gap = 2, slope = 0, shade = () => 0, margin = 3 } = drawing;
  const columns = Math.max(...lines.map((line) => line.length * (5 + gap) - gap));
  const width = (columns + 2 * margin) * unitPx;
  const height = (lines.length * 9 - 2 + 2 * margin) * unitPx;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / unitPx) - margin;
      const row = Math.floor((y - slope * (x - width / 2)) / unitPx) - margin;
      const isInk = inkAt(lines, column, row, gap, columns);
      data[y * width + x] = Math.min(255, Math.max(0, (isInk ? ink : paper) + shade(x / width)));
    }
  }
  return { width, height, data };
}

function inkAt(lines: readonly string[], column: number, row: number, gap: number, columns: number): boolean {
  const line = lines[Math.floor(row / 9)];
  if (line === undefined || row < 0) return false;
  const indent = Math.floor((columns - (line.length * (5 + gap) - gap)) / 2);
  const character = line[Math.floor((column - indent) / (5 + gap))];
  const within = (column - indent) % (5 + gap);
  if (character === undefined || column < indent || within >= 5) return false;
  return FONT[character]?.split(" ")[row % 9]?.[within] === "1";
}

export function toImage({ width, height, data }: GreyPicture): Image {
  const pixels = new Uint8Array(data.length * 3);
  for (const [i, value] of data.entries()) pixels.fill(value, 3 * i, 3 * i + 3);
  return { width, height, data: pixels };
}

export const DRAWN_CARD: CharacterCard = {
  schema: 1,
  task: "characters",
  name: "drawn",
  version: "0.0.1",
  sha256: "0".repeat(64),
  input: { name: "image", type: "uint8", layout: "NHWC", colour: "grey", normalisation: "none" },
  resize: { rule: "stretch", width: 28, height: 28 },
  outputs: ["probabilities"],
  alphabet: DRAWN_CHARACTERS,
  training: { data: [], preset: "small", seed: 0, epoch: 1, epochs: 1, batch: 1, learningRate: 1, shift: 0 },
  figures: {},
};

/** Of a net that also knows what is no character. */
export const DRAWN_CARD_WITH_NONE: CharacterCard = { ...DRAWN_CARD, alphabet: [...DRAWN_CHARACTERS, NO_CHARACTER] };

/** A picture that differs so much from every character, in grey levels, is as likely none. */
const NONE_DIFFERENCE = 25;

/** The nearer a picture to a character of the font, the more probable. */
export function drawnModel(card: CharacterCard = DRAWN_CARD): CharacterModel {
  const size = 28 * 28;
  const templates = DRAWN_CHARACTERS.map((character) => {
    const rows = FONT[character]!.split(" ");
    const unit = 6;
    const data = new Uint8Array(5 * 7 * unit * unit);
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [i % (5 * unit), Math.floor(i / (5 * unit))];
      data[i] = rows[Math.floor(y / unit)]![Math.floor(x / unit)] === "1" ? 255 : 0;
    }
    return characterPicture({ width: 5 * unit, height: 7 * unit, data }).data;
  });
  const knowsNone = card.alphabet.includes(NO_CHARACTER);
  const softness = knowsNone ? 3 : 6;
  const channels = card.input.colour === "RGB" ? 3 : 1;
  return {
    card,
    async run(pixels, count) {
      const classes = card.alphabet.length;
      const probabilities = new Float32Array(count * classes);
      for (let i = 0; i < count; i++) {
        const scores = templates.map((template) => {
          let difference = 0;
          for (let j = 0; j < size; j++) difference += Math.abs(template[j]! - pixels[(i * size + j) * channels]!);
          return Math.exp(-difference / size / softness);
        });
        if (knowsNone) scores.push(Math.exp(-NONE_DIFFERENCE / softness));
        const total = scores.reduce((sum, score) => sum + score, 0);
        probabilities.set(
          scores.map((score) => score / total),
          i * classes,
        );
      }
      return probabilities;
    },
  };
}
