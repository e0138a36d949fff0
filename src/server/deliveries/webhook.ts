/** Sends one delivery to a web hook. Says how it went; knows no outbox and no retries. */
import { Agent, request } from "undici";
import { PlateKitError } from "../../core/errors.ts";
import type { Delivery, Webhook } from "../../store/types.ts";
import { type AddressPolicy, checkedAddress, type LookupAll } from "./checked-address.ts";
import { retryAfterMs } from "./retry.ts";
import { SIGNATURE_HEADER, signBody } from "./signature.ts";

/** How a delivery went. */
export type Outcome =
  | { readonly isOk: true; readonly status: number | null }
  | {
      readonly isOk: false;
      readonly status: number | null;
      /** What went wrong, fit to be shown. */
      readonly error: string;
      /** The receiver asked for this long a pause. */
      readonly retryAfterMs: number | null;
    };

export interface WebhookSender {
  /** Never throws for what is the receiver's fault or the network's. */
  send(webhook: Webhook, delivery: Pick<Delivery, "event" | "payload" | "idempotencyKey">): Promise<Outcome>;
  close(): Promise<void>;
}

export interface WebhookSenderOptions {
  /** From connecting to the last byte of the answer. Default 10 s. */
  readonly timeoutMs?: number | undefined;
  /** For tests. */
  readonly lookupAll?: LookupAll | undefined;
  readonly nowMs?: (() => number) | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Of an answer that is no success, so much is looked at. */
const MAX_ANSWER_BYTES = 16_384;
/** Connections to addresses are kept for the next delivery, of at most so many receivers. */
const MAX_AGENTS = 200;

/** Headers that a hook's own may not replace: they carry the connection, or what the receiver trusts. */
const RESERVED_HEADERS =
  /^(host|connection|content-length|content-type|transfer-encoding|upgrade|keep-alive|te|trailer|expect|proxy-.*|idempotency-key|platekit-.*)$/i;

/** Where a hook may go: the internet, and where it is allowed the own network with this machine. */
export function webhookPolicy(webhook: Pick<Webhook, "isPrivateAllowed">): AddressPolicy {
  return { allowPrivate: webhook.isPrivateAllowed, allowLoopback: webhook.isPrivateAllowed };
}

export function createWebhookSender({
  timeoutMs = DEFAULT_TIMEOUT_MS,
  lookupAll,
  nowMs = Date.now,
}: WebhookSenderOptions = {}): WebhookSender {
  // One for every address that was checked: connections are only shared where the check was the same.
  const agents = new Map<string, Agent>();

  function agentFor(address: string, family: 4 | 6): Agent {
    let agent = agents.get(address);
    if (agent === undefined) {
      agent = new Agent({
        connect: {
          // The address is the one that was checked, whatever DNS says now.
          lookup: (_host, options, done) =>
            options.all ? done(null, [{ address, family }]) : done(null, address, family),
          timeout: timeoutMs,
        },
        connections: 8,
        keepAliveTimeout: 4000,
      });
      if (agents.size >= MAX_AGENTS) {
        const [oldest, old] = agents.entries().next().value!; // there are as many as that
        agents.delete(oldest);
        void old.close();
      }
      agents.set(address, agent);
    }
    return agent;
  }

  async function post(webhook: Webhook, { event, payload, idempotencyKey }: Parameters<WebhookSender["send"]>[1]) {
    const url = new URL(webhook.url);
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      throw new PlateKitError("ADDRESS_REFUSED", `${url.protocol}// is no address of a web hook; use https://.`);
    }
    const signal = AbortSignal.timeout(timeoutMs);
    const { address, family } = await within(checkedAddress(url.hostname, webhookPolicy(webhook), lookupAll), signal);
    const credentials =
      url.username === ""
        ? {}
        : { authorization: `Basic ${btoa(decodeURIComponent(`${url.username}:${url.password}`))}` };
    url.username = "";
    url.password = "";
    const own = Object.entries(webhook.headers).filter(([name, value]) => isSafeHeader(name, value));
    const timeMs = nowMs();
    const { statusCode, headers, body } = await request(url, {
      method: "POST",
      dispatcher: agentFor(address, family),
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      headers: {
        ...credentials,
        ...Object.fromEntries(own),
        "content-type": "application/json; charset=utf-8",
        "user-agent": "PlateKit",
        "idempotency-key": idempotencyKey,
        "platekit-event": event,
        "platekit-delivery": idempotencyKey,
        [SIGNATURE_HEADER]: signBody(
          payload,
          timeMs,
          webhook.secrets.map(({ secret }) => secret),
        ),
      },
      body: payload,
    });
    const said = await firstBytes(body, MAX_ANSWER_BYTES);
    return { statusCode, said, retryAfter: [headers["retry-after"]].flat()[0] };
  }

  return {
    async send(webhook, delivery) {
      try {
        const { statusCode, said, retryAfter } = await post(webhook, delivery);
        if (statusCode >= 200 && statusCode < 300) return { isOk: true, status: statusCode };
        const error =
          statusCode >= 300 && statusCode < 400
            ? `answered ${statusCode}, a redirect, which is not followed: give the address it points to`
            : `answered ${statusCode}${said === "" ? "" : `: ${said}`}`;
        return { isOk: false, status: statusCode, error, retryAfterMs: retryAfterMs(retryAfter, nowMs()) };
      } catch (error) {
        return { isOk: false, status: null, error: failureText(error, timeoutMs), retryAfterMs: null };
      }
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
      agents.clear();
    },
  };
}

/** Whether a header of a hook may be sent: a name that is not ours, nothing that would begin another header. */
export function isSafeHeader(name: string, value: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && !RESERVED_HEADERS.test(name) && /^[\t\x20-\x7e]*$/.test(value);
}

/** The beginning of an answer on one line, the rest thrown away with its connection. */
async function firstBytes(body: AsyncIterable<Uint8Array> & { destroy(): unknown }, limit: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length >= limit) {
      body.destroy();
      break;
    }
  }
  const text = Buffer.concat(parts).toString("utf8");
  return text
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, 200);
}

/** DNS has a timeout of its own, which is too long. */
async function within<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
  ]);
}

function failureText(error: unknown, timeoutMs: number): string {
  if (error instanceof PlateKitError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (/Timeout/.test(error.name)) return `no answer within ${timeoutMs / 1000} s`;
  const code = "code" in error ? String(error.code) : error.name;
  if (code === "UND_ERR_SOCKET") return "the connection broke off before an answer";
  if (code === "ECONNREFUSED") return "refuses connections (nothing listens there)";
  return `${error.message.replace(/[\p{C}\s]+/gu, " ").slice(0, 200)} (${code})`;
}
