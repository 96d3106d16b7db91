import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeSocket } from "./fake-socket.ts";
import { openTestTerminals, type TestTerminals } from "./open-test-terminals.ts";
import { createRandom } from "@atelier/testkit";
import { randomOutput } from "./random-output.ts";
import { createScreen, type Screen } from "./screen.ts";

const size = { cols: 100, rows: 30 } as const;
/** More than a new viewer is sent from the beginning: from here on it gets a snapshot. */
const before = 600_000;

/** Prints as many bytes of a file as it is told, so that a stream can stand still at any byte. */
const drip = `
const data = require("node:fs").readFileSync("stream.bin");
let at = 0;
let pending = "";
process.stdin.on("data", (chunk) => {
  pending += chunk;
  for (let end; (end = pending.indexOf(",")) !== -1; pending = pending.slice(end + 1)) {
    const length = Number(pending.slice(0, end));
    process.stdout.write(data.subarray(at, at + length));
    at += length;
  }
});
process.stdout.write("ready for " + data.length + "\\r\\n");
`;

/**
 * Cuts a viewer's connection at random bytes of a random stream, in the middle of characters and escape
 * sequences, lets it come back by delta or by snapshot, and after each cut compares its whole terminal
 * with one that was never cut. Throws on the first difference.
 */
export const cutConnections = async (options: { readonly cuts: number; readonly seed: number }): Promise<void> => {
  const random = createRandom(options.seed);
  await using shell = await openTestTerminals();
  const stream = randomStream(options.seed, before + options.cuts * 3000);
  await writeFile(join(shell.home, "stream.bin"), stream);
  await writeFile(join(shell.home, "drip.cjs"), drip);
  const witness = shell.attach();
  witness.input(`stty raw -echo; exec ${process.execPath} drip.cjs\n`);
  await witness.waitFor(/ready for \d+\r\n$/, 20_000);
  const uncut = createScreen(size);
  const viewer = createScreen(size);
  let known = 0;
  let dripped = witness.seq;
  const advance = async (bytes: number): Promise<void> => {
    dripped += bytes;
    witness.input(`${bytes},`);
    for (const deadline = performance.now() + 30_000; witness.seq < dripped; await sleep(1))
      assert.ok(performance.now() < deadline, `the stream stands at ${witness.seq} of ${dripped}`);
    await uncut.write(witness.output.subarray(known, witness.seq));
    known = witness.seq;
  };
  await advance(before);
  let position = { epoch: "", seq: -1 };
  for (let cut = 1; cut <= options.cuts; cut++) {
    const isDelta = position.seq >= 0 && random.chance(0.5);
    const socket = attach(shell, isDelta ? position : undefined);
    await advance(1 + random.below(1500));
    await caughtUp(socket, dripped);
    position = await show(socket, viewer, isDelta ? position.seq : undefined);
    assert.deepEqual(
      await viewer.describe(),
      await uncut.describe(),
      `cut ${cut} of seed ${options.seed}, ${isDelta ? "delta" : "snapshot"} at byte ${dripped}`,
    );
    // The connection goes down at any byte of what comes next; the parser has seen a part of it.
    const since = random.below(1000);
    await advance(since + random.below(500));
    await caughtUp(socket, dripped);
    socket.close();
    const seen = position.seq + since;
    await viewer.write(
      socket.output.subarray(socket.output.length - (dripped - position.seq), socket.output.length - (dripped - seen)),
    );
    position = { epoch: position.epoch, seq: seen };
  }
  uncut.dispose();
  viewer.dispose();
};

const randomStream = (seed: number, length: number): Buffer => {
  const random = createRandom(seed + 1);
  const parts: Buffer[] = [];
  for (let total = 0; total < length; ) {
    const part = Buffer.from(randomOutput(random, size));
    parts.push(part);
    total += part.length;
  }
  return Buffer.concat(parts);
};

const attach = (shell: TestTerminals, since: { epoch: string; seq: number } | undefined): FakeSocket => {
  const socket = new FakeSocket();
  if (since) socket.seq = since.seq;
  shell.terminals.attach("1", { socket: socket.asWebSocket, role: "student", id: crypto.randomUUID() });
  socket.receive({ t: "attach", ...size, ...(since ? { since } : {}) });
  return socket;
};

const caughtUp = async (socket: FakeSocket, seq: number): Promise<void> => {
  for (const deadline = performance.now() + 10_000; socket.seq < seq; await sleep(1))
    assert.ok(performance.now() < deadline, `the viewer stands at ${socket.seq} of ${seq}`);
};

/** Paints what a viewer was sent; answers where it stands. */
const show = async (
  socket: FakeSocket,
  screen: Screen,
  since: number | undefined,
): Promise<{ epoch: string; seq: number }> => {
  if (since === undefined) assert.ok(socket.snapshot, "a viewer without a past gets a snapshot");
  else assert.equal(socket.snapshot, undefined, "a viewer that was there gets a delta");
  if (socket.snapshot) await screen.write(socket.snapshot);
  await screen.write(socket.output);
  const hello = socket.messages.find((message) => message.t === "hello");
  return { epoch: hello?.t === "hello" ? hello.epoch : "", seq: socket.seq };
};
