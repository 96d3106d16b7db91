import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { packCli, runTutorial } from "./run-tutorial.ts";

/** The PATH of a machine that has nothing of this checkout: npm scripts put our own Node in front. */
const machinePath = (process.env.PATH ?? "")
  .split(":")
  .filter((folder) => !folder.includes("node_modules"))
  .join(":");

test("installed with `npm i -g` into an empty prefix, on the machine's own Node, the CLI does the tutorial", async (t) => {
  await using packed = await packCli();
  const prefix = join(packed.folder, "prefix");
  const env = { ...process.env, PATH: machinePath };
  const node = execFileSync("node", ["--version"], { env, encoding: "utf8" }).trim();
  t.diagnostic(`the machine's Node: ${node}`);
  execFileSync("npm", ["install", "--global", "--prefix", prefix, "--no-audit", "--no-fund", packed.file], {
    env,
    stdio: "pipe",
  });
  const installed = { ...env, PATH: `${join(prefix, "bin")}:${machinePath}` };
  assert.match(execFileSync("atelier", ["version"], { env: installed, encoding: "utf8" }), /^atelier \d+\.\d+\.\d+/);
  await runTutorial(installed);
});
