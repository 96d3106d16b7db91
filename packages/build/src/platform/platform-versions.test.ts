import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isAppError } from "@atelier/domain";
import { requireIntegrity } from "./npm-package.ts";
import { architectures, packageIntegrity, platformOf, platformVersions } from "./platform-versions.ts";

const lock = JSON.parse(readFileSync(new URL("../../../../package-lock.json", import.meta.url), "utf8")) as {
  packages: Record<string, { version: string; integrity?: string }>;
};

test("every part of every architecture is pinned, and nothing else", () => {
  const { node, nodePty } = platformVersions;
  const parts = Object.values(architectures).flatMap(({ npm }) => [
    `node-linux-${npm}@${node}`,
    `@lydell/node-pty-linux-${npm}@${nodePty}`,
  ]);
  assert.deepEqual(Object.keys(packageIntegrity).sort(), [...parts, `@lydell/node-pty@${nodePty}`].sort());
});

test("images get the versions that this repository is developed with", () => {
  assert.equal(lock.packages["node_modules/node"]?.version, platformVersions.node);
  for (const [spec, integrity] of Object.entries(packageIntegrity)) {
    const locked = lock.packages[`node_modules/${spec.slice(0, spec.lastIndexOf("@"))}`];
    if (locked) assert.equal(locked.integrity, integrity, spec);
  }
});

test("other bytes under a pinned name are refused", () => {
  assert.throws(
    () => requireIntegrity("@lydell/node-pty@1.1.0", Buffer.from("not it")),
    (error) => isAppError(error) && error.code === "platform-part-changed",
  );
});

test("engines name their architecture in two ways, and others are not supported", () => {
  assert.deepEqual(["x86_64", "amd64", "aarch64", "arm64", "s390x", "toString"].map(platformOf), [
    "linux/amd64",
    "linux/amd64",
    "linux/arm64",
    "linux/arm64",
    undefined,
    undefined,
  ]);
});
