import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createAtelierCli } from "@atelier/testkit";

const page = fileURLToPath(new URL("../../docs/manual/first-workshop.md", import.meta.url));
const cli = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

interface Block {
  readonly commands: string;
  /** Lines that its output has to hold. */
  readonly expected: readonly string[];
}

/** `bash tutorial` blocks, each with the `console` block that follows it, if one does. */
const blocksOf = (markdown: string): readonly Block[] => {
  const blocks: { commands: string; expected: string[] }[] = [];
  for (const [, info, body = ""] of markdown.matchAll(/^```(bash tutorial|console)\n([\s\S]*?)^```$/gm)) {
    if (info === "console") blocks.at(-1)?.expected.push(...body.trim().split("\n"));
    else blocks.push({ commands: body, expected: [] });
  }
  return blocks;
};

test("the tutorial's commands do what it says", async () => {
  await using atelier = await createAtelierCli();
  const bin = join(atelier.folder, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "atelier"), `#!/bin/sh\nexec ${process.execPath} ${cli} "$@"\n`);
  await chmod(join(bin, "atelier"), 0o755);
  const blocks = blocksOf(await readFile(page, "utf8"));
  assert.ok(blocks.length >= 10);
  // One shell for all of them, as a reader would have; a line between the blocks tells their output apart.
  const script = blocks.map(({ commands }, index) => `${commands}\necho "--- ${index}"`).join("\n");
  const shell = spawn("bash", ["-ec", script], {
    cwd: atelier.folder,
    env: {
      ...process.env,
      NO_COLOR: "1",
      PATH: `${bin}:${process.env["PATH"]}`,
      ATELIER_STATE_DIR: atelier.stateDirectory,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr])
    stream.on("data", (data: Buffer) => {
      output += data.toString("utf8");
    });
  const code = await new Promise((resolve) => shell.once("close", resolve));
  assert.equal(code, 0, output);
  const parts = output.split(/^--- \d+$/m);
  blocks.forEach(({ commands, expected }, index) => {
    for (const line of expected)
      assert.ok(parts[index]?.includes(line), `"${line}" after\n${commands}\nin\n${parts[index]}`);
  });
});
