/** Tileable noise, made once per process from a fixed seed: clouds of dirt and the grain of a sensor. */
import { createRandom } from "./random.ts";

const SIDE = 256;
const MASK = SIDE - 1;

let clouds: Float32Array | undefined; // pure memo
let grain: Float32Array | undefined; // pure memo

/** Fractal noise of five octaves, about 0..1 with mean 0.5, 256 x 256, tileable. */
function cloudTile(): Float32Array {
  if (clouds !== undefined) return clouds;
  const tile = new Float32Array(SIDE * SIDE);
  const random = createRandom(20101);
  for (let octave = 0; octave < 5; octave++) {
    const cells = 4 << octave;
    const lattice = Float32Array.from({ length: cells * cells }, () => random.next());
    const weight = 0.5 ** (octave + 1);
    for (let y = 0; y < SIDE; y++) {
      const v = (y * cells) / SIDE;
      const row = Math.floor(v);
      const fy = smooth(v - row);
      for (let x = 0; x < SIDE; x++) {
        const u = (x * cells) / SIDE;
        const column = Math.floor(u);
        const fx = smooth(u - column);
        const at = (r: number, c: number): number => lattice[(r % cells) * cells + (c % cells)]!;
        const above = at(row, column) + (at(row, column + 1) - at(row, column)) * fx;
        const below = at(row + 1, column) + (at(row + 1, column + 1) - at(row + 1, column)) * fx;
        tile[y * SIDE + x] = tile[y * SIDE + x]! + weight * (above + (below - above) * fy);
      }
    }
  }
  clouds = tile;
  return tile;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

/** A sampler of the cloud tile; coordinates are in tiles, any range. */
export function cloudSampler(): (u: number, v: number) => number {
  const tile = cloudTile();
  return (u, v) => {
    const x = u * SIDE;
    const y = v * SIDE;
    const left = Math.floor(x);
    const top = Math.floor(y);
    const fx = x - left;
    const fy = y - top;
    const x1 = left & MASK;
    const x2 = (left + 1) & MASK;
    const y1 = (top & MASK) * SIDE;
    const y2 = ((top + 1) & MASK) * SIDE;
    const above = tile[y1 + x1]! + (tile[y1 + x2]! - tile[y1 + x1]!) * fx;
    const below = tile[y2 + x1]! + (tile[y2 + x2]! - tile[y2 + x1]!) * fx;
    return above + (below - above) * fy;
  };
}

/** 65,536 samples of a standard normal; walk it from a random start instead of drawing per pixel. */
export function grainTile(): Float32Array {
  if (grain === undefined) {
    const random = createRandom(20102);
    grain = Float32Array.from({ length: 65536 }, () => random.normal());
  }
  return grain;
}
