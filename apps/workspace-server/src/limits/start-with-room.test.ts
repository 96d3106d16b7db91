import assert from "node:assert/strict";
import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { lacksProcesses, startWithRoom } from "./start-with-room.ts";

/** What spawn answers when the system refuses. */
const refused = (code: string): ChildProcess => {
  const child = new ChildProcess();
  process.nextTick(() => child.emit("error", Object.assign(new Error(code), { code })));
  return child;
};

test("only where there is no process left are the student's ended, and the start tried once more", async () => {
  const steps: string[] = [];
  const starts = (...answers: readonly (string | undefined)[]) => {
    const left = [...answers];
    return (): ChildProcess => {
      const code = left.shift();
      steps.push(code ?? "started");
      return code === undefined ? spawn(process.execPath, ["--version"], { stdio: "ignore" }) : refused(code);
    };
  };
  const makeRoom = async (): Promise<void> => {
    steps.push("made room");
  };
  await once(await startWithRoom(starts(undefined), makeRoom), "close");
  await once(await startWithRoom(starts("EAGAIN", undefined), makeRoom), "close");
  await assert.rejects(startWithRoom(starts("ENOENT"), makeRoom), /ENOENT/);
  const stillNone = await startWithRoom(starts("EAGAIN", "EAGAIN"), makeRoom);
  assert.match(String((await once(stillNone, "error"))[0]), /EAGAIN/);
  assert.deepEqual(steps, [
    "started",
    ...["EAGAIN", "made room", "started"],
    "ENOENT",
    ...["EAGAIN", "made room", "EAGAIN"],
  ]);
});

test("goss's own words for it are known, a student's program's are not", () => {
  assert.deepEqual(
    [
      "runtime: failed to create new OS thread (have 5 already; errno=11)\nruntime: may need to increase max user processes",
      '"err":"fork/exec /usr/bin/sh: resource temporarily unavailable"',
      "curl: (7) Resource temporarily unavailable",
      "bash: fork: retry: Resource temporarily unavailable",
      "",
    ].map(lacksProcesses),
    [true, true, false, false, false],
  );
});
