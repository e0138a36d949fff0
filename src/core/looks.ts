/** Looks at plates whose places are known, once at each and again at those it is unsure of. Knows texts, not confidences. */
import { type DecodedPlate, type DecodeOptions, decodePlate } from "./decode.ts";
import { fusePosteriors } from "./fuse-posteriors.ts";
import type { Point, Quad } from "./geometry.ts";
import type { Image } from "./image.ts";
import type { Model, RecognizerCard } from "./model.ts";
import type { Detection } from "./read.ts";
import { recognizePlates, type SlotPosteriors } from "./recognize.ts";
import { rectifyPlate } from "./rectify.ts";

/** What was seen of a plate, in one look or several, and what it spells. */
export interface Look {
  readonly posteriors: SlotPosteriors;
  readonly decoded: DecodedPlate;
}

/**
 * One look at each plate, and its straightened picture, in order.
 *
 * @throws PlateKitError as `recognizePlates`.
 */
export async function lookOnce(
  frame: Image,
  detections: readonly Detection[],
  recognizer: Model<RecognizerCard>,
  options: DecodeOptions,
): Promise<{ readonly crops: readonly Image[]; readonly looks: readonly Look[] }> {
  const crops = detections.map((detection) => rectifyPlate(frame, detection, recognizer.card.resize));
  const all = await recognizePlates(crops, recognizer);
  return { crops, looks: all.map((posteriors) => ({ posteriors, decoded: decodePlate(posteriors, options) })) };
}

/** As `lookOnce`, and again at unsure plates: see `lookAgain`. */
export async function lookClosely(...given: Parameters<typeof lookOnce>): ReturnType<typeof lookOnce> {
  const [frame, detections, recognizer, options] = given;
  const { crops, looks } = await lookOnce(...given);
  return { crops, looks: await lookAgain(frame, detections, looks, recognizer, options) };
}

/**
 * Shares of the plate's width and height that the corners move right and down by. Of 24 kinds of moves (in, out, wider, higher,
 * turned, aside) these two together gave most: 2.4 points of 2,200 training scenes' plates; training/LOG.md.
 */
const MOVES = [
  [0.02, 0.03],
  [-0.02, -0.03],
] as const;

/** Least certain characters between these make a plate unsure: surer ones are right anyway, and what is below, nothing helps. */
const UNSURE = { from: 0.25, to: 0.75 } as const;

/** Below this nobody can read the whole plate from any side. */
const MIN_LEGIBLE = 0.3;

/**
 * The looks, in order, those at unsure plates replaced by what several say together, from corners moved a little: what the
 * recognizer says of such a plate depends on them by chance, and what it says of several is right more often. A plate on which the
 * second look spells the same as the first gets no third.
 *
 * @param looks of the plates of `detections`, at their own corners.
 * @throws PlateKitError as `recognizePlates`.
 */
export async function lookAgain(
  frame: Image,
  detections: readonly Detection[],
  looks: readonly Look[],
  recognizer: Model<RecognizerCard>,
  options: DecodeOptions,
): Promise<Look[]> {
  const seen = looks.map(({ posteriors }) => [posteriors]);
  let open = looks.flatMap(({ decoded }, plate) => (isUnsure(decoded) ? [plate] : []));
  for (const move of MOVES) {
    if (open.length === 0) break;
    const crops = open.map((plate) => rectifyPlate(frame, moved(detections[plate]!, move), recognizer.card.resize));
    const others = await recognizePlates(crops, recognizer);
    open = open.filter((plate, index) => {
      seen[plate]!.push(others[index]!); // one result a crop
      return decodePlate(others[index]!, options).text !== looks[plate]!.decoded.text;
    });
  }
  return looks.map((look, plate) => {
    const all = seen[plate]!; // one list a plate
    if (all.length === 1) return look;
    const { posteriors } = fusePosteriors(all.map((posteriors) => ({ posteriors, weight: 1 })));
    return { posteriors, decoded: decodePlate(posteriors, options) };
  });
}

function isUnsure({ text, evidence: { weakestSlotProbability, legibleProbability } }: DecodedPlate): boolean {
  const isBetween = weakestSlotProbability >= UNSURE.from && weakestSlotProbability < UNSURE.to;
  return text !== "" && isBetween && legibleProbability >= MIN_LEGIBLE;
}

/** The place moved along the plate's own sides. */
function moved({ box: [x, y, width, height], corners }: Detection, [right, down]: readonly [number, number]) {
  const [a, b, c, d] = corners;
  const along = (axis: 0 | 1) =>
    (right * (b[axis] - a[axis] + c[axis] - d[axis]) + down * (d[axis] - a[axis] + c[axis] - b[axis])) / 2;
  const [dx, dy] = [along(0), along(1)];
  return {
    box: [x + right * width, y + down * height, width, height] as const,
    corners: corners.map(([cx, cy]): Point => [cx + dx, cy + dy]) as unknown as Quad, // four in, four out
  };
}
