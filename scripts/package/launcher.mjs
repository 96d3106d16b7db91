#!/usr/bin/env node
// Runs on the Node that npm brought along (20 or newer). One of Atelier's own line goes on by itself: a second
// Node costs more than a short command does. Any other hands over to the one that Atelier brings.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const file = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const wanted = 26;
const main = "lib/apps/cli/bundle/main.mjs";
const ours = Number(process.versions.node.split(".")[0]);

process.env.ATELIER_APP_BUNDLE ||= file("app");
process.env.ATELIER_SUPERVISOR_FILE ||= file("lib/apps/supervisor/bundle/main.mjs");
process.env.ATELIER_KEEPER_FILE ||= file("lib/session-keeper/main.mjs");

/** The runtime among the dependencies; else this one, when it is new enough. */
const runtime = () => {
  const require = createRequire(import.meta.url);
  for (const name of ["node", "node-bin"])
    try {
      return require.resolve(`${name}-${process.platform}-${process.arch}/bin/node`);
    } catch {
      // Not for this machine, or under the other name.
    }
  if (ours >= wanted) return process.execPath;
  process.stderr.write(
    `error Atelier's own runtime for ${process.platform} on ${process.arch} is not installed, and Node ${process.versions.node} is too old.\n` +
      `→ Install it again with optional dependencies (npm install -g --include=optional …), or use Node ${wanted} or newer.\n`,
  );
  process.exit(1);
};

/** Becomes the CLI. The space for young objects cannot be made big any more, but may grow to its end at once. */
const goOn = async () => {
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--semi-space-growth-factor=64");
  await import(new URL(`../${main}`, import.meta.url));
};

const handOver = async (node) => {
  const { spawn } = await import("node:child_process");
  // A short command ends before it has used this much: it collects no garbage on its way.
  const flags = ["--min-semi-space-size=32", "--max-semi-space-size=64"];
  const child = spawn(node, [...flags, file(main), ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends its signals to both; this one only waits for the other's answer.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => {
    process.stderr.write(`error ${error.message}\n`);
    process.exit(1);
  });
  child.once("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
};

const node = ours === wanted ? process.execPath : runtime();
await (node === process.execPath ? goOn() : handOver(node));
