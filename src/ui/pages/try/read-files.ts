/** From files to what was read in them: pictures as they are, videos as some of their frames. */
import type { ImageReadOnWire } from "../../../server/schemas/reading.ts";
import { send } from "../../api/client.ts";
import { MAX_FRAMES, sampleVideo } from "../../parts/sample-video.ts";

export type TriedPlate = ImageReadOnWire["plates"][number] & {
  readonly key: string;
  /** Frames of the clip it was seen in; 1 for a picture. */
  readonly frames: number;
};

/** One picture, or the frame of a clip that shows its plates best. */
export interface Tried {
  readonly key: string;
  readonly name: string;
  /** An object URL; whoever drops the result revokes it. Null for what browsers can't show. */
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  readonly plates: readonly TriedPlate[];
  readonly ms: ImageReadOnWire["ms"];
  readonly error: string | null;
  /** Where in the clip; null for a picture. */
  readonly timeSeconds: number | null;
  readonly answer: ImageReadOnWire;
}

/** Less confident reads of a clip are left out while there are better ones. */
const LIKELY = 0.2;

let count = 0;

export async function readPicture(file: Blob, name: string, regions: readonly string[]): Promise<Tried> {
  const [answer] = await post([{ name, picture: file }], regions);
  return triedOf(answer!, file, name, null); // one picture, one answer
}

/**
 * Reads a clip frame by frame and keeps, of every plate, its most confident read, each shown on the frame it was read in.
 *
 * @throws Error when the browser can't play it.
 */
export async function readVideo(
  file: Blob,
  name: string,
  regions: readonly string[],
  onProgress: (done: number, all: number) => void,
): Promise<Tried[]> {
  const frames = await sampleVideo(file, onProgress);
  const answers = await post(
    frames.slice(0, MAX_FRAMES).map(({ picture }, index) => ({ name: `${name}-${index}.jpg`, picture })),
    regions,
  );
  const best = new Map<string, { readonly frame: number; readonly confidence: number; readonly frames: number }>();
  answers.forEach(({ plates }, frame) => {
    for (const { text, confidence } of plates) {
      const known = best.get(text);
      const isBetter = known === undefined || confidence > known.confidence;
      best.set(text, { ...(isBetter ? { frame, confidence } : known), frames: (known?.frames ?? 0) + 1 });
    }
  });
  // One frame in many shows something that is no plate; where real ones are, that is only noise.
  if ([...best.values()].some(({ confidence }) => confidence >= LIKELY)) {
    for (const [text, { confidence }] of best) if (confidence < LIKELY) best.delete(text);
  }
  const shown = [...new Set([...best.values()].map(({ frame }) => frame))].sort((a, b) => a - b);
  return (shown.length > 0 ? shown : [0]).flatMap((frame) => {
    const answer = answers[frame];
    const source = frames[frame];
    if (answer === undefined || source === undefined) return [];
    const plates = answer.plates.filter(({ text }) => best.get(text)?.frame === frame);
    const tried = triedOf({ ...answer, plates }, source.picture, name, source.timeSeconds);
    return [
      { ...tried, plates: tried.plates.map((plate) => ({ ...plate, frames: best.get(plate.text)?.frames ?? 1 })) },
    ];
  });
}

async function post(
  pictures: readonly { readonly name: string; readonly picture: Blob }[],
  regions: readonly string[],
): Promise<readonly ImageReadOnWire[]> {
  const body = new FormData();
  // Fields first: the server reads the form as it comes.
  body.set("crops", "true");
  if (regions.length > 0) body.set("regions", regions.join(","));
  for (const { name, picture } of pictures) body.append("image", picture, name);
  return (await send("POST", "/api/v1/read", { body })).images;
}

function triedOf(answer: ImageReadOnWire, picture: Blob, name: string, timeSeconds: number | null): Tried {
  const key = `try-${++count}`;
  return {
    key,
    name,
    picture: URL.createObjectURL(picture),
    width: answer.width ?? 0,
    height: answer.height ?? 0,
    plates: answer.plates
      .map((plate, index) => ({ ...plate, key: `${key}-${index}`, frames: 1 }))
      .sort((a, b) => b.confidence - a.confidence),
    ms: answer.ms,
    error: answer.error?.message ?? null,
    timeSeconds,
    answer,
  };
}
