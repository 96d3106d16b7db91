import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openTestTerminals, type TestTerminals } from "../testing/open-test-terminals.ts";

const doubtsOf = (shell: TestTerminals): readonly string[] =>
  shell.events.flatMap((event) =>
    event.type === "integration-lost" ? [event.cause] : event.type === "nested-shell" ? [event.program] : [],
  );

const doubted = async (shell: TestTerminals): Promise<readonly string[]> => {
  for (const deadline = performance.now() + 30_000; doubtsOf(shell).length === 0; await sleep(20))
    assert.ok(performance.now() < deadline, "nothing was flagged");
  return doubtsOf(shell);
};

test("integration switched off: lines are entered, and nobody reports them", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "PS0=; PS2='> '; set +o history");
  viewer.input("unset PROMPT_COMMAND PS0\n:\n:\n");
  assert.match((await doubted(shell))[0] ?? "", /^[23] lines were entered, and the shell reported none of them$/);
});

test("another shell in the shell's place is flagged by name", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  viewer.input("exec sh\n");
  assert.deepEqual(await doubted(shell), ["sh runs in the place of bash"]);
});

test("a command that is typed line by line, slowly, is no doubt", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  viewer.input("cat > /dev/null <<END\n");
  for (let line = 0; line < 4; line++) {
    await sleep(1200);
    viewer.input("more\n");
  }
  await sleep(1200);
  await shell.type(viewer, "END");
  assert.deepEqual(doubtsOf(shell), []);
});
