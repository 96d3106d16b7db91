import { createInterface } from "node:readline";
import { keepSession } from "./keep-session.ts";
import { type KeeperOrder, lineOf, orderSchema, type Started } from "./keeper-protocol.ts";
import { openSession } from "./open-session.ts";

// A process of its own, which outlives the build that starts it. What it is to hold comes over stdin.
const over = new AbortController();
for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, () => over.abort());
// Whoever started it may be gone before it has said anything.
process.stdout.on("error", () => undefined);
const say = (started: Started): void => void process.stdout.write(lineOf(started));

const read = async (): Promise<KeeperOrder> => {
  for await (const line of createInterface({ input: process.stdin })) return orderSchema.parse(JSON.parse(line));
  throw new Error("nobody said what to keep");
};
const { file, key, cli, runner } = await read();
process.stdin.destroy();
const session = await openSession({
  host: { cli, ...(runner ? { runner } : {}) },
  env: process.env,
  signal: over.signal,
}).catch((error: Error) => {
  say({ t: "session", message: error.message });
});
if (session)
  await keepSession({
    file,
    key,
    session,
    engine: runner ?? "the one that `dagger` finds",
    now: Date.now,
    limits: { idleMs: 300_000, oldestMs: 3_600_000, lookMs: 3000 },
    signal: over.signal,
    onReady: () => say({ t: "ready" }),
  }).catch(async (error: Error) => {
    say({ t: "place", message: error.message });
    await session[Symbol.asyncDispose]();
  });
process.exit();
