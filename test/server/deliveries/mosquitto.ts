/** Debian's mosquitto, started for a test: plain or with TLS of its own authority. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { MqttTarget } from "../../../src/store/types.ts";
import { until } from "./receiver.ts";

const program = ["mosquitto", "/usr/sbin/mosquitto"].find((name) => spawnSync(name, ["-h"]).error === undefined);
export const skipMosquitto = program === undefined ? "NOT TESTED: no broker here; apt-get install mosquitto" : false;
if (skipMosquitto) console.warn(skipMosquitto);

export interface Broker {
  readonly port: number;
  /** PEM of the authority that signed its certificate; null without TLS. */
  readonly caPem: string | null;
  start(): Promise<void>;
  kill(): Promise<void>;
}

/** @param password asked of user `platekit`; none: anybody may come. */
export async function createBroker({ tls = false, password = "" } = {}): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), "platekit-mqtt-"));
  chmodSync(folder, 0o755); // mosquitto leaves root for a user of its own
  const port = await freePort();
  const lines = [`listener ${port} 127.0.0.1`, "persistence false", "log_type error"];
  let caPem: string | null = null;
  if (tls) {
    caPem = makeCertificates(folder);
    lines.push(`cafile ${folder}/ca.pem`, `certfile ${folder}/server.pem`, `keyfile ${folder}/server.key`);
  }
  if (password === "") lines.push("allow_anonymous true");
  else {
    const file = join(folder, "passwords");
    writeFileSync(file, `platekit:${password}\n`);
    execFileSync("mosquitto_passwd", ["-U", file]);
    chmodSync(file, 0o644);
    lines.push("allow_anonymous false", `password_file ${file}`);
  }
  writeFileSync(join(folder, "mosquitto.conf"), `${lines.join("\n")}\n`);
  let running: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    const dying = running;
    running = undefined;
    if (dying === undefined || dying.exitCode !== null) return;
    const gone = new Promise((resolve) => dying.once("exit", resolve));
    dying.kill("SIGKILL");
    await gone;
  };
  after(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    port,
    caPem,
    async start() {
      running = spawn(program!, ["-c", join(folder, "mosquitto.conf")], { stdio: "ignore" }); // tests skip without
      if (!(await until(() => isListening(port)))) throw new Error("mosquitto does not listen");
    },
    kill,
  };
}

export function mqttTargetTo(port: number, fields: Partial<MqttTarget> = {}): MqttTarget {
  return {
    ...{ id: "broker", revision: 1, createdAtMs: 0, updatedAtMs: 0, name: "Broker", isEnabled: true },
    ...{ url: `mqtt://127.0.0.1:${port}`, username: null, password: null, caPem: null, clientId: null },
    ...{ topicPrefix: "platekit", discoveryPrefix: "homeassistant", isPrivateAllowed: true, events: [], cameraIds: [] },
    ...fields,
  };
}

function makeCertificates(folder: string): string {
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "2");
  openssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost");
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost");
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
  openssl("x509", "-req", "-in", "server.csr", ...signed, "-out", "server.pem");
  chmodSync(join(folder, "server.key"), 0o644);
  return readFileSync(join(folder, "ca.pem"), "utf8");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
