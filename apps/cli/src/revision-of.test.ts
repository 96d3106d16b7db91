import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { revisionOf } from "./revision-of.ts";

test("a workshop's revision is the last commit that changed it, whatever else its repository holds", async () => {
  const root = mkdtempSync(join(tmpdir(), "atelier-revision-"));
  try {
    const [lab, other] = [join(root, "lab"), join(root, "other")];
    for (const folder of [lab, other]) mkdirSync(folder);
    const git = (...args: string[]): string =>
      execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
        encoding: "utf8",
      }).trim();
    const commit = (folder: string, text: string): string => {
      writeFileSync(join(folder, "text"), text);
      git("add", "--all");
      git("commit", "--quiet", "--message", text);
      return git("rev-parse", "HEAD");
    };
    assert.equal(await revisionOf(lab), undefined);
    git("init", "--quiet");
    writeFileSync(join(lab, "text"), "never committed");
    assert.equal(await revisionOf(lab), undefined);
    const first = commit(lab, "one");
    commit(other, "elsewhere");
    assert.equal(await revisionOf(lab), first);
    writeFileSync(join(other, "text"), "changed");
    assert.equal(await revisionOf(lab), first);
    writeFileSync(join(lab, "text"), "changed");
    assert.equal(await revisionOf(lab), `${first}-dirty`);
  } finally {
    rmSync(root, { recursive: true });
  }
});
