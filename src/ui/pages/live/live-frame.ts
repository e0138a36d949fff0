/** The newest picture of a camera, as fast as it loads and no faster. */
import { useEffect, useRef, useState } from "react";
import { addressOf } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";

/** Tiles are small; more pictures a second only cost. */
const MIN_STEP_MS = 250;
/** Without news of a camera its picture is asked for this often: the feed may be down while pictures still come. */
const FALLBACK_MS = 10_000;

export interface LiveFrame {
  /** Address of a picture that is loaded already; null before the first. */
  readonly source: string | null;
  readonly timeMs: number | null;
}

export function useLiveFrame(cameraId: string, isPaused: boolean): LiveFrame {
  const [frame, setFrame] = useState<LiveFrame>({ source: null, timeMs: null });
  const loading = useRef(false);
  const lastMs = useRef(0);

  const load = (version: number, timeMs: number): void => {
    const nowMs = Date.now();
    if (loading.current || document.hidden || nowMs - lastMs.current < MIN_STEP_MS) return;
    loading.current = true;
    lastMs.current = nowMs;
    const source = `${addressOf("/api/v1/cameras/:id/frame", { params: { id: cameraId } })}?v=${version}`;
    const picture = new Image();
    // Shown only once it is there: a tile must not flicker between two pictures.
    picture.onload = () => {
      loading.current = false;
      setFrame({ source, timeMs });
    };
    picture.onerror = () => {
      loading.current = false;
    };
    picture.src = source;
  };
  const newest = useRef(load);
  useEffect(() => {
    newest.current = load;
  });

  useLive(
    "frame",
    (event) => {
      if (event.cameraId === cameraId) load(event.version, event.timeMs);
    },
    !isPaused,
  );
  useEffect(() => {
    if (isPaused) return;
    const ask = (): void => {
      if (Date.now() - lastMs.current >= FALLBACK_MS) newest.current(Date.now(), Date.now());
    };
    ask();
    const timer = setInterval(ask, FALLBACK_MS);
    return () => clearInterval(timer);
  }, [isPaused]);
  return frame;
}
