import { setTimeout as sleep } from "node:timers/promises";
import { decodeServerFrame, encodeInput, flowWindow } from "@atelier/contract";
import { AppError, interruptKey, runnableText, typedText } from "@atelier/domain";
import { WebSocket } from "ws";
import type { WalkBlock } from "./page-blocks.ts";
import type { Student } from "./student.ts";

/** Types blocks into the workspace's terminals and waits until they are through. */
export interface Typist extends Disposable {
  /** Answers why it could not be typed or did not end; undefined: it is through. */
  type(block: WalkBlock): Promise<string | undefined>;
}

interface Screen {
  readonly socket: WebSocket;
  bytes: number;
  lastOutputAt: number;
  isBracketed: boolean;
  /** The last text, for who wants to know what it showed. */
  tail: string;
}

export interface TypistOptions {
  readonly student: Student;
  readonly signal: AbortSignal;
  /** How long one block may take. */
  readonly blockMs: number;
}

const firstTerminal = "1";
const lookMs = 100;
/** The shell has nothing to do and says nothing for so many looks: the block is through. */
const quietLooks = 5;
/** What runs in a terminal of its own may go on running once it says nothing more. */
const settledMs = 2500;

export const createTypist = ({ student, signal, blockMs }: TypistOptions): Typist => {
  const screens = new Map<string, Screen>();

  const open = async (name: string): Promise<Screen> => {
    const known = screens.get(name);
    if (known !== undefined) return known;
    if (!(await student.terminals()).some((terminal) => terminal.name === name)) await student.openTerminal(name);
    const screen = await attach(student, name);
    screens.set(name, screen);
    return screen;
  };

  const isBusy = async (name: string): Promise<boolean> => {
    const view = (await student.terminals()).find((terminal) => terminal.name === name);
    return view === undefined || view.state !== "ready" || view.busy === true;
  };

  /** Waits for a shell that waits. `isServed`: or for a program that has said what it has to say. */
  const settle = async (name: string, screen: Screen, isServed: boolean): Promise<boolean> => {
    const deadline = performance.now() + blockMs;
    let quiet = 0;
    for (let bytes = screen.bytes; performance.now() < deadline; bytes = screen.bytes) {
      await sleep(lookMs, undefined, { signal });
      if (isServed && performance.now() - screen.lastOutputAt > settledMs) return true;
      quiet = bytes === screen.bytes && !(await isBusy(name)) ? quiet + 1 : 0;
      if (quiet >= quietLooks) return true;
    }
    return false;
  };

  return {
    type: async (block) => {
      const name = block.terminal ?? firstTerminal;
      // In a terminal that is new there is nothing to end, and its shell must not be hit while it starts.
      const isNew = name !== firstTerminal && !screens.has(name);
      const screen = await open(name);
      const isServed = block.terminal !== undefined && block.terminal !== firstTerminal;
      if (block.interrupt && !isNew) {
        screen.socket.send(encodeInput(Buffer.from(interruptKey)));
        await sleep(500, undefined, { signal });
      }
      if (!(await settle(name, screen, false)))
        return `terminal ${name} is busy, so it cannot be typed. It shows: ${lastLine(screen.tail)}`;
      const text = typedText(runnableText(block.text, block.language), screen.isBracketed);
      const before = screen.bytes;
      screen.lastOutputAt = performance.now();
      screen.socket.send(encodeInput(Buffer.from(text)));
      // What is typed is echoed: until then nothing has begun.
      for (const deadline = performance.now() + blockMs; screen.bytes === before; ) {
        if (performance.now() > deadline) return `terminal ${name} did not take what was typed`;
        await sleep(lookMs, undefined, { signal });
      }
      if (await settle(name, screen, isServed)) return undefined;
      return `it did not end within ${Math.round(blockMs / 1000)} s. It shows: ${lastLine(screen.tail)}`;
    },
    [Symbol.dispose]: () => {
      for (const { socket } of screens.values()) socket.terminate();
    },
  };
};

const attach = async ({ origin, headers }: Student, name: string): Promise<Screen> => {
  const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/api/terminals/${name}`, {
    headers,
    perMessageDeflate: false,
  });
  const screen: Screen = { socket, bytes: 0, lastOutputAt: performance.now(), isBracketed: false, tail: "" };
  let acknowledged = 0;
  socket.on("error", () => undefined);
  socket.on("message", (data: Buffer, isBinary) => {
    const frame = isBinary ? decodeServerFrame(data) : undefined;
    if (frame === undefined) return;
    const text = Buffer.from(frame.payload).toString("utf8");
    screen.bytes += frame.payload.length;
    screen.lastOutputAt = performance.now();
    screen.tail = (screen.tail + text).slice(-4000);
    const [on, off] = ["\u001b[?2004h", "\u001b[?2004l"].map((mode) => text.lastIndexOf(mode)) as [number, number];
    if (on !== off) screen.isBracketed = on > off;
    const end = frame.kind === "output" ? frame.seq + frame.payload.length : frame.seq;
    if (end - acknowledged < flowWindow.ackEvery) return;
    acknowledged = end;
    socket.send(JSON.stringify({ t: "ack", seq: end }));
  });
  await new Promise<void>((resolve, reject) =>
    socket
      .once("open", resolve)
      .once("error", (cause) =>
        reject(new AppError("terminal-refused", `Terminal ${name} cannot be opened: ${cause.message}`, { cause })),
      ),
  );
  socket.send(JSON.stringify({ t: "attach", cols: 120, rows: 32 }));
  return screen;
};

/** The last line with something in it, without what steers a terminal. */
const lastLine = (tail: string): string => {
  const plain = tail
    .replace(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, "")
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "");
  return (plain.split("\n").findLast((line) => line.trim() !== "") ?? "nothing").trim().slice(0, 200);
};
