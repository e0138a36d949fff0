/** Pictures out of a video, by the browser itself: the server reads pictures only, and a clip need not be sent whole. */
import { strings } from "../strings.ts";

export interface VideoFrame {
  readonly timeSeconds: number;
  readonly picture: Blob;
}

/** Frames taken at most, spread evenly: what the server takes in one request. */
export const MAX_FRAMES = 16;
/** Closer together than this they show the same. */
const MIN_STEP_SECONDS = 0.25;
const JPEG_QUALITY = 0.92;

/**
 * @param onProgress told how many frames of how many are taken.
 * @throws Error when the browser can't play the video.
 */
export async function sampleVideo(file: Blob, onProgress: (done: number, all: number) => void): Promise<VideoFrame[]> {
  const video = document.createElement("video");
  const address = URL.createObjectURL(file);
  try {
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    const loaded = once(video, "loadeddata");
    video.src = address;
    await loaded;
    const duration = await durationOf(video);
    const count = Math.max(1, Math.min(MAX_FRAMES, Math.floor(duration / MIN_STEP_SECONDS)));
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext("2d");
    if (context === null || canvas.width === 0) throw new Error(strings.try.videoUnreadable);
    const frames: VideoFrame[] = [];
    for (let i = 0; i < count; i++) {
      const timeSeconds = ((i + 0.5) / count) * duration;
      const sought = once(video, "seeked");
      video.currentTime = timeSeconds;
      await sought;
      context.drawImage(video, 0, 0);
      const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
      if (picture !== null) frames.push({ timeSeconds, picture });
      onProgress(i + 1, count);
    }
    return frames;
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(address);
  }
}

/** Recordings made in a browser say how long they are only once their end was looked for. */
async function durationOf(video: HTMLVideoElement): Promise<number> {
  if (Number.isFinite(video.duration)) return video.duration;
  const sought = once(video, "seeked");
  video.currentTime = Number.MAX_SAFE_INTEGER;
  await sought;
  return Number.isFinite(video.duration) ? video.duration : video.currentTime;
}

function once(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (): void => reject(new Error(strings.try.videoUnreadable));
    video.addEventListener(event, () => resolve(), { once: true });
    video.addEventListener("error", failed, { once: true });
  });
}
