import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openTestTerminals } from "./open-test-terminals.ts";

/** Pastes a command of 120,000 characters, most of which are escaped, and asserts what is known of it. */
export const typeLongCommand = async (name: "bash" | "zsh"): Promise<void> => {
  const shell = [`/bin/${name}`, `/usr/bin/${name}`].find((path) => existsSync(path));
  assert.ok(shell, `this machine has no ${name}`);
  await using terminals = await openTestTerminals({ shell, secrets: ["hunter22"] });
  const viewer = terminals.attach();
  await terminals.type(viewer, "true");
  // Before its next prompt the line editor has not taken the terminal over, and the kernel keeps 4 KiB of a line.
  await viewer.waitFor(/\[\?2004l[\s\S]*\[\?2004h/);
  const command = `true ${`${"';;;;;;;;;;'".repeat(66)} `.repeat(150)} hunter22`;
  viewer.input(`\u001b[200~${command}\u001b[201~\n`);
  await terminals.logged(2);
  const record = (await terminals.commands())[1];
  assert.deepEqual([record?.command, record?.truncated, record?.exitCode], [command.slice(0, 16_384), true, 0]);
  assert.doesNotMatch(viewer.text, /7717/);
  for (const recording of await terminals.recordings())
    assert.doesNotMatch(await readFile(join(terminals.runtime, recording), "utf8"), /7717/);
};
