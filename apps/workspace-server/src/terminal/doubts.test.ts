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
  assert.match((await doubted(shell))[0] ?? "", /^[23] lines were entered while the shell itself runs a command/);
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

test("who replays the nonce with a number that is no exit code gets a command without one, and every shell lives", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  const said = ["S;x", "E;99999999999999999999;/", "S;y", "E;256;/"];
  viewer.input(
    `builtin printf '${said.map((text) => `\\e]7717;%s;${text}\\a`).join("")}' ${said.map(() => '"$__atelier_nonce"').join(" ")}\n`,
  );
  await shell.logged(4);
  await shell.type(viewer, "(exit 255)");
  assert.deepEqual(
    (await shell.commands()).slice(2).map(({ command, exitCode }) => [command, exitCode]),
    [
      ["x", undefined],
      ["y", undefined],
      ["(exit 255)", 255],
    ],
  );
});

test("a report with the shell's nonce that breaks off is told, and stands nowhere", async () => {
  await using shell = await openTestTerminals({ secrets: ["hunter22"] });
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  viewer.input(`builtin printf 'shown\\e]7717;%s;S;half a report' "$__atelier_nonce"; sleep 3; exit\n`);
  assert.match((await doubted(shell))[0] ?? "", /^a report of the shell broke off/);
  await shell.logged(2);
  assert.doesNotMatch(viewer.text, /7717;[0-9a-f]|\nshownhalf/);
});
