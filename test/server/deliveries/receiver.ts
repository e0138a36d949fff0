/** A receiver of web hooks on a free port of this machine, that behaves as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import type { Webhook } from "../../../src/store/types.ts";

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** What it does with the next requests; default: 204. */
  behave(how: (request: Received, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

export const answer =
  (status: number, body = "", headers: Record<string, string> = {}) =>
  (_: Received, response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };

export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  let behaviour = answer(204);
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { url: path = "", headers } = request;
      const one = { path, headers, body: Buffer.concat(parts).toString("utf8") };
      received.push(one);
      behaviour(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  after(close);
  const address = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${address.port}/hook`, port: address.port, received, close },
    behave(how) {
      behaviour = how;
    },
  };
}

export function webhookTo(url: string, fields: Partial<Webhook> = {}): Webhook {
  return {
    ...{ id: "hook", revision: 1, createdAtMs: 0, updatedAtMs: 0, name: "Hook", url, isEnabled: true },
    ...{ secrets: [{ secret: "key", createdAtMs: 0 }], isPrivateAllowed: true, events: [], cameraIds: [], headers: {} },
    ...fields,
  };
}

export async function until(condition: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<boolean> {
  const endMs = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > endMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
