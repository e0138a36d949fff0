/**
 * The one way in for passages, of cameras and of the API alike: lists, privacy, alerts, deliveries, pictures, then one
 * transaction with all of it, then the bus. When it resolves, everything is on disk.
 */
import type { Quad } from "../../core/geometry.ts";
import type { Passage } from "../../core/passage.ts";
import { createId } from "../../store/ids.ts";
import type { Alert, Appended, NewAlert, Store, StoredRead } from "../../store/types.ts";
import { knownVehicle, type PassageOut, passageDeliveries } from "../deliveries/message.ts";
import type { EventBus } from "../events.ts";
import { raisedAlerts } from "./alert-rules.ts";
import { coverPicture } from "./cover-picture.ts";
import type { KnownSetup, SetupCache } from "./known-setup.ts";

/** A passage on its way in. `passage.id` is its id for good: the same once more changes nothing. */
export interface PassageDraft {
  readonly passage: Passage;
  readonly cameraId: string;
  /** Default: that of the camera. */
  readonly siteId?: string | null | undefined;
  readonly reads?: readonly StoredRead[] | undefined;
  /** Encoded. */
  readonly pictures?: { readonly crop?: Uint8Array | undefined; readonly frame?: Uint8Array | undefined } | undefined;
  /** All plates in the frame's picture, this one and others: covered in privacy mode. Default: the passage's own. */
  readonly platesInFrame?: readonly Quad[] | undefined;
}

export interface AcceptContext {
  readonly store: Pick<Store, "passages" | "pictures" | "alerts">;
  readonly setup: SetupCache;
  readonly bus: EventBus;
  /** There are new deliveries. */
  readonly wakeDeliveries: () => void;
  /** A vehicle that has just been seen, before anything of it is on disk. */
  readonly onSeen?: ((draft: PassageDraft) => void) | undefined;
  /** A passage is on disk that was not there before. */
  readonly onStored?: ((appended: Appended["passage"]) => void) | undefined;
  readonly nowMs?: (() => number) | undefined;
}

/** A passage told later than this is of no vehicle in sight. */
const FRESH_MS = 15_000;

export type AcceptPassage = (draft: PassageDraft) => Promise<Appended>;

/** @returns a function that throws PlateKitError as `passages.append` and `pictures.put`. */
export function createAcceptPassage(context: AcceptContext): AcceptPassage {
  const { store, setup, bus, wakeDeliveries, onSeen, onStored, nowMs = Date.now } = context;
  const inTurn = createTurns();

  async function accept(draft: PassageDraft, known: KnownSetup): Promise<Appended> {
    const { passage, cameraId } = draft;
    const camera = known.cameras.get(cameraId) ?? { id: cameraId, name: cameraId, siteId: null };
    const siteId = draft.siteId === undefined ? camera.siteId : draft.siteId;
    const timeMs = passage.firstTimeMs;
    // Barriers and people who wait for a plate need not wait for the disk.
    if (Math.abs(nowMs() - passage.lastTimeMs) < FRESH_MS) onSeen?.({ ...draft, siteId });
    const hits = known.matcher.match(passage, timeMs, siteId);
    const listHits = hits.map(({ hit }) => hit);
    const isHashed = siteId !== null && known.sites.get(siteId)?.isPrivate === true && hits.length === 0;
    const { text, confidence, region } = passage;
    const raised = await raisedAlerts(
      known.rules,
      { text, confidence, region, cameraId, siteId, timeMs, listHits },
      {
        visitsBefore: ({ condition: { cameraIds = [] } }) =>
          store.passages.visits(text, { beforeMs: timeMs, ...(cameraIds.length > 0 ? { cameraIds } : {}) }),
        lastFiredMs: ({ id }) => store.alerts.lastFiredMs(id, text),
      },
    );
    const alerts = raised.map(({ rule, reason }) => ({
      rule,
      row: { id: createId(), ruleId: rule.id, ruleName: rule.name, reason } satisfies NewAlert,
    }));
    const pictures = await putPictures(store.pictures, draft, isHashed);
    const told = toldPassage(passage, isHashed ? store.passages.hashPlate(text) : null);
    const out: PassageOut = {
      ...{
        ...told,
        cameraId,
        siteId,
        plate: told.text,
        pictures,
        listHits,
        correctedText: null,
        hold: false,
        isHashed,
      },
    };
    const deliveries = passageDeliveries(
      {
        ...{ passage: out, camera, known: knownVehicle(hits) },
        alerts: alerts.map(({ rule: { webhookIds, mqttTargetIds }, row }) => ({
          alert: row,
          webhookIds,
          mqttTargetIds,
        })),
      },
      known.targets,
      createId,
    );
    const appended = await store.passages.append({
      ...{ passage, cameraId, siteId, pictures, listHits, isHashed, deliveries },
      alerts: alerts.map(({ row }) => row),
      reads: draft.reads ?? [],
    });
    if (!appended.isNew) return appended;
    onStored?.(appended.passage);
    if (deliveries.length > 0) wakeDeliveries();
    bus.publish("passage", appended.passage);
    for (const { row } of alerts) {
      const alert: Alert = {
        ...{ ...row, passageId: passage.id, cameraId, text: appended.passage.text, timeMs },
        ...{ acknowledgedAtMs: null, acknowledgedBy: null, note: null },
      };
      bus.publish("alert", alert);
    }
    return appended;
  }

  return async (draft) => {
    const known = await setup.current();
    // Rules that count visits, or keep quiet for a while, must see the passage of the same plate before this one.
    const looksBack = known.rules.some(
      ({ isEnabled, quietMs, condition }) => isEnabled && (quietMs > 0 || condition.visit !== undefined),
    );
    return looksBack ? inTurn(draft.passage.text, () => accept(draft, known)) : accept(draft, known);
  };
}

/** A passage as it is told to others: hidden where its text is. */
export function toldPassage(passage: Passage, hash: string | null): Passage {
  return hash === null ? passage : { ...passage, text: hash, display: null, characters: [], candidates: [] };
}

/** Pictures come first: a row may only name what is on disk. */
async function putPictures(
  store: Pick<Store["pictures"], "put">,
  { pictures = {}, passage, platesInFrame = [passage.best.corners] }: PassageDraft,
  isHashed: boolean,
): Promise<{ readonly crop: string | null; readonly frame: string | null }> {
  const put = async (bytes: Uint8Array | undefined, plates: readonly Quad[] | "everything"): Promise<string | null> => {
    if (bytes === undefined) return null;
    return store.put(isHashed ? await coverPicture(bytes, plates) : bytes);
  };
  const [crop, frame] = await Promise.all([put(pictures.crop, "everything"), put(pictures.frame, platesInFrame)]);
  return { crop, frame };
}

/** Runs work of one key one after the other, of different keys side by side. */
function createTurns(): <Value>(key: string, work: () => Promise<Value>) => Promise<Value> {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    const settled = turn
      .catch(() => {}) // its caller is told
      .finally(() => {
        if (last.get(key) === settled) last.delete(key);
      });
    last.set(key, settled);
    return turn;
  };
}
