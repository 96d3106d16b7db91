import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAtelierCli } from "@atelier/testkit";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = join(root, "docs/manual/first-workshop.md");

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

/** The CLI as `npm run package` makes it: one file, in a folder that goes with it. */
export const packCli = async (): Promise<{ readonly folder: string; readonly file: string } & AsyncDisposable> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-packed-"));
  const packed = execFileSync(process.execPath, [join(root, "scripts/package.ts"), folder], { encoding: "utf8" });
  return { folder, file: packed.trim(), [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
};

/** Types the tutorial's commands into one shell and holds each block's output against the page. */
export const runTutorial = async (env: Readonly<Record<string, string | undefined>>): Promise<void> => {
  await using atelier = await createAtelierCli();
  const blocks = blocksOf(await readFile(page, "utf8"));
  assert.ok(blocks.length >= 10);
  // One shell for all of them, as a reader would have; a line between the blocks tells their output apart.
  const script = blocks.map(({ commands }, index) => `${commands}\necho "--- ${index}"`).join("\n");
  const shell = spawn("bash", ["-ec", script], {
    cwd: atelier.folder,
    env: { ...env, NO_COLOR: "1", ATELIER_STATE_DIR: atelier.stateDirectory },
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
};
