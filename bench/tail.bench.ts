import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tailLines } from "@atelier/node-kit";
import { type BenchRow, median, spreadOf } from "./bench-row.ts";

const rounds = 5;
const linesPerSecond = 10_000;
const seconds = 5;
const writer = fileURLToPath(new URL("tail/write-lines.ts", import.meta.url));

interface Round {
  readonly p99: number;
  readonly lost: number;
  readonly repeated: number;
  /** Of one core, in percent. */
  readonly cpu: number;
  readonly rate: number;
}

/** Another process appends JSONL; each line says when it was written, on the clock that both share. */
const measure = async (mode: "watch" | "poll"): Promise<Round> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-bench-tail-"));
  try {
    const path = join(folder, "log.jsonl");
    const total = linesPerSecond * seconds;
    const seen = new Uint8Array(total);
    const delays: number[] = [];
    let repeated = 0;
    const ending = new AbortController();
    const child = spawn(process.execPath, [writer, path, String(linesPerSecond), String(seconds)], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    // A writer's last line is the sign to stop; one that never comes must not hang the bench.
    child.once("exit", () => setTimeout(() => ending.abort(), 2000));
    const began = performance.now();
    const cpu = process.cpuUsage();
    let used = 0;
    let took = 0;
    for await (const event of tailLines({ path, mode, signal: ending.signal })) {
      if (event.kind !== "line") continue;
      const now = performance.timeOrigin + performance.now();
      const { seq, at } = JSON.parse(event.text) as { readonly seq: number; readonly at: number };
      delays.push(now - at);
      if (seen[seq] === 1) repeated++;
      seen[seq] = 1;
      if (seq !== total - 1) continue;
      const { user, system } = process.cpuUsage(cpu);
      used = (user + system) / 1000;
      took = performance.now() - began;
      break;
    }
    ending.abort();
    delays.sort((a, b) => a - b);
    return {
      p99: delays[Math.floor(delays.length * 0.99)] ?? Number.POSITIVE_INFINITY,
      lost: total - seen.reduce((sum, value) => sum + value, 0),
      repeated,
      cpu: (used / took) * 100,
      rate: delays.length / (took / 1000),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** How far the tailer is behind a log that grows by 10,000 lines a second, and what following it costs. */
export default async (): Promise<readonly BenchRow[]> => {
  const rows: BenchRow[] = [];
  for (const mode of ["watch", "poll"] as const) {
    const results: Round[] = [];
    for (let round = 0; round < rounds; round++) results.push(await measure(mode));
    const of = (pick: (round: Round) => number): number => median(results.map(pick));
    const row = (
      name: string,
      unit: string,
      figures: Pick<BenchRow, "ours" | "goal" | "met" | "spread">,
    ): BenchRow => ({
      name: `tail (${mode}): ${name}`,
      unit,
      peer: null,
      ratio: null,
      ...figures,
    });
    const p99 = of((round) => round.p99);
    // Polling looks ten times a second.
    const goal = mode === "watch" ? 50 : 200;
    const missing = results.reduce((sum, { lost, repeated }) => sum + lost + repeated, 0);
    rows.push(
      row("line written → with the consumer, p99", "ms", {
        ours: p99,
        goal: `≤ ${goal}`,
        met: p99 <= goal,
        spread: spreadOf(results.map((round) => round.p99)),
      }),
      row("lines lost or repeated, all rounds", "lines", { ours: missing, goal: "0", met: missing === 0 }),
      row("lines a second", "lines/s", {
        ours: of((round) => round.rate),
        goal: `${linesPerSecond} are written`,
        met: null,
      }),
      row("CPU, with parsing each line", "% core", {
        ours: of((round) => round.cpu),
        goal: "≤ 25",
        met: of((round) => round.cpu) <= 25,
      }),
    );
  }
  return rows;
};
