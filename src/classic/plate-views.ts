/** A plate seen dark on light and light on dark, each straightened by the text that was found so. */
import { type GreyPicture, invert, shear } from "./grey-picture.ts";
import {
  ALL_THRESHOLDINGS,
  type Hypothesis,
  hypotheses,
  likeliest,
  lineExtent,
  MIN_SLOPE,
  slopeOf,
  type Thresholding,
} from "./plate-hypotheses.ts";
import { findBand } from "./text-band.ts";
import { stretchContrast } from "./threshold.ts";

/** One polarity, straight, with every threshold. */
export interface PlateView {
  readonly hypotheses: readonly Hypothesis[];
  /** That whose shapes look most like lines of characters; it has one line at least. */
  readonly best: Hypothesis;
  /** By which it was straightened, 0 for not. */
  readonly slope: number;
}

/** Characters that lean less than this, pixels a pixel, are left so. */
const MIN_SLANT = 0.04;
const MAX_SLANT = 0.36;

/** What a slant that the slope does not explain must gain. */
const SLANT_DOUBT = 0.4;

/** That which parts what runs together best. */
const BAND_THRESHOLD = "fine strict local";

/** With these the text is looked for; the others help to part it. */
const FIRST_THRESHOLDINGS: readonly Thresholding[] = ["Otsu", "local", "fine strict local"];

/** What straightening may cost of how much text is found. */
const MAX_LOSS = 0.5;

/** Plates with a better line than this, by its score, have their text there. */
const CLEAR_LINE = 6;

/** A line told by its rows alone is worth so much. */
const BAND_SCORE = 3;

/**
 * The polarities in which text is found, the one with more of it first; where none shows a clear line, also those with a
 * line told by its rows alone. Each is made when it is asked for.
 */
export function* plateViews(given: GreyPicture): Generator<PlateView> {
  const crop = stretchContrast(given);
  const flat = [false, true]
    .map((isLightOnDark) => flatView(isLightOnDark ? invert(crop) : crop, isLightOnDark))
    .filter(({ best }) => best.lines.length > 0)
    .sort((a, b) => b.best.score - a.best.score);
  let most = 0;
  for (const view of flat) {
    const straight = straightened(view);
    most = Math.max(most, straight.best.score);
    yield straight;
  }
  if (most >= CLEAR_LINE) return;
  for (const isLightOnDark of [false, true]) {
    const plate = isLightOnDark ? invert(crop) : crop;
    const band = findBand(hypotheses(plate, isLightOnDark, [BAND_THRESHOLD])[0]!.binary);
    if (band === null) continue;
    const straight = Math.abs(band.slope) < MIN_SLOPE ? plate : shear(plate, band.slope);
    const all = hypotheses(straight, isLightOnDark, ALL_THRESHOLDINGS);
    const best = all.find(({ thresholding }) => thresholding === BAND_THRESHOLD)!; // it is one of them
    yield { hypotheses: all, best: { ...best, lines: [band.line], score: BAND_SCORE }, slope: band.slope };
  }
}

function flatView(plate: GreyPicture, isLightOnDark: boolean): PlateView {
  const all = hypotheses(plate, isLightOnDark, FIRST_THRESHOLDINGS);
  return { hypotheses: all, best: likeliest(all), slope: 0 };
}

/** With all thresholds, the text level and upright, where it can be found so too. */
function straightened({ hypotheses: flat, best }: PlateView): PlateView {
  const { plate, isLightOnDark } = best;
  const slope = slopeOf(best);
  const slant = slantOf(best, slope);
  if (Math.abs(slope) >= MIN_SLOPE || slant !== 0) {
    const all = hypotheses(shear(plate, slope, slant), isLightOnDark, ALL_THRESHOLDINGS);
    const straight = likeliest(all);
    if (straight.score >= best.score - MAX_LOSS) return { hypotheses: all, best: straight, slope };
  }
  const rest = ALL_THRESHOLDINGS.filter((thresholding) => !FIRST_THRESHOLDINGS.includes(thresholding));
  const all = [...flat, ...hypotheses(plate, isLightOnDark, rest)];
  return { hypotheses: all, best: likeliest(all), slope: 0 };
}

/** How much the characters lean: the slant at which the ink of the longest line falls into the fewest columns. */
function slantOf({ binary, lines }: Hypothesis, slope: number): number {
  const line = lines.toSorted((a, b) => b.score - a.score)[0]!; // a view has one at least
  if (line.parts.length < 3) return 0;
  const [top, bottom] = lineExtent(line);
  const [first, last] = [line.parts[0]!.box, line.parts.at(-1)!.box];
  const [left, right] = [first[0], last[0] + last[2]];
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  const room = Math.ceil((MAX_SLANT * (bottom - top)) / 2) + 1;
  const columns = new Float64Array(right - left + 2 * room);
  let best = 0;
  let most = -1;
  for (let slant = -MAX_SLANT; slant <= MAX_SLANT + 0.01; slant += MIN_SLANT) {
    columns.fill(0);
    for (let y = Math.max(0, Math.floor(top)); y < Math.min(binary.height, bottom); y++) {
      for (let x = left; x < right; x++) {
        const from = Math.round(y + slope * (x - middleX));
        if (from < 0 || from >= binary.height || binary.data[from * binary.width + x] !== 0) continue;
        columns[Math.round(x - slant * (y - middleY)) - left + room]!++;
      }
    }
    // Strokes of V and 7 lean for themselves; a whole plate mostly does as far as it was turned.
    const doubt = 1 - SLANT_DOUBT * Math.min(Math.abs(slant), Math.abs(slant + slope));
    const steepness = columns.reduce((sum, count) => sum + count * count, 0) * doubt;
    if (steepness > most) [most, best] = [steepness, slant];
  }
  return Math.abs(best) < MIN_SLANT - 0.01 ? 0 : best;
}
