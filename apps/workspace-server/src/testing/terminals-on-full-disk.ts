import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StateEvent } from "@atelier/contract";
import { createStorageNotices } from "../recording/storage-notices.ts";
import { openTestTerminals } from "./open-test-terminals.ts";

/**
 * `node terminals-on-full-disk.ts <folder>`: a shell whose recording and log are on a small disk, before
 * that is full, while it is, and after there is room again. Tells on stdout, as JSON a line, what the
 * shell showed and what everybody was told.
 */
const [folder = ""] = process.argv.slice(2);
const listeners: ((event: StateEvent) => void)[] = [];
const notices = createStorageNotices({
  append: (event) => event as StateEvent,
  subscribe: (listener) => {
    listeners.push(listener);
    return () => {};
  },
});
const told = (): readonly string[] => notices.list().map(({ code, cause }) => `${code}: ${cause}`);
const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const deadline = performance.now() + 20_000; !isSo(); await sleep(20))
    if (performance.now() > deadline) throw new Error(`${what} did not come about; told is ${told().join("\n")}`);
};
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const filler = join(folder, "filler");
const fill = (): void => {
  const file = openSync(filler, "w");
  try {
    for (const piece = Buffer.alloc(4096); ; ) writeSync(file, piece);
  } catch {
    // It is full.
  } finally {
    closeSync(file);
  }
};

await using shell = await openTestTerminals({
  folder,
  onEvent: (event) => {
    for (const listener of listeners) listener(event as StateEvent);
  },
});
const viewer = shell.attach();
const shows = async (command: string, wanted: RegExp): Promise<void> => {
  viewer.input(`${command}\n`);
  await viewer.waitFor(wanted);
};
await shows("echo before-$((1+1))", /before-2\r\n/);
say({ told: told() });
fill();
await shows("seq 20000; echo full-$((1+1))", /full-2\r\n/);
await until("a notice of the recording", () =>
  told().some((notice) => notice.startsWith("storage-failed recording 1")),
);
// A shell that nobody records is a shell all the same.
await shows("echo still-$((1+1))", /still-2\r\n/);
say({ told: told() });
rmSync(filler);
await until("the end of all notices", () => told().length === 0);
await shows("echo after-$((1+1))", /after-2\r\n/);
say({ told: told() });
