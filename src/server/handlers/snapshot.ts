/**
 * Plate Recognizer's Snapshot API, so that its clients work by changing the URL: request fields as its documentation
 * names them, its reply, its errors.
 */
import { z } from "zod";
import { PlateKitError } from "../../core/errors.ts";
import type { PlateRead } from "../../core/read.ts";
import type { Handler } from "../handler.ts";
import { knownRegions } from "../passage-wire.ts";
import { RequestProblem } from "../problem.ts";
import { baseName, bytesOfBase64, readForm } from "../read-form.ts";
import type { passageRoutes } from "../routes/passages.ts";
import type { SnapshotReply } from "../schemas/reading.ts";
import { PICTURE_ERRORS } from "./reading.ts";

/** What of `config` has a meaning here; its other settings (mode, mmc, text_formats…) are taken and change nothing. */
const configSchema = z.looseObject({
  region: z.string().optional(),
  threshold_d: z.number().min(0).max(1).optional(),
  threshold_o: z.number().min(0).max(1).optional(),
});

interface SnapshotRequest {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly regions: readonly string[];
  readonly cameraId: string | null;
  readonly timestamp: string | null;
  readonly config: z.output<typeof configSchema>;
}

export const snapshotHandler: Handler<typeof passageRoutes.snapshot> = async (context, { request }) => {
  const given = request.isMultipart() ? await fromForm(request) : fromFields(fieldsOfBody(request.body));
  const regions = knownRegions(given.regions);
  const { threshold_d: minDetection = 0, threshold_o: minText = 0 } = given.config;
  const read = await context.readers
    .read({
      ...{ bytes: given.bytes, name: given.name, regions, crops: false },
      regionStrict: given.config.region === "strict" && regions.length > 0,
    })
    .catch((error: unknown) => {
      if (!(error instanceof PlateKitError)) throw error;
      context.metrics.readFailed(error.code);
      throw PICTURE_ERRORS.has(error.code) ? new RequestProblem(400, error.code, error.message) : error;
    });
  context.metrics.read(read.ms.total / 1000, read.plates.length);
  return {
    processing_time: Math.round(read.ms.total * 1000) / 1000,
    results: read.plates
      .filter(
        ({ text, confidence, detection }) =>
          text !== "" && confidence >= minText && detection.confidence >= minDetection,
      )
      .map(resultOf),
    filename: given.name,
    version: 1,
    camera_id: given.cameraId,
    timestamp: given.timestamp ?? new Date(context.nowMs()).toISOString(),
  };
};

function resultOf({
  text,
  confidence,
  region,
  regionConfidence,
  detection,
  candidates,
}: PlateRead): SnapshotReply["results"][number] {
  const [x, y, width, height] = detection.box;
  const [xmin, ymin, xmax, ymax] = [x, y, x + width, y + height].map(Math.round) as [number, number, number, number];
  const box = { xmin, ymin, xmax, ymax };
  return {
    box,
    plate: text.toLowerCase(),
    region: { code: region ?? "", score: rounded(regionConfidence ?? 0) },
    score: rounded(confidence),
    candidates: candidates.map((one) => ({ score: rounded(one.confidence), plate: one.text.toLowerCase() })),
    dscore: rounded(detection.confidence),
    // No vehicle is looked for; clients take the field for granted.
    vehicle: { score: 0, type: "Unknown", box },
  };
}

function rounded(probability: number): number {
  return Math.round(probability * 1000) / 1000;
}

async function fromForm(request: Parameters<typeof readForm>[0]): Promise<SnapshotRequest> {
  const { pictures, fields } = await readForm(request);
  const picture = pictures.find(({ field }) => field === "upload") ?? pictures[0];
  return fromFields(fields, picture);
}

function fromFields(
  fields: ReadonlyMap<string, readonly string[]>,
  picture?: { readonly name: string; readonly bytes: Uint8Array },
): SnapshotRequest {
  const last = (name: string): string | undefined => fields.get(name)?.at(-1);
  const cameraId = last("camera_id");
  return {
    ...(picture ?? pictureOfText(last("upload"), last("upload_url"))),
    regions: (fields.get("regions") ?? []).flatMap((one) => one.toLowerCase().split(",")).map((one) => one.trim()),
    cameraId: cameraId === undefined || cameraId === "" ? null : cameraId.slice(0, 200),
    timestamp: timestampOf(last("timestamp")),
    config: configOf(last("config")),
  };
}

/** @throws RequestProblem 400. */
function pictureOfText(upload: string | undefined, url: string | undefined): { name: string; bytes: Uint8Array } {
  if (upload !== undefined && upload !== "") {
    const bytes = bytesOfBase64(upload);
    if (bytes === null) throw new RequestProblem(400, "BASE64_INVALID", "upload is neither a file nor base64.");
    return { name: baseName("upload"), bytes };
  }
  if (url !== undefined && url !== "") {
    throw new RequestProblem(
      400,
      "URL_REFUSED",
      "upload_url is not supported: this server fetches nothing from addresses it is sent. Send the picture as upload.",
    );
  }
  throw new RequestProblem(400, "PICTURE_MISSING", "upload is missing: send the picture as a file or in base64.");
}

/** @throws RequestProblem 400. */
function timestampOf(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new RequestProblem(400, "TIMESTAMP_INVALID", "timestamp must be ISO 8601, such as 2026-11-22T18:00:00Z.");
  }
  return new Date(timeMs).toISOString();
}

/** @throws RequestProblem 400. */
function configOf(text: string | undefined): z.output<typeof configSchema> {
  if (text === undefined || text === "") return {};
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new RequestProblem(400, "CONFIG_INVALID", "config must be JSON.");
  }
  const parsed = configSchema.safeParse(given);
  if (!parsed.success) throw new RequestProblem(400, "CONFIG_INVALID", "config holds a value that does not fit.");
  return parsed.data;
}

/** JSON or a plain form: text by name, lists as several values, objects as JSON. @throws RequestProblem 400. */
function fieldsOfBody(body: unknown): ReadonlyMap<string, readonly string[]> {
  if (body instanceof URLSearchParams) {
    return new Map([...new Set(body.keys())].slice(0, 100).map((name) => [name, body.getAll(name)]));
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new RequestProblem(400, "PICTURE_MISSING", "upload is missing: send the picture as a file or in base64.");
  }
  return new Map(
    Object.entries(body)
      .slice(0, 100)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).map(textOf)]),
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
