import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serverPort } from "@atelier/contract";
import { type BenchRow, median, spreadOf } from "./bench-row.ts";
import { cpuTimeOf, memoryOf } from "./process-memory.ts";
import { openForward } from "./open-forward.ts";
import { interruptTimes } from "./terminal/interrupt.ts";
import type { AtelierAddress, Connection } from "./terminal/connections.ts";
import { openStacks, type Stack, type Stacks } from "./terminal/peers.ts";

/** Fewer only to see that the bench works. */
const rounds = Number(process.env["ATELIER_BENCH_ROUNDS"] ?? 5);
/** What is measured: all of it, or some for whoever works on one thing. */
const parts = (process.env["ATELIER_BENCH_PARTS"] ?? "peers,recording,memory,interrupt,viewers").split(",");
const keysPerRound = 150;
const bulkBytes = 65_038_896;

/** Our terminal beside ttyd and ttyd with asciinema, all in one container, in interleaved rounds. */
export default async (): Promise<readonly BenchRow[]> => {
  await using stacks = await openStacks();
  // Let the start's garbage go and the idle timers settle.
  await sleep(10_000);
  const idle = memoryOf(stacks.serverPid).rss;
  return [
    ...(parts.includes("peers") ? await besidePeers(stacks) : []),
    ...(parts.includes("recording") ? await recordingCost(stacks) : []),
    memoryRow("idle server with one terminal, RSS", idle, 80),
    // Before a thousand sockets leave their own traces in it.
    ...(parts.includes("memory") ? await memory(stacks.atelier, stacks.serverPid) : []),
    ...(parts.includes("interrupt") ? [await interrupts(stacks)] : []),
    ...(parts.includes("viewers") ? await badViewers(stacks.atelier, stacks.address) : []),
  ];
};

/** Bulk and echo of all stacks, in interleaved rounds. */
const besidePeers = async (stacks: Stacks): Promise<readonly BenchRow[]> => {
  const floors: number[] = [];
  const copied: number[] = [];
  const bulk = new Map<Stack, number[]>();
  const quiet = new Map<Stack, number[]>();
  const busy = new Map<Stack, number[]>();
  const p99s = new Map<Stack, number[]>();
  for (let round = 0; round <= rounds; round++) {
    const floor = await stacks.rawPty();
    const copier = await promptOn(await stacks.connectCopier());
    const copies = await echo(copier, keysPerRound);
    copier.close();
    if (round > 0) {
      floors.push(floor);
      copied.push(percentile(copies, 50));
    }
    for (const stack of stacks.all) {
      const connection = await openPrompt(stack);
      const rate = await bulkRate(connection);
      const echoes = await echo(connection, keysPerRound);
      const stop = await stack.scroll();
      await sleep(300);
      const busyEchoes = await echo(connection, keysPerRound);
      await stop();
      connection.close();
      await sleep(200);
      // The first round warms caches and the compiler.
      if (round === 0) continue;
      add(bulk, stack, rate);
      add(quiet, stack, percentile(echoes, 50));
      add(p99s, stack, percentile(busyEchoes, 99));
      add(busy, stack, percentile(busyEchoes, 50));
    }
  }
  const [ours, bare, recorded] = stacks.all as readonly [Stack, Stack, Stack];
  const of = (values: Map<Stack, number[]>, stack: Stack): number => median(values.get(stack) ?? []);
  const row = (
    name: string,
    values: Map<Stack, number[]>,
    rest: { unit: string; peer: Stack; goal: string; met: (ratio: number, ours: number) => boolean | null },
  ): BenchRow => {
    const ratio = of(values, ours) / of(values, rest.peer);
    return {
      name: `terminal: ${name}`,
      unit: rest.unit,
      ours: of(values, ours),
      peer: of(values, rest.peer),
      ratio,
      goal: rest.goal,
      met: rest.met(ratio, of(values, ours)),
      spread: spreadOf(values.get(ours) ?? []),
    };
  };
  return [
    row("bulk, beside bare ttyd", bulk, { unit: "MB/s", peer: bare, goal: "≥ 1.5x", met: (ratio) => ratio >= 1.5 }),
    row("bulk, beside ttyd + asciinema", bulk, {
      unit: "MB/s",
      peer: recorded,
      goal: "≥ 3x",
      met: (ratio) => ratio >= 3,
    }),
    row("echo p50, beside bare ttyd", quiet, { unit: "ms", peer: bare, goal: "≤ 0.8x", met: (ratio) => ratio <= 0.8 }),
    row("echo p99 while another scrolls, beside ttyd", p99s, {
      unit: "ms",
      peer: bare,
      goal: "≤ 15 ms",
      met: (_, own) => own <= 15,
    }),
    row("echo p50 while another scrolls, beside ttyd", busy, { unit: "ms", peer: bare, goal: "–", met: () => null }),
    {
      ...row("bulk, beside a bare PTY that is only read", bulk, {
        unit: "MB/s",
        peer: bare,
        goal: "the floor of this machine",
        met: () => null,
      }),
      peer: median(floors),
      ratio: of(bulk, ours) / median(floors),
    },
    {
      ...row("bulk of bare ttyd, beside the same floor", bulk, {
        unit: "MB/s",
        peer: bare,
        goal: "–",
        met: () => null,
      }),
      ours: of(bulk, bare),
      peer: median(floors),
      ratio: of(bulk, bare) / median(floors),
      spread: spreadOf(bulk.get(bare) ?? []),
    },
    {
      ...row("echo p50, beside socat on bare TCP", quiet, {
        unit: "ms",
        peer: bare,
        goal: "the floor of this machine",
        met: () => null,
      }),
      peer: median(copied),
      ratio: of(quiet, ours) / median(copied),
    },
  ];
};

/** A flood with, and one without a recording: one right after the other, for a machine is not as fast all the time. */
const pairsPerRound = 4;

/** What a recording costs: each ratio is that of two neighbours, and its median is the row. */
const recordingCost = async (stacks: Stacks): Promise<readonly BenchRow[]> => {
  const { atelier, unrecorded } = stacks;
  const sides = await Promise.all(
    [
      { stack: atelier, pid: stacks.serverPid },
      { stack: unrecorded, pid: unrecorded.serverPid },
    ].map(async ({ stack, pid }) => ({
      pid,
      connection: await openPrompt(stack),
      rates: [] as number[],
      cpu: [] as number[],
    })),
  );
  for (let pair = 0; pair <= rounds * pairsPerRound; pair++)
    for (const { pid, connection, rates, cpu } of pair % 2 === 0 ? sides : sides.toReversed()) {
      const before = cpuTimeOf(pid);
      const rate = await bulkRate(connection);
      // The first ones warm caches and the compiler.
      if (pair === 0) continue;
      rates.push(rate);
      cpu.push((cpuTimeOf(pid) - before) / (bulkBytes / 1e6));
    }
  for (const { connection } of sides) connection.close();
  const [on, off] = sides as [(typeof sides)[number], (typeof sides)[number]];
  const ratios = on.rates.map((rate, pair) => rate / (off.rates[pair] ?? 0));
  const ratio = median(ratios);
  return [
    {
      name: "terminal: bulk, beside ours without recording",
      unit: "MB/s",
      ours: median(on.rates),
      peer: median(off.rates),
      ratio,
      goal: "≥ 0.95x",
      met: ratio >= 0.95,
      spread: `${spreadOf(on.rates)}; of neighbours ${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}x`,
    },
    {
      name: "terminal: the server's own time, beside ours without recording",
      unit: "ms/MB",
      ours: median(on.cpu),
      peer: median(off.cpu),
      ratio: median(on.cpu) / median(off.cpu),
      goal: "–",
      met: null,
      spread: spreadOf(on.cpu),
    },
  ];
};

const add = (values: Map<Stack, number[]>, stack: Stack, value: number): void => {
  values.set(stack, [...(values.get(stack) ?? []), value]);
};

/** By nearest rank: the least value that so many percent of all do not exceed. */
const percentile = (values: readonly number[], percent: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil((values.length * percent) / 100) - 1)] ?? 0;

const openPrompt = async (stack: Stack): Promise<Connection> => promptOn(await stack.connect());

const promptOn = async (connection: Connection): Promise<Connection> => {
  // A new shell throws away what is typed before its first prompt.
  await sleep(700);
  const ready = connection.seen("ready-2");
  connection.type("\u0015PS1='> '; echo ready-$((1+1))\n");
  await ready;
  await sleep(200);
  return connection;
};

/** MB/s from the command to its last byte at the client. */
const bulkRate = async (connection: Connection): Promise<number> => {
  const before = connection.bytes;
  const end = connection.seen("end-of-2");
  const begun = performance.now();
  connection.type("cat /var/tmp/bulk.txt; echo end-of-$((1+1))\n");
  const took = (await end) - begun;
  if (connection.bytes - before < bulkBytes) throw new Error(`${connection.bytes - before} of ${bulkBytes} bytes came`);
  await sleep(200);
  return (connection.bytes - before) / 1e6 / (took / 1000);
};

/** Milliseconds from a key to its echo, for each key. */
const echo = async (connection: Connection, keys: number): Promise<readonly number[]> => {
  const took: number[] = [];
  for (let key = 0; key < keys; key++) {
    const letter = String.fromCharCode(97 + (key % 26));
    const seen = connection.seen(letter, 20_000);
    const begun = performance.now();
    connection.type(letter);
    took.push((await seen) - begun);
    if (key % 26 === 25) {
      connection.type("\u0015");
      await sleep(20);
    } else await sleep(4);
  }
  connection.type("\u0015");
  await sleep(50);
  return took;
};

const halfOpen = 1000;
/** Short ones in turn, so that what the machine does meanwhile falls on both sides. */
const viewerRounds = 16;

/** One viewer that reads 1 kB/s and sockets that never finish their request, against an undisturbed echo. */
const badViewers = async (stack: Stack, address: AtelierAddress): Promise<readonly BenchRow[]> => {
  const before: number[] = [];
  const during: number[] = [];
  const connection = await openPrompt(stack);
  for (let round = 0; round < viewerRounds; round++) {
    before.push(...(await echo(connection, 200)));
    const sockets = await openHalf(address);
    const slow = await slowViewer(address);
    // Measured is what it costs that they are there, not that a thousand come at once.
    await sleep(500);
    during.push(...(await echo(connection, 200)));
    for (const socket of sockets) socket.destroy();
    slow();
    await sleep(300);
  }
  connection.close();
  // Of all keys of a side: of a few hundred, two slow ones would be the answer.
  const [own, undisturbed] = [percentile(during, 99), percentile(before, 99)];
  return [
    {
      name: `terminal: echo p99 with a slow viewer and ${halfOpen} half-open sockets`,
      unit: "ms",
      ours: own,
      peer: undisturbed,
      ratio: own / undisturbed,
      goal: "≤ 1.2x without",
      met: own / undisturbed <= 1.2,
      spread: spreadOf(during),
    },
  ];
};

const openHalf = ({ host, port }: AtelierAddress): Promise<readonly Socket[]> =>
  Promise.all(
    Array.from(
      { length: halfOpen },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect(7681, host, () => {
            socket.write(`GET /api/terminals/1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n`);
            resolve(socket);
          });
          socket.once("error", reject);
        }),
    ),
  );

/** Attaches as a viewer and reads 1 kB a second. */
const slowViewer = async ({ host, port, token }: AtelierAddress): Promise<() => void> => {
  const socket = connect(7681, host);
  socket.on("error", () => {});
  socket.write(
    `GET /api/terminals/1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once("readable", resolve));
  const attach = Buffer.from('{"t":"attach"}');
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | attach.length, 0, 0, 0, 0]), attach]));
  const timer = setInterval(() => socket.read(1000), 1000);
  return () => {
    clearInterval(timer);
    socket.destroy();
  };
};

const interrupts = async ({ link, address }: Stacks): Promise<BenchRow> => {
  using _forward = await openForward(address.port, { host: address.host, port: serverPort });
  const took = await interruptTimes(link, 40);
  const p95 = percentile(took, 95);
  return {
    name: "terminal: Ctrl-C out of yes to the prompt in Chromium, p95",
    unit: "ms",
    ours: p95,
    peer: null,
    ratio: null,
    goal: "≤ 50 ms",
    met: p95 <= 50,
    spread: spreadOf(took),
  };
};

const memoryRow = (name: string, value: number, limit: number): BenchRow => ({
  name: `terminal: ${name}`,
  unit: "MiB",
  ours: value,
  peer: null,
  ratio: null,
  goal: `≤ ${limit}`,
  met: value <= limit,
});

/** What a gigabyte of output leaves behind in the server. */
const memory = async (stack: Stack, pid: number): Promise<readonly BenchRow[]> => {
  const rss = (): number => memoryOf(pid).rss;
  const connection = await openPrompt(stack);
  const before = rss();
  let highest = before;
  for (let part = 0; part < 16; part++) {
    await bulkRate(connection);
    highest = Math.max(highest, rss());
  }
  await sleep(5000);
  const after = rss();
  connection.close();
  return [
    memoryRow("server RSS after 1 GB more of output", after, 110),
    memoryRow("growth of the server over 1 GB of output", highest - before, 32),
  ];
};
