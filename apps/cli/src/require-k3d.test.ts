import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("./main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "atelier-no-k3d-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "w/steps/one"), { recursive: true });
writeFileSync(
  join(folder, "w/workshop.yaml"),
  'version: v1\nworkshop: { name: w, version: "1", title: W }\nbase: { image: "debian:12" }\ninfrastructure: { cluster: { version: "1.31.4" } }\nsteps: [one]\n',
);
writeFileSync(join(folder, "w/steps/one/step.yaml"), "title: One\n");
writeFileSync(join(folder, "w/steps/one/content.md"), "# One\n");

/** On a machine without k3d, and without an engine: whoever got that far would fail for another reason. */
const run = (...args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], {
      env: {
        PATH: folder,
        HOME: folder,
        ATELIER_STATE_DIR: join(folder, "state"),
        DOCKER_HOST: `unix://${join(folder, "none.sock")}`,
      },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (data) => (text += data));
    child.once("close", (code) => resolve({ code, text }));
  });

test("run says before anything else that k3d is missing, and what to do", async () => {
  const { code, text } = await run("run", join(folder, "w"));
  assert.equal(code, 1, text);
  assert.match(text, /there is no k3d on this machine's PATH/);
  assert.match(text, /Install k3d 5 \(https:\/\/k3d\.io\)/);
});
