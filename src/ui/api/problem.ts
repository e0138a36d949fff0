/** What the server refuses with: problems (RFC 9457), as errors whose message is for the person at the page. */
import type { Problem } from "../../server/schemas/common.ts";
import { strings } from "../strings.ts";

export interface ProblemDetail {
  /** Such as `cameraIds.0`. */
  readonly path: string;
  readonly message: string;
}

/** The server refused, or could not be reached (`status` 0, code UNREACHABLE). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly ProblemDetail[];

  constructor(status: number, code: string, message: string, details: readonly ProblemDetail[] = []) {
    super(message);
    this.name = "ApiProblem";
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** The problem that a refused answer carries; a proxy between may have answered with anything. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const fallback = strings.problems.status(response.status);
  const given: unknown = await response.json().catch(() => null);
  if (typeof given !== "object" || given === null) return new ApiProblem(response.status, "", fallback);
  const problem: Partial<Problem> = given;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const details = Array.isArray(problem.problems) ? problem.problems.slice(0, 20) : [];
  const message = text(problem.detail) || text(problem.title) || fallback;
  return new ApiProblem(response.status, text(problem.code), message, details);
}

/** Whether nobody is signed in, or no longer. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}
