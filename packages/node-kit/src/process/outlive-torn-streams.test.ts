import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const module = fileURLToPath(new URL("outlive-torn-streams.ts", import.meta.url));

/** Runs a few lines below the net; they say `alive` when they come that far. */
const run = async (lines: string): Promise<{ readonly code: number | null; readonly events: readonly string[] }> => {
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { outliveTornStreams } from ${JSON.stringify(module)};
       import { PassThrough } from "node:stream";
       const log = ({ event, origin }) => process.stdout.write(event + " " + (origin ?? "") + "\\n");
       outliveTornStreams({ log, name: "server" });
       setTimeout(() => { log({ event: "alive" }); process.exit(0); }, 50);
       ${lines}`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const output = await text(child.stdout);
  return { code: await ended, events: output.trim().split("\n") };
};

test("a torn stream that nobody listens to is logged, and the process goes on", async () => {
  for (const [lines, origin] of [
    ["new PassThrough().destroy(Object.assign(new Error('read'), { code: 'ECONNRESET' }));", "uncaughtException"],
    ["new PassThrough().destroy(new DOMException('gone', 'AbortError'));", "uncaughtException"],
    ["Promise.reject(new Error('tar entry destroyed'));", "unhandledRejection"],
  ] as const)
    assert.deepEqual(
      await run(lines),
      { code: 0, events: [`server.stream-unheard ${origin}`, "alive"] },
      `${lines} ends it`,
    );
});

test("anything else is logged and ends the process", async () => {
  for (const [lines, origin] of [
    ["setImmediate(() => { undefined.x; });", "uncaughtException"],
    ["Promise.reject(new Error('half changed'));", "unhandledRejection"],
    // Nobody went away: somebody wrote what will never arrive.
    ["const s = new PassThrough(); s.end(); s.write('x');", "uncaughtException"],
    ["Promise.reject('a string');", "unhandledRejection"],
    ["new PassThrough().destroy(Object.assign(new Error('disk'), { code: 'ENOSPC' }));", "uncaughtException"],
  ] as const)
    assert.deepEqual(await run(lines), { code: 1, events: [`server.crashed ${origin}`] }, lines);
});
