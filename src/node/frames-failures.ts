/** What ffmpeg's complaints mean: the error to give, and whether another try can help. */
import { PlateKitError } from "../core/errors.ts";
import type { DecodeEnd } from "./frames-process.ts";
import type { FrameSourceKind } from "./frames-source.ts";

/** Failures that a new try won't mend are told at once; a wrong password tried again and again locks accounts. */
export function throwIfHopeless(kind: FrameSourceKind, { complaints }: DecodeEnd): void {
  const all = complaints.join("\n");
  const said = complaints[0] ?? "";
  // The numbers only after ffmpeg's own words: an address may hold them too, in its port say.
  if (/(?:error|failed:|returned) 40[13]\b|[Uu]nauthori[sz]ed|[Ff]orbidden/.test(all)) {
    throw new PlateKitError(
      "STREAM_LOST",
      `${kind.name}: refuses the user name or password (${firstMatch(all, /\b40[13] [^\n]*/) ?? said}); check both.`,
    );
  }
  if (/(?:error|failed:|returned) 404\b|Not Found/.test(all)) {
    throw new PlateKitError(
      "STREAM_LOST",
      `${kind.name}: the host has no such stream (404); check the path after the host.`,
    );
  }
  if (/Invalid data|matches no streams|does not contain any stream|it is a text|Protocol not found/.test(all)) {
    throw new PlateKitError(
      "VIDEO_UNREADABLE",
      `${kind.name}: is no video that ffmpeg knows (${said}); check the address.`,
    );
  }
  if (kind.kind === "device" && complaints.length > 0) {
    throw new PlateKitError(
      "VIDEO_UNREADABLE",
      `${kind.name}: cannot be used as a camera (${said}); check that it is one and free.`,
    );
  }
}

/** Why a file or an address that never was live could not be read, or not to its end. */
export function unreadable(kind: FrameSourceKind, { complaints, code }: DecodeEnd, frames: number): PlateKitError {
  const all = complaints.join("\n");
  const said = complaints[0] ?? `ffmpeg ended with code ${code}`;
  if (frames > 0) {
    return new PlateKitError(
      "VIDEO_UNREADABLE",
      `${kind.name}: breaks off after ${frames} frames (${complaints.at(-1) ?? said}); the rest is damaged or missing.`,
    );
  }
  if (/matches no streams|does not contain any stream|no video/i.test(all)) {
    return new PlateKitError("VIDEO_UNREADABLE", `${kind.name}: has no video in it, perhaps only sound.`);
  }
  if (/Permission denied/.test(all)) {
    return new PlateKitError("FILE_UNREADABLE", `${kind.name}: may not be read (permission denied).`);
  }
  if (/hwaccel|hw_device|[Dd]evice creation failed|No device available/.test(all)) {
    return new PlateKitError(
      "OPTION_INVALID",
      `${kind.name}: hardware decoding failed (${said}); see \`ffmpeg -hwaccels\`, or leave the option out.`,
    );
  }
  return new PlateKitError("VIDEO_UNREADABLE", `${kind.name}: is no video that ffmpeg can read (${said}).`);
}

function firstMatch(text: string, pattern: RegExp): string | undefined {
  return pattern.exec(text)?.[0];
}
