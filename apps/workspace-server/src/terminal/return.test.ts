import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import headless from "@xterm/headless";
import type { FakeSocket } from "../testing/fake-socket.ts";
import { openTestTerminals, type TestTerminals } from "../testing/open-test-terminals.ts";

const inFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-return-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
/** One container's life on the volume. */
const during = async (
  folder: string,
  body: (viewer: FakeSocket, shell: TestTerminals) => Promise<void>,
): Promise<void> => {
  await using shell = await openTestTerminals({ folder });
  await body(shell.attach(), shell);
};
/** What a browser makes of it. */
const seenBy = async (viewer: FakeSocket): Promise<InstanceType<typeof headless.Terminal>> => {
  const { cols = 80, rows = 24 } = viewer.sizes.at(-1) ?? {};
  const terminal = new headless.Terminal({ cols, rows, scrollback: 2000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write((viewer.snapshot ?? "") + viewer.text, resolve));
  return terminal;
};
const linesOf = ({ buffer: { active } }: InstanceType<typeof headless.Terminal>): readonly string[] =>
  Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "");
const anyRestart = /^── The shell was restarted at .* ──$/;

for (const [how, start] of [
  ["less", "less numbers"],
  [
    "one with every mode",
    "printf '\\033[?1049h\\033[?1000h\\033[?1006h\\033[?1004h\\033[?2004h\\033[?25l\\033[?1h\\033=\\033[4h\\033[?7l\\033[?6h\\033(0\\033[5;9r\\033[3g\\033[44m\\033[5 q'; cat numbers; sleep 100",
  ],
] as const)
  test(`a full-screen program that was open (${how}) is text above the line, and the shell has a terminal of its own`, () =>
    inFolder(async (folder) => {
      await during(folder, async (viewer, shell) => {
        await shell.type(viewer, "echo before-$((1+1)); seq -f number-%g 100 > numbers");
        viewer.input(`${start}\n`);
        await viewer.waitFor(/[nṇ└].*-(12|100)/s);
      });
      await during(folder, async (viewer) => {
        await viewer.waitFor(/restarted[\s\S]*[#$] $/);
        const terminal = await seenBy(viewer);
        const { buffer, modes } = terminal;
        assert.equal(buffer.active.type, "normal");
        assert.deepEqual(modes, await modesOfANewShell());
        const core = (terminal as unknown as { _core: { coreService: { isCursorHidden: boolean } } })._core;
        assert.equal(core.coreService.isCursorHidden, false);
        const lines = linesOf(terminal);
        const at = lines.findIndex((line) => anyRestart.test(line));
        assert.ok(lines.slice(0, at).includes("before-2"), lines.join("\n"));
        if (how === "less")
          assert.ok(lines.slice(lines.indexOf("before-2"), at).includes("number-12"), lines.join("\n"));
        assert.match(lines[at + 1] ?? "", /[#$] $/);
        assert.equal(buffer.active.baseY + buffer.active.cursorY, at + 1);
        terminal.dispose();
      });
    }));

const modesOfANewShell = async (): Promise<unknown> => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await viewer.waitFor(/[#$] $/);
  const terminal = await seenBy(viewer);
  return { ...terminal.modes };
};

/** All that a viewer is shown of a shell that has come to its prompt. */
const linesAfterReturn = async (folder: string, isDone = /[#$] $/): Promise<readonly string[]> => {
  let lines: readonly string[] = [];
  await during(folder, async (viewer) => {
    await viewer.waitFor(isDone);
    const terminal = await seenBy(viewer);
    lines = linesOf(terminal);
    terminal.dispose();
  });
  return lines;
};
const isOurs = (line: string): boolean => anyRestart.test(line);

test("what was there after the first restart is there after the third, below what was before it, each with its line", () =>
  inFolder(async (folder) => {
    await during(folder, (viewer, shell) => shell.type(viewer, "echo precious-$((40+2))"));
    await linesAfterReturn(folder);
    await during(folder, (viewer, shell) => shell.type(viewer, "echo second-$((1+1))"));
    const lines = await linesAfterReturn(folder);
    const shown = lines.flatMap((line) =>
      isOurs(line) ? ["line"] : /^(precious-42|second-2)$/.test(line) ? [line] : [],
    );
    assert.deepEqual(shown, ["precious-42", "line", "line", "second-2", "line"]);
  }));

test("a shell that was started anew in the same container has nothing above it, and takes nothing along", () =>
  inFolder(async (folder) => {
    await during(folder, (viewer, shell) => shell.type(viewer, "echo precious-$((40+2))"));
    await during(folder, async (viewer, shell) => {
      await viewer.waitFor(/precious-42[\s\S]*[#$] $/);
      viewer.seq = 0;
      viewer.forget();
      viewer.receive({ t: "restart", kill: true });
      await shell.type(viewer, "echo anew-$((1+1))");
      assert.doesNotMatch(viewer.text, /precious|restarted/);
    });
    const lines = await linesAfterReturn(folder);
    assert.deepEqual(
      lines.filter((line) => /^precious|^anew|──/.test(line)).map((line) => (isOurs(line) ? "line" : line)),
      ["anew-2", "line"],
    );
  }));

test("where there is nothing to read above, the line does not say that there is", () =>
  inFolder(async (folder) => {
    await during(folder, (viewer, shell) => shell.type(viewer, "true"));
    const noted = join(folder, "terminals.json");
    const { recording } = (JSON.parse(await readFile(noted, "utf8")) as { terminals: { recording: string }[] })
      .terminals[0] as { recording: string };
    const [header] = (await readFile(join(folder, recording), "utf8")).split("\n", 1);
    await writeFile(join(folder, recording), `${header}\n`);
    const [first = ""] = await linesAfterReturn(folder);
    assert.match(first, /^── The shell was restarted at [\d:]+ UTC\. ──$/);
  }));
