/** Something to look at on an empty store: a camera, a list, a week of made-up passages. Pictures are drawn, no plate is real. */

import { formatsOf } from "../core/formats.ts";
import { sampleText } from "../core/sample-format.ts";
import { createId } from "../store/ids.ts";
import type { Store } from "../store/types.ts";
import { type DrawDemo, withDemoPictures } from "./demo-picture.ts";
import { passageOfWire } from "./passage-wire.ts";

const PASSAGES = 400;
const WEEK_MS = 7 * 86_400_000;
const REGULARS = 40;

/** The newest have the whole frame, those before them their crop. */
const WHOLE = 5;
const CROPPED = 24;

/**
 * @param draw draws the pictures; null: there are none.
 * @returns false, and adds nothing, where the store has cameras already.
 */
export async function fillDemo(store: Store, nowMs = Date.now(), draw: DrawDemo | null = null): Promise<boolean> {
  if ((await store.cameras.list()).length > 0) return false;
  const camera = await store.cameras.create({
    ...{ name: "Demo gate", siteId: null, kind: "upload", url: "", isEnabled: true, role: "entry", schedule: null },
    ...{ timeZone: null, roi: null, line: null, frameSize: null, regions: [], minPlateHeightPx: null, fps: null },
    ...{ settings: {}, retentionDays: null, retentionBytes: null },
  });
  const random = randomNumbers(1);
  const formats = formatsOf(["de", "fr", "gb", "nl"]);
  const plate = () => {
    const format = formats[Math.floor(random() * formats.length)]!; // the registry has them
    return { text: sampleText(format, random), region: format.region };
  };
  const regulars = Array.from({ length: REGULARS }, plate);
  const list = await store.lists.create({
    ...{ name: "Staff", kind: "allow", siteId: null, description: "Made up by --demo", isEnabled: true },
  });
  await store.lists.importEntries(
    list.id,
    regulars.slice(0, 12).map(({ text }, i) => ({
      ...{ text, isWildcard: false, isLookAlike: false, label: `Person ${i + 1}`, note: null },
      ...{ validFromMs: null, validToMs: null, createdBy: "demo" },
    })),
    { mode: "merge" },
  );
  for (let i = 0; i < PASSAGES; i++) {
    const { text, region } = random() < 0.6 ? regulars[Math.floor(random() * REGULARS)]! : plate();
    const confidence = 1 - random() ** 3 * 0.5;
    const firstTimeMs = Math.floor(nowMs - WEEK_MS * (1 - i / PASSAGES));
    const given = { cameraId: camera.id, text, confidence, region, firstTimeMs, frames: 5 + Math.floor(random() * 20) };
    const direction = random() < 0.5 ? ("in" as const) : ("out" as const);
    const passage = passageOfWire({ ...given, lastTimeMs: firstTimeMs + 1500, direction }, createId(firstTimeMs));
    const place = { plate: text, region, view: 0, isWhole: i >= PASSAGES - WHOLE };
    const seen = await withDemoPictures(store, passage, place, i >= PASSAGES - CROPPED ? draw : null);
    await store.passages.append({ ...seen, cameraId: camera.id, siteId: null });
  }
  return true;
}

/** The same numbers every time (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
