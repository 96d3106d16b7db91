import assert from "node:assert/strict";
import { createRandom } from "@atelier/testkit";
import { openTestTerminals } from "./open-test-terminals.ts";
import { keysFor, randomCommand } from "./random-command.ts";

/** Types random commands into a real bash and compares the log with what was typed, one record for each. */
export const fuzzCommands = async (options: { readonly commands: number; readonly seed: number }): Promise<void> => {
  const random = createRandom(options.seed);
  await using shell = await openTestTerminals({ files: { ".bashrc": "PS2=; PS1='> '\nset +H\nHISTCONTROL=\n" } });
  const viewer = shell.attach();
  const typed: string[] = [];
  for (let count = 0; count < options.commands; count++) {
    const command = randomCommand(random);
    typed.push(command);
    // Before its prompt the line editor has not taken the terminal over, and keys mean something else.
    await viewer.waitFor(/\[\?2004h> $/);
    viewer.forget();
    viewer.input(`${keysFor(command)}\n`);
    await shell.logged(typed.length);
  }
  const records = await shell.commands();
  records.forEach(({ command, verified }, index) => {
    assert.equal(command, typed[index], `command ${index + 1} of seed ${options.seed}`);
    assert.ok(verified, `command ${index + 1} of seed ${options.seed}: ${command}`);
  });
  assert.equal(records.length, typed.length);
};
