import assert from "node:assert/strict";
import { test } from "node:test";
import { type OpenPtyOptions, openPty } from "./pty.ts";

const plain = { env: { PATH: "/usr/bin:/bin" }, cwd: "/", cols: 80, rows: 24 };
const script = (text: string): Pick<OpenPtyOptions, "argv"> => ({ argv: ["/bin/sh", "-c", text] });

test("a flood leaves the others their turn: no more than 16 KiB are read in a row", async () => {
  const wanted = 4 * 1024 * 1024;
  let total = 0;
  let inTurn = 0;
  let longestTurn = 0;
  const nextTurn = (): void => {
    longestTurn = Math.max(longestTurn, inTurn);
    inTurn = 0;
  };
  // Runs once a turn, after whatever was read in it.
  let turns = setImmediate(function turn() {
    nextTurn();
    turns = setImmediate(turn);
  });
  const exit = await new Promise((resolve) => {
    openPty({
      ...plain,
      ...script(`stty raw; head -c ${wanted} /dev/zero`),
      onData: ({ length }) => {
        total += length;
        inTurn += length;
      },
      onExit: resolve,
    });
  });
  clearImmediate(turns);
  nextTurn();
  assert.deepEqual(exit, { exitCode: 0, signal: 0 });
  assert.equal(total, wanted);
  assert.ok(longestTurn <= 16 * 1024, `${longestTurn} bytes were read in one turn`);
});

test("a program that ends while nobody reads has said its last words all the same", async () => {
  // No more than the kernel always keeps, or the program would wait and not end.
  const { total, exit } = await readPausedAfterFirst(
    "stty raw; printf first; sleep 0.1; head -c 4000 /dev/zero; exit 3",
  );
  assert.deepEqual(exit, { exitCode: 3, signal: 0 });
  assert.equal(total, "first".length + 4000);
});

test("a job that goes on printing after its shell's end does not hold the terminal open", async () => {
  const { total, exit } = await readPausedAfterFirst(
    "stty raw; trap '' HUP; printf first; sleep 0.1; cat /dev/zero & sleep 0.1",
  );
  assert.deepEqual(exit, { exitCode: 0, signal: 0 });
  assert.ok(total > 1000 && total < 1024 * 1024, `${total} bytes were read`);
});

/** Runs a program of whose output only the first piece is read until it has ended. */
const readPausedAfterFirst = async (text: string): Promise<{ readonly total: number; readonly exit: unknown }> => {
  let total = 0;
  const exit = await new Promise((resolve) => {
    const pty = openPty({
      ...plain,
      ...script(text),
      onData: ({ length }) => {
        total += length;
        pty.pause();
      },
      onExit: resolve,
    });
  });
  return { total, exit };
};

test("a terminal whose shell is just ending can be given a size and bytes at any moment", async () => {
  let given = 0;
  for (let shells = 0; shells < 10; shells++)
    await new Promise<void>((resolve, reject) => {
      let isOver = false;
      const pty = openPty({
        ...plain,
        ...script("sleep 0.01"),
        onData: () => {},
        onExit: () => {
          isOver = true;
          resolve();
        },
      });
      const give = (): void => {
        if (isOver) return;
        given++;
        try {
          pty.resize(80 + (given % 9), 24);
          pty.write(Buffer.from("x"));
          setImmediate(give);
        } catch (error) {
          reject(error);
        }
      };
      give();
    });
  assert.ok(given > 10);
});
