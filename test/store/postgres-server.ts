/** A PostgreSQL of its own for tests: in a temporary folder, on a unix socket, with fsync on. */
import { execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

export interface PostgresServer {
  /** A new, empty database. */
  createDatabase(): Promise<string>;
  /** Kills it as a power cut would, and starts it again. */
  restart(mode: "immediate" | "fast"): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Where Debian puts the programs; null where PostgreSQL is not installed. */
export function postgresFolder(): string | null {
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
  const folders = versions.map((version) => `/usr/lib/postgresql/${version}/bin`);
  return folders.find((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

/** PostgreSQL refuses to run as root. */
function asUser(): Pick<SpawnOptions, "uid" | "gid"> {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

export async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresFolder();
  if (programs === null) throw new Error("PostgreSQL is not installed: apt-get install postgresql.");
  const user = asUser();
  const folder = mkdtempSync(join(tmpdir(), "platekit-pg-"));
  chmodSync(folder, 0o700);
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!);
  const data = join(folder, "data");
  const run = (program: string, words: readonly string[]): void => {
    execFileSync(join(programs, program), words, { ...user, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  };
  run("initdb", ["-D", data, "-U", "platekit", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]);

  const start = async (): Promise<void> => {
    const settings = [
      "-c",
      "listen_addresses=",
      "-c",
      "fsync=on",
      "-c",
      "shared_buffers=64MB",
      "-k",
      folder,
      "-D",
      data,
    ];
    const server = spawn(join(programs, "postgres"), settings, { ...user, cwd: folder, stdio: "ignore" });
    server.unref();
    for (let tries = 0; ; tries++) {
      const client = new pg.Client({ host: folder, user: "platekit", database: "postgres" });
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        await client.end().catch(() => {});
        if (tries > 200) throw error;
        await sleep(100);
      }
    }
  };
  const stop = async (mode: "immediate" | "fast" = "immediate"): Promise<void> => {
    run("pg_ctl", ["stop", "-D", data, "-m", mode, "-w"]);
  };
  await start();
  let databases = 0;
  return {
    async createDatabase() {
      const name = `store${++databases}`;
      const client = new pg.Client({ host: folder, user: "platekit", database: "postgres" });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return `postgres://platekit@/${name}?host=${encodeURIComponent(folder)}`;
    },
    async restart(mode) {
      await stop(mode);
      await start();
    },
    stop,
    start,
    async close() {
      await stop().catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
