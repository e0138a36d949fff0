/** A real server on a free port, with a real SQLite store in a folder of its own, and a client that keeps its cookie. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type PlateKitServer, type ServerOptions } from "../../src/server/create-server.ts";

export const PASSWORD = "correct horse battery";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into any shape
  readonly json: any;
}

export interface Client {
  (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  readonly cookie: () => string;
}

/** Sends and keeps cookies as a page does; with a key instead, as a program does. */
export function clientOf(address: string, key?: string): Client {
  let cookie = "";
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const isRaw = body instanceof FormData || typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(`${address}${path}`, {
      method,
      redirect: "manual",
      headers: {
        ...(key === undefined
          ? { "x-platekit": "1", ...(cookie === "" ? {} : { cookie }) }
          : { authorization: `Bearer ${key}` }),
        ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: isRaw ? (body as string | FormData | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    });
    const set = response.headers.get("set-cookie");
    if (set !== null) cookie = /=;|Max-Age=0/.test(set) ? "" : set.split(";")[0]!;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    const isJson = response.headers.get("content-type")?.includes("json") === true && !text.includes("}\n{");
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      text,
      json: isJson && text !== "" ? JSON.parse(text) : undefined,
    };
  };
  return Object.assign(send, { cookie: () => cookie });
}

export interface TestServer extends AsyncDisposable {
  readonly server: PlateKitServer;
  readonly address: string;
  readonly dataFolder: string;
  /** Nobody logged in. */
  readonly anyone: Client;
  /** Makes the administrator and logs in. */
  setUp(): Promise<Client>;
  /** A key of the administrator with these scopes. */
  keyClient(scopes: readonly string[], siteIds?: readonly string[] | null): Promise<Client>;
}

export async function startServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const dataFolder = await mkdtemp(join(tmpdir(), "platekit-server-"));
  const server = await createServer({
    dataFolder,
    port: 0,
    // The cost of a hash is tested by itself; here it would only slow every login down.
    passwordCost: { logN: 10 },
    rateScale: Number.POSITIVE_INFINITY,
    readWorkers: 1,
    isWarm: false,
    gateFactsMs: 30_000, // a busy machine decides as an idle one does
    ...options,
  });
  const { address } = server;
  let administrator: Client | undefined;
  const setUp = async (): Promise<Client> => {
    if (administrator !== undefined) return administrator;
    const client = clientOf(address);
    const token = new URL(server.setupUrl!).searchParams.get("token");
    const made = await client("POST", "/api/v1/setup", { token, username: "anna", password: PASSWORD });
    assert.equal(made.status, 201, made.text);
    administrator = client;
    return client;
  };
  return {
    server,
    address,
    dataFolder,
    anyone: clientOf(address),
    setUp,
    async keyClient(scopes, siteIds = null) {
      const made = await (await setUp())("POST", "/api/v1/api-keys", { name: "test", scopes, siteIds });
      assert.equal(made.status, 201, made.text);
      return clientOf(address, made.json.key);
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
