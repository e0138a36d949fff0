/**
 * One run of one camera: watches its source until it ends, fails or is aborted, and tells what it sees. It does not
 * start again; see supervise.ts.
 */
import { isDeepStrictEqual } from "node:util";
import type { Point, Quad } from "../../core/geometry.ts";
import type { Image } from "../../core/image.ts";
import { PASSAGE_DEFAULTS } from "../../core/passage.ts";
import { quadHeight } from "../../core/quad-filter.ts";
import { type Track, trackCorners } from "../../core/track.ts";
import { coverPlate } from "../../node/blur-pixels.ts";
import { createTrackPainter } from "../../node/draw-tracks.ts";
import type { FrameReader } from "../../node/frame-reader.ts";
import { type FrameView, onWire, type WatchedPassage, type WatchStatus, watch } from "../../node/watch.ts";
import { createId } from "../../store/ids.ts";
import type { Camera, StoredRead } from "../../store/types.ts";
import type { UnreadReason } from "../events.ts";
import type { PassageDraft } from "./accept-passage.ts";
import { encodeJpeg } from "./cover-picture.ts";
import { type UnreadRules, unreadReason } from "./unread-plates.ts";

export interface CameraSight {
  onPassage(draft: PassageDraft): void;
  /** The first confident read of a vehicle in sight, under the id of the passage to come. */
  onPreview(draft: PassageDraft): void;
  onUnread(reason: UnreadReason): void;
  onStatus(status: WatchStatus): void;
  onNotice(notice: string): void;
  onFrameSize(width: number, height: number): void;
  onTile(tile: { readonly jpeg: Uint8Array; readonly timeMs: number }): void;
}

export interface CameraRun {
  readonly camera: Camera;
  /** Checked: see camera-url.ts. */
  readonly source: string;
  readonly frameReader: FrameReader;
  /** Plates are covered in tiles. */
  readonly isPrivate: boolean;
  /** Size of the picture when last seen: the area and line were perhaps drawn on another. */
  readonly frameSize: readonly [width: number, height: number] | null;
  readonly signal: AbortSignal;
  /** As in FrameOptions. */
  readonly attempts: number;
}

const TILE_MS = 1000;
const TILE_SIDE = 640;
/** Passages whose previews may still be followed by them. */
const MAX_IDS = 1000;

/** How a run ended, other than by an error. */
export type RunEnd = "ended" | "resized";

/**
 * @returns `resized` when the picture is of another size than `frameSize`: the run is to be begun again with the new one.
 * @throws PlateKitError as `watch`.
 */
export async function runCamera(run: CameraRun, sight: CameraSight): Promise<RunEnd> {
  const { camera, source, frameReader, signal } = run;
  const settings = watchSettings(camera);
  const leaving = new AbortController();
  const paint = createTilePainter(run.isPrivate, sight.onTile);
  const ids = new Map<string, string>();
  const platesIn = new WeakMap<Image, readonly Quad[]>();
  const rules: UnreadRules = { ...settings, fuse: { regions: camera.regions, regionStrict: settings.regionStrict } };
  let isResized = false;
  /** Whether a picture came that area and line were laid on. */
  let isLaid = false;
  let size = run.frameSize;

  function judge(closed: readonly Track[]): void {
    if (isResized && !isLaid) return; // seen again by the run with the right size
    for (const track of closed) {
      const reason = unreadReason(track, rules);
      if (reason !== null) sight.onUnread(reason);
    }
  }

  async function look({ frame, tracks, found }: FrameView): Promise<void> {
    const { width, height } = frame.image;
    if (size?.[0] !== width || size[1] !== height) {
      sight.onFrameSize(width, height);
      // Area and line were laid on a picture of another size.
      if (size !== null || needsScaling(camera, width, height)) {
        isResized = true;
        leaving.abort();
        return;
      }
      size = [width, height];
    }
    isLaid = true;
    const plates = [
      ...tracks.map((track) => trackCorners(track, frame.timeMs)),
      ...(found?.detections ?? []).map(({ corners }) => corners),
    ];
    platesIn.set(frame.image, plates);
    paint({ frame, tracks, found }, plates);
  }

  const passages = watch(source, {
    ...settings,
    frameReader,
    regions: camera.regions,
    ...scaledZones(camera, run.frameSize),
    ...(camera.fps === null ? {} : { fps: camera.fps }),
    startTimeMs: Date.now(),
    attempts: run.attempts,
    signal: AbortSignal.any([signal, leaving.signal]),
    onStatus: sight.onStatus,
    onNotice: sight.onNotice,
    onClosed: judge,
    onFrame: look,
  });
  for await (const watched of passages) {
    // What frames on their way already showed is seen again, where it counts, by the run with the right size.
    if (isResized && !isLaid) continue;
    const id = ids.get(watched.id) ?? createId();
    ids.set(watched.id, id);
    if (ids.size > MAX_IDS) ids.delete(ids.keys().next().value!); // the oldest; there are some
    if (quadHeight(watched.best.corners) < (camera.minPlateHeightPx ?? 0)) {
      if (!watched.preview) sight.onUnread("too-small");
      continue;
    }
    const draft = await draftOf(watched, id, camera, platesIn);
    if (watched.preview) sight.onPreview(draft);
    else sight.onPassage(draft);
  }
  return isResized ? "resized" : "ended";
}

async function draftOf(
  watched: WatchedPassage,
  id: string,
  camera: Camera,
  platesIn: WeakMap<Image, readonly Quad[]>,
): Promise<PassageDraft> {
  const { crop, frame, preview } = watched;
  const pictures = preview
    ? {}
    : {
        ...(crop === null ? {} : { crop: await encodeJpeg(crop) }),
        ...(frame === null ? {} : { frame: await encodeJpeg(frame) }),
      };
  const plates = frame === null ? undefined : platesIn.get(frame);
  return {
    ...{ passage: { ...onWire(watched), id }, cameraId: camera.id, siteId: camera.siteId, pictures },
    platesInFrame: [watched.best.corners, ...(plates ?? [])],
    reads: watched.reads.map(
      ({ timeMs, weight, read }): StoredRead => ({
        ...{ timeMs, weight, text: read.text, confidence: read.confidence },
        ...{ region: read.region, doubt: read.doubt, box: read.detection.box },
      }),
    ),
  };
}

/** At most one tile a second, made while reading goes on. */
function createTilePainter(
  isPrivate: boolean,
  onTile: CameraSight["onTile"],
): (view: FrameView, plates: readonly Quad[]) => void {
  const painter = createTrackPainter();
  let isBusy = false;
  let nextMs = 0;

  async function paint(image: Image, tracks: readonly Track[], plates: readonly Quad[], timeMs: number): Promise<void> {
    if (isPrivate) for (const corners of plates) coverPlate(image, corners, "pixelate");
    // Where a plate out of sight should be is for whoever checks the tracker, not for a page.
    else await painter.draw(image, inSightOf(tracks), timeMs);
    onTile({ jpeg: await encodeJpeg(image, TILE_SIDE), timeMs });
  }

  return ({ frame, tracks }, plates) => {
    const nowMs = performance.now();
    if (isBusy || nowMs < nextMs) return;
    nextMs = nowMs + TILE_MS;
    isBusy = true;
    const { width, height, data } = frame.image;
    // A copy: the frame's memory is used again as soon as this returns.
    void paint({ width, height, data: Uint8Array.from(data) }, tracks, plates, frame.timeMs)
      .catch(() => {}) // a tile less
      .finally(() => {
        isBusy = false;
      });
  };
}

function inSightOf(tracks: readonly Track[]): readonly Track[] {
  return tracks.filter(({ phase }) => phase !== "lost");
}

/** What a camera's free settings say, where they are of the right kind. */
export function watchSettings({ settings }: Pick<Camera, "settings">) {
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = settings[name];
    return typeof value === "boolean" ? value : otherwise;
  };
  const number = (name: string, otherwise: number, least: number, most: number): number => {
    const value = settings[name];
    return typeof value === "number" && value >= least && value <= most ? value : otherwise;
  };
  return {
    motion: flag("motion", true),
    keepFrames: flag("keepFrames", true),
    regionStrict: flag("regionStrict", false),
    keyframes: flag("keyframes", false),
    preview: flag("preview", true),
    minConfidence: number("minConfidence", PASSAGE_DEFAULTS.minConfidence, 0, 1),
    minReads: number("minReads", PASSAGE_DEFAULTS.minReads, 1, 100),
    mergeSeconds: number("mergeSeconds", PASSAGE_DEFAULTS.mergeMs / 1000, 0, 3600),
  };
}

/** Whether area or line were drawn on a picture of another size than this. */
function needsScaling({ roi, line, frameSize }: Camera, width: number, height: number): boolean {
  if (frameSize === null || (roi === null && line === null)) return false;
  return !isDeepStrictEqual([...frameSize], [width, height]);
}

/** Area and line in pixels of the picture as it comes. */
export function scaledZones(
  { roi, line, frameSize }: Pick<Camera, "roi" | "line" | "frameSize">,
  actual: readonly [number, number] | null,
) {
  const scaleX = frameSize === null || actual === null ? 1 : actual[0] / frameSize[0];
  const scaleY = frameSize === null || actual === null ? 1 : actual[1] / frameSize[1];
  const scaled = ([x, y]: Point): Point => [x * scaleX, y * scaleY];
  return {
    ...(roi === null || roi.length < 3 ? {} : { roi: roi.map(scaled) }),
    ...(line === null ? {} : { line: { from: scaled(line.from), to: scaled(line.to) } }),
  };
}
