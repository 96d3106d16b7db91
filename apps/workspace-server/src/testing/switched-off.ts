import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openTestTerminals } from "./open-test-terminals.ts";

export interface SwitchedOff {
  /** Of the machine that runs the test. */
  readonly shell: string;
  /** Start-up files, below the home. */
  readonly files?: Readonly<Record<string, string>>;
  /** What takes the report of each command's start away, and is itself still told. */
  readonly line: string;
  /** The shell's prompt puts it back: the command after it is in the log. */
  readonly isPutBack: boolean;
}

/** Plays a line that takes away what tells the commands, and demands that an event says so, once. */
export const playSwitchedOff = async ({ shell, files, line, isPutBack }: SwitchedOff): Promise<void> => {
  assert.ok(existsSync(shell), `${shell} is needed for this test: install it from the system's packages`);
  await using terminals = await openTestTerminals({ shell, ...(files ? { files } : {}) });
  const viewer = terminals.attach();
  const lost = (): readonly string[] =>
    terminals.events.flatMap((event) => (event.type === "integration-lost" ? [event.cause] : []));
  // Nothing, a comment and a mistake run no command, and are nothing that a shell leaves out. (fish does not let go
  // of a line with a mistake.)
  for (const quiet of ["", "   ", "# no command", ...(basename(shell) === "fish" ? [] : [")"]), "true"]) {
    viewer.input(`${quiet}\n`);
    await sleep(150);
  }
  await terminals.type(viewer, "echo before");
  assert.deepEqual(lost(), []);
  await terminals.type(viewer, line);
  for (const command of ["echo one", "echo two", "echo three"]) {
    if (isPutBack) await terminals.type(viewer, command);
    else viewer.input(`${command}\n`);
    await viewer.waitFor(new RegExp(`^${command.slice(5)}`, "m"));
  }
  for (const end = performance.now() + 5000; lost().length === 0; await sleep(10))
    assert.ok(
      performance.now() < end,
      `nobody told that ${line} was run; the log has:\n${JSON.stringify(await terminals.commands())}`,
    );
  await sleep(300);
  assert.equal(lost().length, 1, lost().join("\n"));
  const commands = (await terminals.commands()).map(({ command }) => command);
  assert.equal(commands.includes("echo three"), isPutBack);
};
