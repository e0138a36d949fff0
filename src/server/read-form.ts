/** Forms with pictures: files into memory, within limits, and their text fields. */
import type { FastifyRequest } from "fastify";
import { RequestProblem } from "./problem.ts";
import { READ_LIMITS } from "./schemas/reading.ts";

export interface FormPicture {
  readonly field: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ReadForm {
  readonly pictures: readonly FormPicture[];
  /** A field may come several times. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** Base64 of a picture may come as a field. */
const FIELD_BYTES = Math.ceil(READ_LIMITS.pictureBytes / 3) * 4;
const MAX_FIELDS = 64;

/** @throws RequestProblem 413, or Fastify's errors for forms that are broken. */
export async function readForm(request: FastifyRequest): Promise<ReadForm> {
  try {
    return await readParts(request);
  } catch (error) {
    // What the parser says of a form that breaks off or has no boundary is a plain Error.
    const isTold = error instanceof RequestProblem || (error instanceof Error && "statusCode" in error);
    if (isTold) throw error;
    throw new RequestProblem(400, "FORM_BROKEN", "The form can't be read; send multipart/form-data with its boundary.");
  }
}

async function readParts(request: FastifyRequest): Promise<ReadForm> {
  const pictures: FormPicture[] = [];
  const fields = new Map<string, string[]>();
  let total = 0;
  const count = (size: number): void => {
    total += size;
    if (total > READ_LIMITS.requestBytes) {
      throw new RequestProblem(413, "REQUEST_TOO_LARGE", `At most ${READ_LIMITS.requestBytes} bytes at once.`);
    }
  };
  const limits = {
    fileSize: READ_LIMITS.pictureBytes,
    files: READ_LIMITS.pictures,
    fields: MAX_FIELDS,
    fieldSize: FIELD_BYTES,
    fieldNameSize: 100,
    parts: READ_LIMITS.pictures + MAX_FIELDS,
    headerPairs: 50,
  };
  for await (const part of request.parts({ limits })) {
    if (part.type === "file") {
      const bytes = await part.toBuffer();
      count(bytes.byteLength);
      pictures.push({ field: part.fieldname, name: baseName(part.filename), bytes });
    } else {
      if (part.valueTruncated || part.fieldnameTruncated) {
        throw new RequestProblem(413, "FIELD_TOO_LARGE", "A field of the form is larger than this route takes.");
      }
      const value = String(part.value);
      count(value.length);
      const known = fields.get(part.fieldname);
      if (known === undefined) fields.set(part.fieldname, [value]);
      else known.push(value);
    }
  }
  return { pictures, fields };
}

/** What a client calls its file, for messages only; it is never a path here. */
export function baseName(name: string | undefined): string {
  const base = (name ?? "")
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\p{Cc}/gu, "")
    .slice(0, 200);
  return base === "" ? "image" : base;
}

/** @returns null when the text is no base64. A data URL's head is dropped. */
export function bytesOfBase64(text: string): Uint8Array | null {
  const body = text.startsWith("data:") ? text.slice(text.indexOf(",") + 1) : text;
  const bytes = Buffer.from(body, "base64");
  // Buffer skips what does not belong; too few bytes mean that something was skipped. Line breaks are common.
  const isWhole = bytes.length >= Math.floor((body.replaceAll("=", "").length * 3) / 4) * 0.97;
  return bytes.length > 0 && isWhole ? new Uint8Array(bytes) : null;
}
