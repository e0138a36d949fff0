/** Errors as the wire carries them: problem+json (RFC 9457), one status for each code. */
import { type ErrorCode, PlateKitError } from "../core/errors.ts";
import { plainIssue, type SchemaIssue } from "./plain-issue.ts";
import type { Problem } from "./schemas/common.ts";

/** What a request did wrong, told to its sender. Thrown by handlers, never by anything below the server. */
export class RequestProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: Problem["problems"];
  readonly retryAfterS: number | undefined;

  constructor(
    status: number,
    code: string,
    detail: string,
    extra: { readonly problems?: NonNullable<Problem["problems"]>; readonly retryAfterS?: number } = {},
  ) {
    super(detail);
    this.name = "RequestProblem";
    this.status = status;
    this.code = code;
    this.problems = extra.problems;
    this.retryAfterS = extra.retryAfterS;
  }
}

export function notFound(what: string): RequestProblem {
  return new RequestProblem(404, "NOT_FOUND", `There is no such ${what}; it may have been removed.`);
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not logged in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  408: "Not in time",
  409: "Conflict",
  410: "Gone",
  412: "Changed meanwhile",
  413: "Too large",
  415: "Media type not supported",
  421: "Wrong host",
  422: "Cannot be processed",
  429: "Too many requests",
  431: "Header fields too large",
  500: "Internal error",
  503: "Not available",
  507: "No room left",
};

/** Core's codes by status; a new code does not compile until it stands here. */
const STATUS: Record<ErrorCode, number> = {
  IMAGE_UNREADABLE: 422,
  IMAGE_TOO_LARGE: 413,
  FILE_NOT_FOUND: 422,
  FILE_UNREADABLE: 422,
  VIDEO_UNREADABLE: 422,
  STREAM_LOST: 422,
  FFMPEG_MISSING: 503,
  ADDRESS_REFUSED: 422,
  ADDRESS_UNKNOWN: 422,
  NO_IMAGES: 422,
  OPTION_INVALID: 422,
  MODEL_MISSING: 503,
  MODEL_MISMATCH: 503,
  MODEL_FAILED: 500,
  DATASET_INVALID: 422,
  SITE_INVALID: 422,
  READER_CLOSED: 503,
  WORKER_FAILED: 503,
  OUTPUT_UNWRITABLE: 500,
  STORE_UNAVAILABLE: 503,
  STORE_FULL: 507,
  STORE_INVALID: 422,
  STORE_CONFLICT: 409,
  STORE_CORRUPT: 500,
  STORE_CLOSED: 503,
  TRAINING_FAILED: 500,
};

/** Where Fastify's own errors go, by their code; others below 500 keep their status. */
const FASTIFY_DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: "The address is not written as it should be: % must be followed by a byte in hex.",
  FST_ERR_CTP_BODY_TOO_LARGE: "The body is larger than this route takes; send less at once.",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "Send application/json, or a form where the route takes files.",
  FST_ERR_CTP_EMPTY_JSON_BODY: "The body is empty; send JSON.",
  FST_ERR_CTP_INVALID_JSON_BODY: "The body is no valid JSON.",
  FST_REQ_FILE_TOO_LARGE: "A file is larger than this route takes.",
  FST_FILES_LIMIT: "More files than this route takes at once.",
  FST_PARTS_LIMIT: "More parts than this route takes at once.",
  FST_FIELDS_LIMIT: "More fields than this route takes at once.",
};

export interface ToldError {
  readonly problem: Problem;
  readonly retryAfterS: number | undefined;
  /** Whether it is ours to look into, rather than the sender's. */
  readonly isOurs: boolean;
}

/** What the sender is told. Of errors of our own no more than an id to look them up by. */
export function toldError(error: unknown, requestId: string): ToldError {
  if (error instanceof RequestProblem) {
    const { status, code, message, problems, retryAfterS } = error;
    return told(status, code, message, requestId, problems, retryAfterS);
  }
  if (error instanceof PlateKitError) {
    const status = STATUS[error.code];
    const detail = status === 500 ? `Something went wrong here; the log has it under ${requestId}.` : error.message;
    return told(status, error.code, detail, requestId, undefined, status === 503 ? 2 : undefined);
  }
  const given = error as { statusCode?: unknown; code?: unknown; message?: unknown; validation?: unknown };
  if (Array.isArray(given?.validation)) {
    return told(
      400,
      "INPUT_INVALID",
      "The request does not fit; see problems.",
      requestId,
      problemsOf(given.validation),
    );
  }
  const status = typeof given?.statusCode === "number" ? given.statusCode : 500;
  if (status >= 400 && status < 500) {
    const code = typeof given.code === "string" ? given.code.replace(/^FST_(ERR_)?/, "") : "BAD_REQUEST";
    const known = typeof given.code === "string" ? FASTIFY_DETAILS[given.code] : undefined;
    return told(status, code, known ?? "The request can't be understood.", requestId);
  }
  return told(500, "INTERNAL", `Something went wrong here; the log has it under ${requestId}.`, requestId);
}

function told(
  status: number,
  code: string,
  detail: string,
  requestId: string,
  problems?: Problem["problems"],
  retryAfterS?: number,
): ToldError {
  const title = TITLES[status] ?? "Error";
  const problem: Problem = {
    type: `urn:platekit:problem:${code.toLowerCase().replaceAll("_", "-")}`,
    ...{ title, status, code, detail, requestId },
    ...(problems === undefined ? {} : { problems }),
  };
  return { problem, retryAfterS, isOurs: status >= 500 };
}

/** @param issues of fastify-type-provider-zod. */
function problemsOf(issues: readonly unknown[]): NonNullable<Problem["problems"]> {
  return issues.slice(0, 20).map((issue) => {
    const { instancePath, ...found } = issue as SchemaIssue & { readonly instancePath?: string };
    return { path: String(instancePath ?? "").slice(0, 200), message: plainIssue(found).slice(0, 300) };
  });
}
