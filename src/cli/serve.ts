/** `platekit serve`: the pages, the API and the cameras, from one command, until it is stopped. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import ipaddr from "ipaddr.js";
import pino from "pino";
import { PlateKitError } from "../core/errors.ts";
import { createServer, type PlateKitServer } from "../server/create-server.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";

const LEVELS = ["silent", "error", "warn", "info", "debug"] as const;

const OPTIONS = {
  data: { type: "text", value: "DIR", help: "database, pictures and keys (default platekit-data)" },
  port: {
    type: "number",
    value: "N",
    min: 0,
    max: 65535,
    integer: true,
    help: "default 8080; 0 takes any that is free",
  },
  host: { type: "text", value: "HOST", help: "address to listen on (default 127.0.0.1: this machine only)" },
  database: { type: "text", value: "URL", help: "postgres://user:password@host/name instead of SQLite" },
  demo: { type: "flag", help: "fill an empty store with a made-up camera, lists, passages and four sites to look at" },
  "tls-cert": { type: "text", value: "FILE", help: "certificate chain as PEM: serve https" },
  "tls-key": { type: "text", value: "FILE", help: "its key as PEM" },
  name: { type: "list", value: "NAME", help: "further host names under which it is addressed" },
  "camera-network": {
    type: "list",
    value: "CIDR",
    help: "networks that cameras may be in beside the private ones, as 127.0.0.0/8 for a relay on this machine",
  },
  workers: { type: "number", value: "N", min: 1, max: 64, integer: true, help: "pictures of the API read at once" },
  models: { type: "text", value: "DIR", help: "folder of the models (default: those of this package)" },
  "log-level": {
    type: "text",
    value: "LEVEL",
    choices: LEVELS,
    help: "what is logged on standard error (default info)",
  },
} as const;

type ServeOptions = OptionValues<typeof OPTIONS>;

/** A stop that takes longer is cut short. */
const STOP_MS = 10_000;

export const serveCommand = defineCommand({
  name: "serve",
  summary: "Run the web pages, the HTTP API and the cameras.",
  usage: "[options]",
  options: OPTIONS,
  examples: [
    { line: "platekit serve", does: "on http://127.0.0.1:8080, with its data in ./platekit-data" },
    { line: "platekit serve --host 0.0.0.0 --tls-cert chain.pem --tls-key key.pem", does: "for the whole network" },
    { line: "platekit serve --database postgres://platekit:secret@db/platekit", does: "on PostgreSQL" },
  ],
  async run(words, options, terminal) {
    if (words.length > 0) throw new PlateKitError("OPTION_INVALID", `serve takes no words, found "${words[0]}".`);
    return serve(options, terminal);
  },
});

async function serve(options: ServeOptions, { stdout, stderr }: Terminal): Promise<ExitCode> {
  const log = pino({ level: options["log-level"] ?? "info", base: null }, stderr);
  const server = await createServer({
    dataFolder: resolve(options.data ?? "platekit-data"),
    databaseUrl: options.database,
    tls: await tlsOf(options),
    modelsFolder: options.models,
    log,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.name === undefined ? {} : { hosts: options.name }),
    ...(options["camera-network"] === undefined ? {} : { cameraNetworks: cidrs(options["camera-network"]) }),
    ...(options.workers === undefined ? {} : { readWorkers: options.workers }),
  });
  if (options.demo === true) {
    const { fillDemo } = await import("../server/demo.ts");
    const { fillDemoSites } = await import("../server/demo-sites.ts");
    const { createDemoPictures } = await import("./demo-pictures.ts");
    const draw = createDemoPictures(1);
    const nowMs = Date.now();
    stderr.write("Filling the demo and drawing its pictures; this takes some seconds.\n");
    if (await fillDemo(server.store, nowMs, draw)) await fillDemoSites(server.store, server.sites, nowMs, draw);
    else stderr.write("The store is not empty: nothing was added for --demo.\n");
  }
  stdout.write(greeting(server));
  await stopSignal();
  const cut = setTimeout(() => {
    log.warn("stopping took too long");
    process.exit(1);
  }, STOP_MS);
  cut.unref();
  await server.close();
  clearTimeout(cut);
  return 0;
}

function greeting({ address, setupUrl }: PlateKitServer): string {
  return setupUrl === null
    ? `PlateKit runs on ${address}\n`
    : `PlateKit runs on ${address}\nSet it up with this link, which works once: ${setupUrl}\n`;
}

/** @throws PlateKitError OPTION_INVALID. */
function cidrs(words: readonly string[]): readonly string[] {
  const wrong = words.find((word) => !ipaddr.isValidCIDR(word));
  if (wrong === undefined) return words;
  throw new PlateKitError("OPTION_INVALID", `--camera-network takes networks as 127.0.0.0/8, found "${wrong}".`);
}

/** Resolves at Ctrl-C or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((done) => {
    const stop = (): void => {
      process.once("SIGINT", () => process.exit(130));
      process.once("SIGTERM", () => process.exit(143));
      done();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
}

/** @throws PlateKitError OPTION_INVALID. */
async function tlsOf(options: ServeOptions): Promise<{ certificate: string; key: string } | undefined> {
  const [certificate, key] = [options["tls-cert"], options["tls-key"]];
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    throw new PlateKitError("OPTION_INVALID", "--tls-cert and --tls-key belong together; give both.");
  }
  const read = (path: string): Promise<string> =>
    readFile(path, "utf8").catch((cause: unknown) => {
      throw new PlateKitError("OPTION_INVALID", `${path} can't be read; check the path and its rights.`, { cause });
    });
  return { certificate: await read(certificate), key: await read(key) };
}
