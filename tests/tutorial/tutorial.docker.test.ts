import { execFileSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { packCli, runTutorial } from "./run-tutorial.ts";

test("the tutorial's commands do what it says, with the CLI as it is packed for others", async () => {
  await using packed = await packCli();
  execFileSync("tar", ["-xzf", packed.file, "-C", packed.folder]);
  const bin = join(packed.folder, "bin");
  await mkdir(bin);
  // Not installed by npm here (the soak test does that): this test's own Node stands for the one it brings.
  await writeFile(
    join(bin, "atelier"),
    `#!/bin/sh\nexec ${process.execPath} ${packed.folder}/package/bin/atelier.mjs "$@"\n`,
  );
  await chmod(join(bin, "atelier"), 0o755);
  await runTutorial({ ...process.env, PATH: `${bin}:${process.env.PATH}` });
});
