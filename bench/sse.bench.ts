import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { runtimeFileNames } from "@atelier/contract";
import { type Bench, median, spreadOf } from "./bench-row.ts";

const linesPerSecond = 10_000;
const tickMs = 2;
const seconds = 5;
const rounds = 3;
const main = fileURLToPath(new URL("../apps/workspace-server/src/testing/feed-to-measure.ts", import.meta.url));

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly lost: number;
  readonly repeated: number;
  readonly rate: number;
  readonly cpuShare: number;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Writes a log as the server does, a line a write, and reads the stream as a browser does, in another process. */
const measure = async (): Promise<Round> => {
  const child = spawn(process.execPath, [main], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout);
  const { port, folder } = JSON.parse(String((await once(lines, "line"))[0])) as { port: number; folder: string };
  const seen = new Set<number>();
  const delays: number[] = [];
  let repeated = 0;
  let pending = "";
  const caughtUp = Promise.withResolvers<void>();
  const outgoing = request({
    host: "127.0.0.1",
    port,
    path: "/api/instructor/events",
    agent: false,
    headers: { authorization: `Bearer ${"i".repeat(43)}` },
  });
  outgoing.on("error", () => {}).end();
  outgoing.once("response", (answer) => {
    answer.on("error", () => {}).setEncoding("utf8");
    answer.on("data", (chunk: string) => {
      const now = performance.now();
      const blocks = (pending + chunk).split("\n\n");
      pending = blocks.pop() ?? "";
      for (const block of blocks) {
        if (block.startsWith("event: caught-up")) caughtUp.resolve();
        const at = /"seq":(\d+),.*"at":([\d.]+)/.exec(block);
        if (at === null) continue;
        const seq = Number(at[1]);
        if (seen.has(seq)) repeated++;
        seen.add(seq);
        delays.push(now - Number(at[2]));
      }
    });
  });
  await caughtUp.promise;
  const file = openSync(
    join(folder, runtimeFileNames.commandLog),
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT,
  );
  const wanted = linesPerSecond * seconds;
  const filler = "x".repeat(120);
  let seq = 0;
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(wanted, Math.floor(((performance.now() - started) / 1000) * linesPerSecond));
      while (seq < due)
        writeSync(
          file,
          `{"v":1,"seq":${++seq},"ts":"2026-01-01T00:00:00.000Z","type":"command","command":"${filler}","at":${performance.now()}}\n`,
        );
      if (seq < wanted) return;
      clearInterval(timer);
      resolve();
    }, tickMs);
  });
  const took = performance.now() - started;
  for (const deadline = performance.now() + 10_000; seen.size < wanted && performance.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 20));
  closeSync(file);
  outgoing.destroy();
  child.stdin.end();
  const { cpuMs } = JSON.parse(String((await once(lines, "line"))[0])) as { cpuMs: number };
  await once(child, "exit");
  const sorted = delays.toSorted((a, b) => a - b);
  return {
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    lost: wanted - seen.size,
    repeated,
    rate: (1000 * wanted) / took,
    cpuShare: cpuMs / took,
  };
};

/** 10,000 lines a second through the tailer to the instructor's event stream. No peer follows a command log. */
const bench: Bench = async () => {
  const all: Round[] = [];
  for (let round = 0; round < rounds; round++) all.push(await measure());
  const row = (name: string, key: keyof Round, unit: string) => {
    const values = all.map((round) => round[key]);
    return { name, unit, ours: median(values), peer: null, ratio: null, goal: "", met: null, spread: spreadOf(values) };
  };
  const p99 = row("sse: log line to stream at 10k lines/s, p99", "p99", "ms");
  const lost = row("sse: lines lost", "lost", "lines");
  const repeated = row("sse: lines sent twice", "repeated", "lines");
  return [
    { ...p99, goal: "≤ 20", met: p99.ours <= 20 },
    row("sse: log line to stream at 10k lines/s, p50", "p50", "ms"),
    { ...lost, goal: "0", met: all.every((round) => round.lost === 0) },
    { ...repeated, goal: "0", met: all.every((round) => round.repeated === 0) },
    row("sse: lines written a second", "rate", "lines/s"),
    row("sse: share of a core in the server", "cpuShare", ""),
  ];
};

export default bench;
