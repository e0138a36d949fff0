/** From files to what was read in them: pictures as they are, videos as some of their frames. */
import type { ImageReadOnWire } from "../../../server/schemas/reading.ts";
import type { ClipVehicle } from "../../../web/clip-vehicles.ts";
import { send } from "../../api/client.ts";
import { sampleVideo } from "../../parts/sample-video.ts";

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

/** Less confident vehicles of a clip are left out while there are better ones. */
const LIKELY = 0.2;

let count = 0;

export async function readPicture(file: Blob, name: string, regions: readonly string[]): Promise<Tried> {
  const [answer] = await post([{ name, picture: file }], regions);
  return triedOf(answer!, file, name, null); // one picture, one answer
}

/**
 * Reads some frames of a clip and gives each vehicle once, with what all of them say together, on the frame that shows it best.
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
    frames.map(({ picture }, index) => ({ name: `${name}-${index}.jpg`, picture })),
    regions,
  );
  const { vehiclesOf } = await import("../../../web/clip-vehicles.ts"); // with the formats of all regions, which pictures don't need
  const read = frames.map(({ timeSeconds }, i) => ({ timeMs: timeSeconds * 1000, plates: answers[i]?.plates ?? [] }));
  const vehicles = likelyOnes(vehiclesOf(read));
  const shown = read.flatMap(({ timeMs }, i) => (vehicles.some(({ best }) => best.timeMs === timeMs) ? [i] : []));
  return (shown.length > 0 ? shown : [0]).flatMap((frame) => {
    const answer = answers[frame];
    const source = frames[frame];
    if (answer === undefined || source === undefined) return [];
    const tried = triedOf(answer, source.picture, name, source.timeSeconds);
    const own = vehicles.filter(({ best }) => best.timeMs === source.timeSeconds * 1000);
    const plates = own.flatMap((vehicle) => {
      const plate = tried.plates.find(({ detection }) => detection.box === vehicle.best.box); // the same list, handed through
      return plate === undefined ? [] : [{ ...plate, ...saidOf(vehicle) }];
    });
    return [{ ...tried, plates }];
  });
}

/** One frame in many shows something that is no plate; where real ones are, that is only noise. */
function likelyOnes(vehicles: readonly ClipVehicle[]): readonly ClipVehicle[] {
  const likely = vehicles.filter(({ confidence }) => confidence >= LIKELY);
  return likely.length > 0 ? likely : vehicles;
}

/** What all frames say of a plate, in the place of what the one shown says. */
function saidOf(vehicle: ClipVehicle): Omit<TriedPlate, "key" | "detection" | "crop"> {
  const { text, display, confidence, region, regionConfidence, doubt, frames } = vehicle;
  const [characters, candidates] = [[...vehicle.characters], [...vehicle.candidates]];
  return { text, display, confidence, region, regionConfidence, doubt, frames, characters, candidates };
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
