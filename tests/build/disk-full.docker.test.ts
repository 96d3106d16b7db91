import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildersForTests, createAtelierCli } from "@atelier/testkit";

const cliFile = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

/** Runs the CLI where a folder is a disk of its own, of two megabytes; nobody else sees that disk. */
const onSmallDisk = (
  small: string,
  { args, env }: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly code: number | string | null | undefined; readonly said: string }> =>
  new Promise((resolve) => {
    execFile(
      "unshare",
      [
        ...["--user", "--map-root-user", "--mount", "sh", "-c"],
        'mount -t tmpfs -o size=2m none "$1" && shift && exec "$@"',
        ...["sh", small, process.execPath, cliFile, ...args],
      ],
      { env: { ...process.env, NO_COLOR: "1", ...env } },
      (error, stdout, stderr) => resolve({ code: error ? error.code : 0, said: stdout + stderr }),
    );
  });

for (const { builder, suite, env } of buildersForTests())
  test(`${suite}: a full disk is said with step and place, whether builds work there or images go there; the next build goes on`, async () => {
    await using atelier = await createAtelierCli(env);
    await atelier.write({
      "w/workshop.yaml": `version: v1\nworkshop:\n  name: disk-full-${builder}\n  version: "1"\n  title: Disk\nbase:\n  image: debian:12\nsteps: [one, two]\n`,
      "w/steps/one/step.yaml": `title: One\ncommands:\n  - run: echo ${Date.now()} > /srv/one\n`,
      "w/steps/one/content.md": "# One\n",
      "w/steps/two/step.yaml": "title: Two\nfiles:\n  - source: files/big\n    target: /srv/big\n    owner: root\n",
      "w/steps/two/content.md": "# Two\n",
      "w/steps/two/files/kept": "",
    });
    // What gzip cannot make small.
    const big = Buffer.from(Uint8Array.from({ length: 6_000_000 }, () => Math.random() * 256));
    await writeFile(join(atelier.folder, "w/steps/two/files/big"), big);
    const small = join(atelier.folder, "small");
    await mkdir(small);
    const workshop = join(atelier.folder, "w");
    const state = { ...env, ATELIER_STATE_DIR: atelier.stateDirectory };

    // The base image and the platform layer need far more room, and are made once per machine: before the disk is small.
    await atelier.succeed("build", workshop, "--builder", builder, "--only", "one");

    const torn = await onSmallDisk(small, {
      args: ["build", workshop, "--builder", builder],
      env: { ...state, TMPDIR: small },
    });
    assert.match(
      torn.said,
      /^error Step "two" \(steps\/two\/step\.yaml:3\): there is no room left in .*\/small\.\n→ .*build again/m,
    );
    assert.equal(torn.code, 1);

    const images = ["build", workshop, "--builder", builder, "--output", join(small, "images")];
    const again = await onSmallDisk(small, { args: images, env: state });
    assert.match(again.said, /✓ two built/, "the same build goes on where there is room");
    assert.doesNotMatch(again.said, /✓ one built/, "what was made before is kept");
    assert.match(again.said, /^error The images cannot be written: there is no room left in .*\/small\/images\.\n→ /m);
    assert.equal(again.code, 1);

    await atelier.succeed("build", workshop, "--builder", builder, "--output", "images");
  });
