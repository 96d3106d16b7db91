import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isAppError } from "@atelier/domain";
import { maxContentBytes, readSourceTree } from "./read-source-tree.ts";

const temporary = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-tree-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};
const sha = (data: string | Uint8Array): string => `sha256:${createHash("sha256").update(data).digest("hex")}`;
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

test("files, folders, links and pipes become entries, sorted, without .git and node_modules", async (t) => {
  const folder = await temporary(t);
  for (const name of ["steps/one", ".git", "node_modules/x", "steps/one/.git"])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, "workshop.yaml"), "version: v1\n");
  await writeFile(join(folder, "steps/one/run"), "#!/bin/sh\n");
  await chmod(join(folder, "steps/one/run"), 0o755);
  await writeFile(join(folder, ".git/config"), "x");
  await symlink("run", join(folder, "steps/one/inside"));
  await symlink("/etc/passwd", join(folder, "steps/one/outside"));
  await symlink("../../..", join(folder, "steps/one/up"));
  await symlink("nothing", join(folder, "steps/one/dangling"));
  await symlink("../../.git/config", join(folder, "steps/one/git"));
  await symlink("loop", join(folder, "loop"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const file = (text: string, executable: boolean) => ({
    kind: "file",
    size: text.length,
    executable,
    bytes: bytes(text),
    truncated: false,
    digest: sha(text),
  });
  assert.deepEqual(
    [...(await readSourceTree(folder)).entries],
    [
      ["loop", { kind: "link", target: "loop" }],
      ["pipe", { kind: "special" }],
      ["steps", { kind: "folder" }],
      ["steps/one", { kind: "folder" }],
      ["steps/one/dangling", { kind: "link", target: "nothing" }],
      ["steps/one/git", { kind: "link", target: "../../.git/config" }],
      ["steps/one/inside", { kind: "link", target: "run", resolved: "steps/one/run" }],
      ["steps/one/outside", { kind: "link", target: "/etc/passwd" }],
      ["steps/one/run", file("#!/bin/sh\n", true)],
      ["steps/one/up", { kind: "link", target: "../../.." }],
      ["workshop.yaml", file("version: v1\n", false)],
    ],
  );
});

test("a large file keeps its beginning and the digest of the whole", async (t) => {
  const folder = await temporary(t);
  const exact = new Uint8Array(maxContentBytes).fill(97);
  const over = new Uint8Array(maxContentBytes + 1).fill(98);
  await writeFile(join(folder, "exact"), exact);
  await writeFile(join(folder, "over"), over);
  const { entries } = await readSourceTree(folder);
  assert.deepEqual(entries.get("exact"), {
    kind: "file",
    size: exact.length,
    executable: false,
    bytes: exact,
    truncated: false,
    digest: sha(exact),
  });
  assert.deepEqual(entries.get("over"), {
    kind: "file",
    size: over.length,
    executable: false,
    bytes: over.subarray(0, 4096),
    truncated: true,
    digest: sha(over),
  });
});

test("a folder that is not there is an AppError with a hint", async (t) => {
  const folder = await temporary(t);
  await assert.rejects(
    readSourceTree(join(folder, "nope")),
    (cause) => isAppError(cause) && cause.code === "folder-not-found",
  );
  await writeFile(join(folder, "file"), "");
  await assert.rejects(
    readSourceTree(join(folder, "file")),
    (cause) => isAppError(cause) && cause.code === "folder-not-found",
  );
});

test("an aborted signal ends the reading", async (t) => {
  const folder = await temporary(t);
  await assert.rejects(readSourceTree(folder, { signal: AbortSignal.abort() }), { name: "AbortError" });
});
