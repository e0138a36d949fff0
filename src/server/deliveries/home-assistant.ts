/** How Home Assistant finds the cameras (MQTT discovery), and which topics tell what. Pure: topics and texts. */
import type { Camera } from "../../store/types.ts";
import type { Message } from "./message.ts";

export interface Publication {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

/** `online` or `offline`, retained; the last will says offline. */
export function statusTopic(prefix: string): string {
  return `${prefix}/status`;
}

/** The entities of a camera, retained so that Home Assistant finds them whenever it starts. */
export function discoveryOf(
  camera: Pick<Camera, "id" | "name">,
  topicPrefix: string,
  discoveryPrefix: string,
): readonly Publication[] {
  const node = nodeOf(camera.id);
  const base = `${topicPrefix}/${camera.id}`;
  const common = {
    availability_topic: statusTopic(topicPrefix),
    device: { identifiers: [node], name: camera.name, manufacturer: "PlateKit", model: "Camera" },
    origin: { name: "PlateKit" },
  };
  const entities = [
    {
      kind: "sensor",
      key: "last_plate",
      config: {
        ...{ name: "Last plate", icon: "mdi:car", state_topic: `${base}/last_plate` },
        value_template: "{{ value_json.text }}",
        json_attributes_topic: `${base}/last_plate`,
      },
    },
    {
      kind: "sensor",
      key: "last_known_vehicle",
      config: {
        ...{ name: "Last known vehicle", icon: "mdi:car-key", state_topic: `${base}/last_known_vehicle` },
        value_template: "{{ value_json.name }}",
        json_attributes_topic: `${base}/last_known_vehicle`,
      },
    },
    {
      kind: "event",
      key: "passage",
      config: {
        ...{ name: "Passage", icon: "mdi:car-arrow-right", state_topic: `${base}/event` },
        event_types: EVENT_TYPES,
      },
    },
  ];
  return entities.map(({ kind, key, config }) => ({
    topic: `${discoveryPrefix}/${kind}/${node}/${key}/config`,
    payload: JSON.stringify({ ...config, ...common, unique_id: `${node}_${key}` }),
    retain: true,
  }));
}

/** Empty configurations take a camera's entities away again. */
export function withoutDiscovery(
  cameraId: string,
  topicPrefix: string,
  discoveryPrefix: string,
): readonly Publication[] {
  return discoveryOf({ id: cameraId, name: "" }, topicPrefix, discoveryPrefix).map((publication) => ({
    ...publication,
    payload: "",
  }));
}

const EVENT_TYPES = ["passage", "known", "alert"];

/**
 * What one delivery says, topic by topic: the whole message first, then what Home Assistant shows.
 *
 * @param isLatest whether nothing later of the camera was told: retries must not put an older plate in its place.
 */
export function publicationsOf(
  message: Message,
  payload: string,
  topicPrefix: string,
  isLatest: boolean,
): readonly Publication[] {
  const base = `${topicPrefix}/${message.camera.id}`;
  const publications: Publication[] = [{ topic: `${base}/${message.event}`, payload, retain: false }];
  const { passage, known, alert } = message;
  if (passage === undefined) return publications;
  const { text, display, confidence, region, direction } = passage;
  const plate = { text, display, confidence, region, direction, timeMs: message.timeMs, passageId: passage.id };
  const eventType = alert !== undefined ? "alert" : known ? "known" : "passage";
  const event = { event_type: eventType, ...plate, known: known?.name ?? null, reason: alert?.reason ?? null };
  publications.push({ topic: `${base}/event`, payload: JSON.stringify(event), retain: false });
  if (!isLatest || message.event !== "passage") return publications;
  publications.push({ topic: `${base}/last_plate`, payload: JSON.stringify(plate), retain: true });
  if (known) {
    publications.push({
      topic: `${base}/last_known_vehicle`,
      payload: JSON.stringify({ ...known, ...plate }),
      retain: true,
    });
  }
  return publications;
}

/** As topics and ids may be: letters, digits, `_` and `-`. */
function nodeOf(cameraId: string): string {
  return `platekit_${cameraId.replace(/[^A-Za-z0-9_-]/g, "_")}`;
}
