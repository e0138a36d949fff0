/** Vehicles that drive through a made-up picture, and the reads a camera would make of them. */

import type { Quad } from "../../src/core/geometry.ts";
import { boxOfQuad } from "../../src/core/geometry.ts";
import type { PlateQuality } from "../../src/core/quality.ts";
import type { PlateRead } from "../../src/core/read.ts";
import type { SlotPosteriors } from "../../src/core/recognize.ts";
import type { FrameRead } from "../../src/core/track.ts";

export const ALPHABET: readonly string[] = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const SLOTS = 12;
const CLASSES = 1 + ALPHABET.length;

export interface SimulatedVehicle {
  readonly text: string;
  /** When the plate is in the picture, and where its top left corner and how high it is then. */
  readonly fromMs: number;
  readonly toMs: number;
  place(timeMs: number): { readonly x: number; readonly y: number; readonly heightPx: number };
  /** Times at which it is hidden. */
  readonly hidden?: readonly (readonly [fromMs: number, toMs: number])[];
}

export interface Camera {
  readonly random: () => number;
  /** Chance that the detector overlooks a plate in a frame, 0..1. */
  readonly blinkRate?: number;
  /** Chance that a character is misread in a frame, 0..1. */
  readonly misreadRate?: number;
  /** Chance that a read skips a character, 0..1. */
  readonly skipRate?: number;
  /** Standard deviation of a corner, in plate heights. */
  readonly jitter?: number;
}

/** What the camera reads at a time, in no particular order. */
export function readsAt(vehicles: readonly SimulatedVehicle[], timeMs: number, camera: Camera): FrameRead[] {
  const reads: FrameRead[] = [];
  for (const vehicle of vehicles) {
    if (timeMs < vehicle.fromMs || timeMs > vehicle.toMs) continue;
    if (vehicle.hidden?.some(([from, to]) => timeMs >= from && timeMs <= to)) continue;
    if (camera.random() < (camera.blinkRate ?? 0)) continue;
    const { x, y, heightPx } = vehicle.place(timeMs);
    const shake = () => gaussian(camera.random) * (camera.jitter ?? 0.05) * heightPx;
    const width = 4.7 * heightPx;
    const corners: Quad = [
      [x + shake(), y + shake()],
      [x + width + shake(), y + shake()],
      [x + width + shake(), y + heightPx + shake()],
      [x + shake(), y + heightPx + shake()],
    ];
    reads.push(simulatedRead(vehicle.text, corners, camera));
  }
  return camera.random() < 0.5 ? reads : reads.reverse();
}

/** A read of `text` with the camera's errors in it. */
export function simulatedRead(
  text: string,
  corners: Quad,
  { random, misreadRate = 0, skipRate = 0 }: Camera,
): FrameRead {
  let seen = [...text];
  const sure: number[] = [];
  if (random() < skipRate) seen.splice(Math.floor(random() * seen.length), 1);
  seen = seen.map((character) => {
    const isWrong = random() < misreadRate;
    sure.push(isWrong ? 0.4 + 0.3 * random() : 0.96 + 0.039 * random());
    return isWrong ? ALPHABET[Math.floor(random() * ALPHABET.length)]! : character;
  });
  // A misread character leaves the true one as the second choice, as real networks do.
  const second = seen.length === [...text].length ? [...text] : seen;
  const posteriors = posteriorsOf(seen, sure, second);
  const confidence = sure.reduce((product, value) => product * value, 1);
  const read: PlateRead = {
    text: seen.join(""),
    display: null,
    confidence,
    region: null,
    regionConfidence: null,
    detection: { box: boxOfQuad(corners), corners, lines: 1, confidence: 0.9 },
    characters: seen.map((character, i) => ({ text: character, confidence: sure[i]! })),
    candidates: [{ text: seen.join(""), confidence }],
    doubt: null,
  };
  return { read, evidence: { posteriors, quality: GOOD_QUALITY }, weight: 0.3 + 0.7 * random() };
}

export const GOOD_QUALITY: PlateQuality = {
  plateHeightPx: 30,
  characterHeightPx: 18,
  sharpness: 0.4,
  contrast: 0.6,
  glareShare: 0,
  outsideShare: 0,
  isAtBorder: false,
};

/** Posteriors in which each slot says one character, this sure, the rest going to the second choice and to all. */
export function posteriorsOf(
  characters: readonly string[],
  sure: readonly number[],
  second: readonly string[] = characters,
): SlotPosteriors {
  const logs = new Float32Array(SLOTS * CLASSES);
  for (let slot = 0; slot < SLOTS; slot++) {
    const isText = slot < characters.length;
    const confidence = isText ? sure[slot]! : 0.99;
    const rest = 1 - confidence;
    const row = new Float64Array(CLASSES).fill((0.3 * rest) / (CLASSES - 1));
    const first = isText ? 1 + ALPHABET.indexOf(characters[slot]!) : 0;
    row[first] = confidence;
    const other = isText ? 1 + ALPHABET.indexOf(second[slot] ?? characters[slot]!) : 0;
    if (other !== first) row[other]! += 0.7 * rest;
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let c = 0; c < CLASSES; c++) logs[slot * CLASSES + c] = Math.log(row[c]! / total);
  }
  return {
    characters: logs,
    slots: SLOTS,
    alphabet: ALPHABET,
    regions: ["de", "fr"],
    regionProbabilities: Float32Array.from([0.5, 0.5]),
    lines: [0.95, 0.05],
    legibility: { full: 0.95, partial: 0.04, none: 0.01 },
  };
}

/** A text of seven characters as plates have them. */
export function randomText(random: () => number): string {
  const letter = () => ALPHABET[10 + Math.floor(random() * 26)]!;
  const digit = () => ALPHABET[Math.floor(random() * 10)]!;
  return letter() + letter() + digit() + digit() + digit() + letter() + letter();
}

/** Normally distributed, mean 0, deviation 1 (Box and Muller 1958). */
export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
