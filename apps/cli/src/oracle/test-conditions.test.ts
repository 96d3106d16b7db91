import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Context } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { testConditions } from "./test-conditions.ts";
import { freshOrder } from "./with-fresh-workspace.ts";

const cli = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "atelier-conditions-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "w/steps/one"), { recursive: true });
writeFileSync(
  join(folder, "w/workshop.yaml"),
  `version: v1
workshop:
  name: w
  version: "1"
  title: W
  sudo: true
  parameters:
    - { name: CITY, required: true }
    - { name: TOKEN, required: true, secret: true }
base: { image: "debian:12" }
steps: [one]
`,
);
writeFileSync(
  join(folder, "w/steps/one/step.yaml"),
  "title: One\ncommands:\n  - { run: cat /run/secrets/npm, secrets: [npm] }\n",
);
writeFileSync(join(folder, "w/steps/one/content.md"), "# One\n");
writeFileSync(join(folder, "token.txt"), "the-token\n");
writeFileSync(
  join(folder, "class.yaml"),
  "apiVersion: atelier.dev/v1alpha1\nkind: WorkspaceTemplate\nmetadata: { name: class }\nspec:\n  parameters: { CITY: Bonn }\n  timezone: Europe/Berlin\n",
);

const context = {
  env: { XDG_CONFIG_HOME: join(folder, "none") },
  cwd: folder,
  path: (text: string) => join(folder, text),
  reporter: { isInteractive: false, warn: () => {} },
  newId: () => "0123456789abcdef",
  now: () => new Date(0),
} as unknown as Context;

test("what the oracle starts has the rights, values and secrets of what run starts", async () => {
  const { workshop } = await requireWorkshop(context, "w");
  const options = { template: "class.yaml", secret: ["TOKEN=token.txt", "npm=token.txt"] };
  const conditions = await testConditions(context, workshop, options);
  assert.deepEqual(Object.keys(conditions.buildSecrets), ["TOKEN", "npm"]);
  const record = { workshop: "w", version: "1", title: "W", steps: [] } as never;
  const { settings, secrets } = freshOrder(context, { record, digest: "d", image: "start", conditions }, 20_000);
  const { sudo, parameters, secrets: names, timezone } = settings;
  assert.deepEqual(
    { sudo, parameters, names, timezone, secrets },
    {
      sudo: true,
      parameters: { CITY: "Bonn" },
      names: ["TOKEN"],
      timezone: "Europe/Berlin",
      secrets: { TOKEN: "the-token" },
    },
  );
  const typed = await testConditions(context, workshop, { ...options, set: ["CITY=Berlin"] });
  assert.deepEqual(typed.parameters, { CITY: "Berlin" });
});

/** On a machine without an engine: whoever got that far would fail for another reason. */
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

for (const args of [
  ["test", join(folder, "w")],
  ["checks", "draft", "one", "-C", join(folder, "w")],
])
  test(`${args[0]} refuses what lacks a parameter before it builds or starts anything`, async () => {
    const { code, text } = await run(...args, "--set", "CITY=Berlin");
    assert.notEqual(code, 0);
    assert.match(text, /"TOKEN" is needed: --secret TOKEN=<file>/);
    assert.doesNotMatch(text, /CITY/);
  });
