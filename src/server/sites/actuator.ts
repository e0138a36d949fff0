/** Tells what moves a barrier: an HTTP address or an MQTT topic. Says how it went; never throws. */
import { Agent, request } from "undici";
import { PlateKitError } from "../../core/errors.ts";
import { checkedAddress } from "../deliveries/checked-address.ts";
import type { Deliverer } from "../deliveries/deliver.ts";
import type { Actuator } from "../schemas/parking.ts";

export type TellBrokers = Deliverer["tellBrokers"];

/** What it is told, as JSON. */
export interface GateOrder {
  readonly schema: 1;
  /** The same order again has the same id. */
  readonly id: string;
  readonly action: "open" | "deny" | "ask";
  readonly reason: string;
  readonly siteId: string;
  readonly cameraId: string;
  readonly plate: string | null;
  readonly timeMs: number;
}

/** A driver waits; a barrier that answers later was not told. */
const TIMEOUT_MS = 2000;

/** In the own network, where barriers are; addresses of clouds' metadata are refused even so. */
const POLICY = { allowPrivate: true, allowLoopback: true };

/** @returns `told`, `none` without an actuator or where it is not for this order, or what went wrong. */
export async function tellActuator(
  actuator: Actuator | null,
  order: GateOrder,
  tellBrokers: TellBrokers,
): Promise<string> {
  if (actuator === null || (actuator.tell === "open" && order.action !== "open")) return "none";
  const payload = JSON.stringify(order);
  try {
    if (actuator.kind === "mqtt") {
      const { topic, brokerId } = actuator;
      await within(tellBrokers(topic, payload, { withinMs: TIMEOUT_MS, brokerId }));
    } else await post(actuator.url, payload, order.id);
    return "told";
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.replace(/[\p{C}\s]+/gu, " ").slice(0, 200) || "failed";
  }
}

async function post(url: string, body: string, id: string): Promise<void> {
  const { hostname } = new URL(url);
  const { address, family } = await within(checkedAddress(hostname, POLICY));
  // To the very address that was checked.
  const agent = new Agent({
    connect: {
      lookup: (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
      timeout: TIMEOUT_MS,
    },
  });
  try {
    const answer = await request(url, {
      ...{ method: "POST", body, dispatcher: agent, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS },
      headers: { "content-type": "application/json", "idempotency-key": id, "user-agent": "PlateKit" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body.dump();
    if (answer.statusCode >= 300) {
      throw new PlateKitError("STREAM_LOST", `It answered ${answer.statusCode}. Check the address of the barrier.`);
    }
  } finally {
    void agent.close();
  }
}

async function within<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new PlateKitError("STREAM_LOST", `No answer in ${TIMEOUT_MS / 1000} s.`)),
      TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
