#!/usr/bin/env node
/**
 * Entry of the `platekit` program. It must load on any Node, so that an old one is told what to do instead of failing
 * on syntax: nothing else is imported before the version is known.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const REQUIRED_MAJOR = 24;

if (Number(process.versions.node.split(".")[0]) >= REQUIRED_MAJOR) {
  const { runProgram } = await import("./program.ts");
  // `| head` closes the pipe early: that is the reader's good right, not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  process.exitCode = await runProgram(process.argv.slice(2), process);
} else {
  // A checkout has the right Node among its development dependencies; `npx` finds it, a plain `node` comes here.
  const ownNode = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));
  if (existsSync(ownNode)) {
    const child = spawn(ownNode, process.argv.slice(1), { stdio: "inherit" });
    // Whoever stops this process means that one. A terminal's Ctrl-C reaches both by itself.
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    process.on("SIGINT", () => {});
    child.on("close", (status, signal) => {
      if (signal) {
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      }
      process.exitCode = status ?? 1;
    });
  } else {
    process.stderr.write(
      `platekit needs Node ${REQUIRED_MAJOR} or newer, this is ${process.version}. ` +
        "Install it from https://nodejs.org, or run: npx -p node@24 -p platekit platekit ...\n",
    );
    process.exitCode = 2;
  }
}
