/** What cutting a plate into characters gives, whichever steps do it. Plain data, enough to draw every step again. */
import type { Box } from "../core/geometry.ts";
import type { GreyPicture } from "./grey-picture.ts";

/** `tutorial`: the tutorial's steps and numbers; `robust`: ours, for plates that are not seen straight and clean. */
export type StepsName = "tutorial" | "robust";

export const STEPS_NAMES: readonly StepsName[] = ["robust", "tutorial"];

/** Why a shape is no character. */
export type DropReason =
  | "too narrow"
  | "too wide"
  | "too short"
  | "too tall"
  | "too small"
  | "at the edge"
  | "out of line"
  /** The net doubts it, or it stands otherwise than the rest. */
  | "no character";

/** A shape that was looked at. */
export interface Shape {
  /** In pixels of the plate's picture. */
  readonly box: Box;
  /** Null: it is a character, or a part of one. */
  readonly dropped: DropReason | null;
}

export interface SegmentedCharacter {
  /** In pixels of the plate's picture. */
  readonly box: Box;
  readonly line: 0 | 1;
  /** White on black, ready for the net: CHARACTER_SIZE_PX a side. */
  readonly picture: GreyPicture;
  /** A plain upright bar, which is I or 1 in most typefaces and looks like anything once stretched to a square. */
  readonly isBar: boolean;
}

export interface Segmentation {
  readonly steps: StepsName;
  /** The plate as the shapes' boxes see it: resized, and straightened where the steps do that. */
  readonly plate: GreyPicture;
  /** Characters black on white. */
  readonly binary: GreyPicture;
  readonly shapes: readonly Shape[];
  /** In reading order. */
  readonly characters: readonly SegmentedCharacter[];
  readonly lines: 1 | 2;
  /** What was done to this plate in particular: `light on dark`, `turned by 3°`. */
  readonly notes: readonly string[];
  /** Shapes of all thresholds, whole, joined and cut apart, that the characters were chosen from; of paths alone. */
  readonly candidateCount?: number;
  /** About the number of characters that stand in line, by their places alone; of the robust steps. */
  readonly score?: number;
}
