import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeSocket } from "./fake-socket.ts";
import { openTestTerminals, type TestTerminals } from "./open-test-terminals.ts";
import { createRandom } from "@atelier/testkit";
import { randomLines, randomOutput } from "./random-output.ts";
import { createScreen, type Screen } from "./screen.ts";

const size = { cols: 100, rows: 30 } as const;
/** What the active viewer's window becomes now and then. */
const sizes = [size, { cols: 61, rows: 30 }, { cols: 100, rows: 12 }, { cols: 132, rows: 43 }] as const;
/** More than a new viewer is sent from the beginning: from here on it gets a snapshot. */
const before = 600_000;

/** Prints as many bytes of a file as it is told, so that a stream can stand still at any byte; for -1 a reset. */
const drip = `
const data = require("node:fs").readFileSync("stream.bin");
let at = 0;
let pending = "";
process.stdin.on("data", (chunk) => {
  pending += chunk;
  for (let end; (end = pending.indexOf(",")) !== -1; pending = pending.slice(end + 1)) {
    const length = Number(pending.slice(0, end));
    if (length < 0) {
      process.stdout.write("\\u0018\\u001bc");
      continue;
    }
    process.stdout.write(data.subarray(at, at + length));
    at += length;
  }
});
process.stdout.write("ready for " + data.length + "\\r\\n");
`;

/**
 * Cuts a viewer's connection at random bytes of a random stream, in the middle of characters and escape
 * sequences and between changes of the terminal's size, lets it come back by delta or by snapshot, and after each cut compares its whole terminal
 * with one that was never cut. Throws on the first difference.
 */
export const cutConnections = async (options: {
  readonly cuts: number;
  readonly seed: number;
  /**
   * `lines` are laid out anew at each size. `all` that a terminal knows is cleared then, as full-screen programs
   * do: what is beyond an edge, for when there is room again, no sequence can set.
   */
  readonly output: "lines" | "all";
}): Promise<void> => {
  const random = createRandom(options.seed);
  await using shell = await openTestTerminals();
  const stream = randomStream(options, before + options.cuts * 3000);
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
    await upToDate();
  };
  const resize = async (): Promise<void> => {
    const next = random.pick(sizes);
    witness.receive({ t: "resize", ...next });
    await uncut.resize(next);
    if (options.output === "lines") return;
    dripped += 3;
    witness.input("-1,");
    await upToDate();
  };
  const upToDate = async (): Promise<void> => {
    for (const deadline = performance.now() + 30_000; witness.seq < dripped; await sleep(1))
      assert.ok(performance.now() < deadline, `the stream stands at ${witness.seq} of ${dripped}`);
    await uncut.write(witness.output.subarray(known, witness.seq));
    known = witness.seq;
  };
  await advance(before / 2);
  await resize();
  await advance(before / 2);
  let position: Position = { epoch: "", seq: -1 };
  for (let cut = 1; cut <= options.cuts; cut++) {
    const isDelta = position.seq >= 0 && random.chance(0.5);
    const socket = attach(shell, isDelta ? position : undefined);
    await advance(1 + random.below(1500));
    if (random.chance(0.3)) await resize();
    await caughtUp(socket, dripped);
    const follow = await show(socket, viewer, isDelta ? position.seq : undefined);
    position = await follow(dripped);
    assert.deepEqual(
      await viewer.describe(),
      await uncut.describe(),
      `cut ${cut} of seed ${options.seed}, ${isDelta ? "delta" : "snapshot"} at byte ${dripped}`,
    );
    // The connection goes down at any byte of what comes next; the parser has seen a part of it.
    const from = dripped;
    await advance(random.below(500));
    if (random.chance(0.3)) await resize();
    await advance(random.below(1000));
    await caughtUp(socket, dripped);
    socket.close();
    if (random.chance(0.2)) await resize();
    position = await follow(from + random.below(dripped - from));
  }
  uncut.dispose();
  viewer.dispose();
};

const randomStream = (
  { seed, output }: { readonly seed: number; readonly output: "lines" | "all" },
  length: number,
): Buffer => {
  const random = createRandom(seed + 1);
  const parts: Buffer[] = [];
  for (let total = 0; total < length; ) {
    const part = Buffer.from(output === "lines" ? randomLines(random) : randomOutput(random, size));
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

interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** Paints what a viewer was sent, each size in its place; answers how to go on, up to an offset. */
const show = async (
  socket: FakeSocket,
  screen: Screen,
  since: number | undefined,
): Promise<(seq: number) => Promise<Position>> => {
  if (since === undefined) assert.ok(socket.snapshot, "a viewer without a past gets a snapshot");
  else assert.equal(socket.snapshot, undefined, "a viewer that was there gets a delta");
  const hello = socket.messages.find((message) => message.t === "hello");
  const [first] = socket.sizes;
  assert.ok(hello?.t === "hello" && first);
  await screen.resize(first);
  if (socket.snapshot) await screen.write(socket.snapshot);
  let at = first.seq;
  let told = 1;
  const write = async (until: number): Promise<void> => {
    await screen.write(socket.output.subarray(at - first.seq, until - first.seq));
    at = until;
  };
  return async (seq) => {
    for (let next = socket.sizes[told]; next !== undefined && next.seq <= seq; next = socket.sizes[++told]) {
      await write(next.seq);
      await screen.resize(next);
    }
    await write(seq);
    return { epoch: hello.epoch, seq };
  };
};
