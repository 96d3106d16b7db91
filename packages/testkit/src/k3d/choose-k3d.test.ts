import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chooseK3d, testedK3s } from "./choose-k3d.ts";
import { createRecordingK3d } from "./recording-k3d.ts";

/** Shell scripts under their names, and nothing else on the PATH. */
const withPrograms = (programs: Readonly<Record<string, string>>, look: (folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-choose-k3d-"));
  try {
    for (const [name, script] of Object.entries(programs))
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    look(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const version5 = 'case "$1" in version) echo "k3d version v5.8.3"; echo "k3s version v1.31.5-k3s1 (default)";; esac';
const hasTheImage = `[ "$1 $2 $3" = "image inspect ${testedK3s.image}" ]`;
const canPullIt = `[ "$1 $2 $3" = "pull --quiet ${testedK3s.image}" ]`;

test("tests take the k3d on PATH when it can make a cluster, and else say why they stand in for it", () => {
  const cases: readonly [Readonly<Record<string, string>>, string][] = [
    [{}, "stand-in for k3d (no k3d on PATH)"],
    [{ k3d: version5, docker: hasTheImage }, "k3d 5.8.3"],
    [{ k3d: version5, docker: canPullIt }, "k3d 5.8.3"],
    [{ k3d: version5, docker: "exit 1" }, `stand-in for k3d (${testedK3s.image} cannot be had)`],
    [{ k3d: version5 }, `stand-in for k3d (${testedK3s.image} cannot be had)`],
    [
      { k3d: `${version5}\n[ "$1" = version ]`, docker: hasTheImage },
      "stand-in for k3d (k3d on PATH reaches no engine)",
    ],
    [{ k3d: 'echo "k3d version v4.4.8"' }, "stand-in for k3d (k3d on PATH is no version 5 but 4.4.8)"],
    [{ k3d: "exit 1" }, "stand-in for k3d (k3d on PATH is no version 5)"],
  ];
  for (const [programs, title] of cases)
    withPrograms(programs, (folder) => {
      const program = title.startsWith("k3d") ? join(folder, "k3d") : undefined;
      assert.deepEqual(chooseK3d({ PATH: folder }), { program, title });
    });
});

test("the real one gets every word as it was given, and is recorded like the stand-in", () => {
  withPrograms({ k3d: `${version5}\n[ "$1" = version ] || echo "real: $*"`, docker: hasTheImage }, (folder) => {
    const mine = mkdtempSync(join(folder, "recording-"));
    const k3d = createRecordingK3d(mine, { PATH: folder });
    assert.deepEqual([k3d.isReal, k3d.title, k3d.calls()], [true, "k3d 5.8.3", []]);
    const argv = ["cluster", "create", "a b", "--k3s-arg", "--tls-san=x@server:0"];
    // The scripts need a shell's own programs no more than the real one does.
    const said = execFileSync(join(mine, "k3d"), argv, { env: { ...k3d.env }, encoding: "utf8" });
    assert.equal(said, "real: cluster create a b --k3s-arg --tls-san=x@server:0\n");
    assert.deepEqual(k3d.calls(), [argv]);
    k3d.forget();
    assert.deepEqual(k3d.calls(), []);
  });
});
