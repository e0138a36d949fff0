/** A made-up installation in a real store: drawn pictures, cameras, a day of passages, lists, rules, alerts. */
import sharp from "sharp";
import { formatsOf } from "../../src/core/formats.ts";
import type { Passage } from "../../src/core/passage.ts";
import { mixSeed } from "../../src/core/seed.ts";
import { createId } from "../../src/store/ids.ts";
import type { Store } from "../../src/store/types.ts";
import { formatPicker } from "../../src/synth/region-mix.ts";
import { DEFAULT_SCENE_OPTIONS, renderScene } from "../../src/synth/render-scene.ts";
import { madePassage, newCamera } from "../store/made-passage.ts";

export interface StoryPlate {
  readonly text: string;
  readonly region: string;
  readonly corners: Passage["best"]["corners"];
  readonly box: Passage["best"]["box"];
  /** JPEG. */
  readonly frame: Uint8Array;
  readonly crop: Uint8Array;
}

export interface Story {
  readonly plates: readonly StoryPlate[];
  readonly cameraId: string;
  readonly uploadCameraId: string;
  readonly listId: string;
  readonly passageId: string;
}

const SCENE = { ...DEFAULT_SCENE_OPTIONS, difficulty: 0.15, negativeShare: 0, longSide: [640, 720] as const };
const MINUTE_MS = 60_000;

/** Drawn vehicles with a plate each; the same ones every time. */
export async function drawPlates(count: number): Promise<readonly StoryPlate[]> {
  const plates: StoryPlate[] = [];
  const pick = formatPicker(formatsOf(["de", "fr", "nl", "gb", "es"]));
  for (let seed = 1; plates.length < count; seed++) {
    const { image, plates: labels } = renderScene(pick, mixSeed(11, seed), SCENE);
    const label = labels[0];
    if (label === undefined || label.box[2] < 60 || label.legible !== "full") continue;
    const source = sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
    const [left, top, width, height] = label.box.map(Math.floor) as [number, number, number, number]; // as many as before
    plates.push({
      ...{ text: label.text, region: label.region, corners: label.corners, box: label.box },
      frame: await source.clone().jpeg({ quality: 80 }).toBuffer(),
      crop: await source.clone().extract({ left, top, width, height }).resize({ width: 240 }).jpeg().toBuffer(),
    });
  }
  return plates;
}

/** Fills an empty store. Nothing in it is on: no camera is watched, no webhook called. */
export async function fillStory(store: Store, nowMs: number = Date.now()): Promise<Story> {
  const plates = await drawPlates(5);
  const gate = await store.cameras.create(
    newCamera("North gate", { kind: "stream", url: "rtsp://viewer:secret@10.0.0.20/stream1", isEnabled: false }),
  );
  const upload = await store.cameras.create(newCamera("Hand-held"));
  const list = { siteId: null, description: "", isEnabled: true };
  const residents = await store.lists.create({ ...list, name: "Residents", kind: "allow" });
  const stolen = await store.lists.create({ ...list, name: "Stolen", kind: "hotlist" });
  const entry = { isWildcard: false, isLookAlike: false, label: null, note: null, createdBy: "anna" };
  const always = { validFromMs: null, validToMs: null };
  for (const { text } of plates.slice(0, 3)) {
    await store.lists.entries.create({ ...entry, ...always, listId: residents.id, text, label: "Flat 12" });
  }
  await store.lists.entries.create({
    ...{ ...entry, listId: residents.id, text: "AB?1*", isWildcard: true, isLookAlike: true },
    ...{ note: "Vans of the bakery", validFromMs: nowMs - 90 * MINUTE_MS, validToMs: nowMs - MINUTE_MS },
  });
  const rule = await store.alerts.rules.create({
    ...{
      name: "Stolen vehicles",
      isEnabled: true,
      timeZone: null,
      webhookIds: [],
      mqttTargetIds: [],
      quietMs: MINUTE_MS,
    },
    condition: { listIds: [stolen.id], minConfidence: 0.8 },
  });
  const hook = await store.webhooks.create({
    ...{ name: "Barrier", url: "https://barrier.example/hook", isEnabled: false, isPrivateAllowed: false },
    ...{ secrets: [{ secret: "s".repeat(43), createdAtMs: nowMs }], events: ["passage"], cameraIds: [], headers: {} },
  });
  const [delivery] = await store.deliveries.enqueue([
    { targetKind: "webhook", targetId: hook.id, event: "passage", payload: "{}", nextAtMs: nowMs + 86_400_000 },
  ]);
  await store.deliveries.dead(delivery!.id, { error: "answered with status 502", status: 502 }); // one in, one out
  let passageId = "";
  for (let index = 24; index >= 0; index--) {
    const plate = plates[index % plates.length]!; // within
    passageId = await appendPassage(store, plate, index, nowMs, {
      cameraId: index % 3 === 2 ? upload.id : gate.id,
      ...{ residentsId: residents.id, stolenId: stolen.id, ruleId: rule.id },
    });
    if (index === 4)
      await store.passages.correct(passageId, { text: `${plate.text}7`, by: "anna", note: "Seen by eye" });
    if (index === 6) await store.passages.setHold(passageId, { hold: true, by: "anna", note: "Case 17" });
  }
  return { plates, cameraId: gate.id, uploadCameraId: upload.id, listId: residents.id, passageId };
}

async function appendPassage(
  store: Store,
  plate: StoryPlate,
  index: number,
  nowMs: number,
  ids: {
    readonly cameraId: string;
    readonly residentsId: string;
    readonly stolenId: string;
    readonly ruleId: string;
  },
): Promise<string> {
  const { text, region, box, corners } = plate;
  const id = createId();
  const firstTimeMs = nowMs - index * 19 * MINUTE_MS - MINUTE_MS;
  const confidence = [0.991, 0.947, 0.83, 0.61][index % 4]!; // within
  const pictures = { crop: await store.pictures.put(plate.crop), frame: await store.pictures.put(plate.frame) };
  const hit = { entryId: createId(), entryText: text, match: "exact" as const, probability: 0.99 };
  await store.passages.append({
    ...{ cameraId: ids.cameraId, pictures },
    passage: madePassage(text, {
      ...{ id, region, confidence, firstTimeMs, lastTimeMs: firstTimeMs + 2400, frames: 12 },
      candidates: [
        { text, confidence },
        { text: `${text.slice(0, -1)}8`, confidence: 0.02 },
      ],
      doubt: index % 7 === 3 ? "blurred" : null,
      direction: index % 3 === 1 ? "out" : "in",
      path: Array.from({ length: 10 }, (_, i) => [firstTimeMs + i * 200, box[0] + 4 * i, box[1] - 40 + 5 * i]),
      best: { timeMs: firstTimeMs + 1200, box, corners, detectionConfidence: 0.98 },
    }),
    reads: Array.from({ length: 6 }, (_, i) => ({
      ...{ timeMs: firstTimeMs + i * 210, text: i === 2 ? `${text.slice(0, -1)}8` : text, confidence: 0.6 + 0.06 * i },
      ...{ region, doubt: i < 2 ? ("too-small" as const) : null, box, weight: 1 },
    })),
    listHits:
      index % 5 === 0
        ? [{ ...hit, listId: ids.residentsId, listName: "Residents", listKind: "allow" }]
        : index % 5 === 3
          ? [{ ...hit, listId: ids.stolenId, listName: "Stolen", listKind: "hotlist" }]
          : [],
    alerts: index % 9 === 3 ? [{ ruleId: ids.ruleId, ruleName: "Stolen vehicles", reason: 'on list "Stolen"' }] : [],
  });
  return id;
}
