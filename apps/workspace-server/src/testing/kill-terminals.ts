import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { commandRecordSchema, createLineDecoder, stateEventSchema } from "@atelier/contract";
import { createRandom } from "@atelier/testkit";

const victim = fileURLToPath(new URL("terminals-to-kill.ts", import.meta.url));

/** What a recording may miss of a flood: what waits, what is being written, and what was not yet gathered. */
const mostMissing = 1024 * 1024 + 3 * 64 * 1024;

/**
 * Kills a server under load at random moments, again and again on the same folder, and looks at what is
 * left: every recording parses but for a torn last line, everything that a viewer was shown is in it (of a
 * flood all but its end), and the streams' numbers have no hole and no repeat.
 */
export const killTerminals = async (options: {
  readonly kills: number;
  readonly seed: number;
  readonly load: "lines" | "flood";
}): Promise<void> => {
  const random = createRandom(options.seed);
  const folder = await mkdtemp(join(tmpdir(), "atelier-kill-"));
  try {
    let compared = 0;
    for (let kill = 1; kill <= options.kills; kill++) {
      const known = new Set(await readdir(folder));
      const shown = await runAndKill(folder, {
        load: options.load,
        afterMs: random.below(options.load === "lines" ? 600 : 150),
      });
      const recordings = (await readdir(folder)).filter(
        (name) => name.endsWith(".cast") && !known.has(name) && name !== "session.cast",
      );
      assert.equal(recordings.length, 1, `kill ${kill} left ${recordings}`);
      const recorded = await outputOf(join(folder, recordings[0] ?? ""));
      // What came after the first prompt is the shell's own; before it stands the last screen of the run before.
      const own = shown.subarray(Math.max(0, shown.lastIndexOf("── ")));
      const wanted = own.subarray(own.indexOf("\n") + 1).toString("utf8");
      const due = options.load === "lines" ? wanted.replace(/\ufffd+$/, "") : wanted.slice(0, -mostMissing);
      compared += due.length;
      assert.ok(
        recorded.includes(due),
        `kill ${kill}: the viewer was shown ${wanted.length} characters that the recording of ${recorded.length} does not hold`,
      );
    }
    assert.ok(compared > 5000, `only ${compared} characters were compared`);
    await continuous(join(folder, "state-events.jsonl"), (value) => stateEventSchema.parse(value).seq);
    await continuous(join(folder, "command-log.jsonl"), (value) => commandRecordSchema.parse(value).seq);
  } finally {
    // The shell of a killed server writes its history while it ends.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
  }
};

const runAndKill = async (
  folder: string,
  { load: kind, afterMs }: { readonly load: string; readonly afterMs: number },
): Promise<Buffer> => {
  const child = spawn(process.execPath, [victim, folder, kind], { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  let shown = 0;
  const load = new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      shown += chunk.length;
      // Of less than may be missing nothing could be compared.
      if (kind === "lines" || shown > 2 * mostMissing) resolve();
    });
    child.once("exit", () => reject(new Error("the server ended by itself")));
  });
  const closed = once(child.stdout, "close");
  await load;
  await sleep(afterMs);
  child.kill("SIGKILL");
  await closed;
  return Buffer.concat(chunks);
};

/** The output of a recording; throws on any bad line but a last one without a newline. */
const outputOf = async (path: string): Promise<string> => {
  const lines = (await readFile(path, "utf8")).split("\n");
  lines.pop();
  const [header = "", ...events] = lines;
  assert.equal((JSON.parse(header) as { version: number }).version, 2);
  return events
    .map((line) => JSON.parse(line) as [number, string, string])
    .filter(([, code]) => code === "o")
    .map(([, , text]) => text)
    .join("");
};

const continuous = async (path: string, seqOf: (value: unknown) => number): Promise<void> => {
  const decoder = createLineDecoder(seqOf);
  const numbers = decoder.push(await readFile(path, "utf8"));
  assert.deepEqual(decoder.badLines, [], path);
  assert.ok(numbers.length > 0, path);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
    `${path} has holes or repeats`,
  );
};
