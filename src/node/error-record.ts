/** Carries errors between threads, where an Error object would lose its class and code. */
import { type ErrorCode, PlateKitError } from "../core/errors.ts";

export interface ErrorRecord {
  /** Null for errors that are not PlateKit's own: bugs. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly stack: string | undefined;
}

export function errorRecord(error: unknown): ErrorRecord {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: error instanceof PlateKitError ? error.code : null, message, stack };
}

/** The stack is that of the other thread, where it happened. */
export function errorFromRecord({ code, message, stack }: ErrorRecord): Error {
  const error = code === null ? new Error(message) : new PlateKitError(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
