/** PostgreSQL's own programs for whole databases: pg_dump and pg_restore. */
import { spawn } from "node:child_process";
import { PlateKitError } from "../core/errors.ts";

const MAX_ERROR_BYTES = 4000;

/** @throws PlateKitError STORE_UNAVAILABLE when it is not installed or fails, with what it said. */
export async function runPostgresProgram(
  program: "pg_dump" | "pg_restore",
  words: readonly string[],
  url: string,
): Promise<void> {
  // The list of processes shows words to everybody; the password goes by the environment.
  const { address, password } = withoutPassword(url);
  const env = password === null ? process.env : { ...process.env, PGPASSWORD: password };
  const child = spawn(program, [...words, `--dbname=${address}`], { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    said = (said + text).slice(-MAX_ERROR_BYTES);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (cause) => {
      const advice = "Install PostgreSQL's client programs: apt-get install postgresql-client.";
      reject(new PlateKitError("STORE_UNAVAILABLE", `${program} can't be started. ${advice}`, { cause }));
    });
    child.on("close", resolve);
  });
  if (code !== 0) {
    throw new PlateKitError("STORE_UNAVAILABLE", `${program} failed: ${said.trim().replace(/\s+/g, " ") || code}.`);
  }
}

/** `postgres://user@/name?host=/socket/folder` is no URL to the standard, so it is taken apart by hand. */
function withoutPassword(url: string): { address: string; password: string | null } {
  const match = /^(\w+:\/\/[^:@/?]*):([^@/?]*)@(.*)$/s.exec(url);
  if (match === null) return { address: url, password: null };
  return { address: `${match[1]}@${match[3]}`, password: decodeURIComponent(match[2]!) };
}
