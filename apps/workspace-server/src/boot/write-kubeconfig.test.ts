import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeKubeconfig } from "./write-kubeconfig.ts";

test("the student alone can read it, it is told by a variable, and none is none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-kube-"));
  const path = join(folder, "deep/config");
  const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  assert.deepEqual(await writeKubeconfig("", self, path), {});
  assert.deepEqual(await writeKubeconfig("a: 1\n", self, path), { KUBECONFIG: path });
  assert.deepEqual(await writeKubeconfig("a: 2\n", self, path), { KUBECONFIG: path });
  assert.equal(readFileSync(path, "utf8"), "a: 2\n");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  rmSync(folder, { recursive: true });
});
