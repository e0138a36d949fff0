/** Reading pictures: our own request and reply. Plate Recognizer's are in snapshot.ts. */
import type { z } from "zod";
import { PlateKitError } from "../../core/errors.ts";
import type { PlateRead } from "../../core/read.ts";
import type { ServerContext } from "../context.ts";
import type { Call, HandlersOf } from "../handler.ts";
import { knownRegions } from "../passage-wire.ts";
import { RequestProblem } from "../problem.ts";
import { baseName, bytesOfBase64, readForm } from "../read-form.ts";
import type { passageRoutes } from "../routes/passages.ts";
import {
  type ImageReadOnWire,
  type PlateReadOnWire,
  READ_LIMITS,
  type ReadOptions,
  readOptionsSchema,
} from "../schemas/reading.ts";
import { snapshotHandler } from "./snapshot.ts";

interface Picture {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const readHandlers: HandlersOf<Pick<typeof passageRoutes, "read" | "snapshot">> = {
  async read(context, call) {
    const { pictures, options } = call.request.isMultipart() ? await picturesOfForm(call) : picturesOfJson(call);
    if (pictures.length === 0) {
      throw new RequestProblem(422, "PICTURE_MISSING", "Send a picture: a file in a form, or image or images in JSON.");
    }
    // The reader has its own threads and queue: asking for all at once keeps them busy.
    const images = await Promise.all(pictures.map((picture) => readPicture(context, picture, options)));
    return { schema: 1, images };
  },
  snapshot: snapshotHandler,
};

function picturesOfJson({ body, request }: Call<typeof passageRoutes.read>): {
  pictures: readonly Picture[];
  options: ReadOptions;
} {
  if (request.validationError !== undefined) throw request.validationError;
  const { image, images = [], ...options } = body;
  const given = [...(image === undefined ? [] : [{ name: "image", image }]), ...images];
  if (given.length > READ_LIMITS.pictures) {
    throw new RequestProblem(413, "TOO_MANY_PICTURES", `At most ${READ_LIMITS.pictures} pictures at once.`);
  }
  const pictures = given.map(({ name, image }, i) => {
    const bytes = bytesOfBase64(image);
    if (bytes === null) throw new RequestProblem(422, "BASE64_INVALID", `Picture ${i + 1} is no base64.`);
    return { name: baseName(name), bytes };
  });
  return { pictures, options };
}

async function picturesOfForm({ request }: Call<typeof passageRoutes.read>): Promise<{
  pictures: readonly Picture[];
  options: ReadOptions;
}> {
  const { pictures, fields } = await readForm(request);
  const last = (name: string): string | undefined => fields.get(name)?.at(-1);
  const minConfidence = last("minConfidence");
  const options = readOptionsSchema.safeParse({
    regions: fields.get("regions")?.flatMap((one) => one.split(",").filter((region) => region !== "")),
    minConfidence: minConfidence === undefined || minConfidence === "" ? undefined : Number(minConfidence),
    crops: last("crops") === undefined ? undefined : last("crops") === "true",
  });
  if (!options.success) throw inputInvalid(options.error);
  return { pictures, options: options.data };
}

function inputInvalid(error: z.ZodError): RequestProblem {
  return new RequestProblem(400, "INPUT_INVALID", "The request does not fit; see problems.", {
    problems: error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.join("/"), message })),
  });
}

async function readPicture(context: ServerContext, picture: Picture, options: ReadOptions): Promise<ImageReadOnWire> {
  const { regions = [], minConfidence = 0, crops = false } = options;
  const { name, bytes } = picture;
  try {
    const read = await context.readers.read({
      ...{ bytes, name, crops },
      regions: knownRegions(regions),
      regionStrict: false,
    });
    context.metrics.read(read.ms.total / 1000, read.plates.length);
    const plates = read.plates
      .map((plate, i) => ({ plate, crop: read.crops?.[i] }))
      .filter(({ plate }) => plate.confidence >= minConfidence)
      .map(({ plate, crop }) => ({
        ...plateOnWire(plate),
        ...(crop === undefined ? {} : { crop: Buffer.from(crop.bytes).toString("base64") }),
      }));
    return { name, width: read.width, height: read.height, plates, ms: { ...read.ms }, error: null };
  } catch (error) {
    // One bad picture among several is told with the others; ours to look into are thrown.
    if (!(error instanceof PlateKitError)) throw error;
    context.metrics.readFailed(error.code);
    if (!PICTURE_ERRORS.has(error.code)) throw error;
    return {
      name,
      width: null,
      height: null,
      plates: [],
      ms: null,
      error: { code: error.code, message: error.message },
    };
  }
}

export const PICTURE_ERRORS: ReadonlySet<string> = new Set(["IMAGE_UNREADABLE", "IMAGE_TOO_LARGE"]);

function plateOnWire(plate: PlateRead): PlateReadOnWire {
  const { detection, characters, candidates } = plate;
  const [a, b, c, d] = detection.corners;
  return {
    ...plate,
    detection: { ...detection, box: [...detection.box], corners: [[...a], [...b], [...c], [...d]] },
    characters: characters.map((one) => ({ ...one })),
    candidates: candidates.map((one) => ({ ...one })),
  };
}
