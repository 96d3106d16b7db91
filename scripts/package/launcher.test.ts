import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** Instead of the CLI: says who it is, and ends with 7. */
const standIn = `
const { pid, ppid, argv, execArgv, env } = process;
process.stdout.write(JSON.stringify({ pid, ppid, args: argv.slice(2), execArgv, app: env.ATELIER_APP_BUNDLE }));
process.exitCode = 7;
`;

/** An installation in a folder of its own, with or without the runtime that npm would put beside it. */
const install = ({ hasRuntime }: { readonly hasRuntime: boolean }): { readonly folder: string } & Disposable => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "atelier-launcher-")));
  const main = join(folder, "lib/apps/cli/bundle/main.mjs");
  const runtime = join(folder, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  for (const path of [main, join(folder, "bin/x"), runtime]) mkdirSync(dirname(path), { recursive: true });
  writeFileSync(main, standIn);
  if (hasRuntime) writeFileSync(runtime, `#!/bin/sh\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 });
  cpSync(fileURLToPath(new URL("launcher.mjs", import.meta.url)), join(folder, "bin/atelier.mjs"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
};

const run = (folder: string, flags: readonly string[] = []) => {
  const { pid, status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, join(folder, "bin/atelier.mjs"), "build", "--json"],
    { encoding: "utf8", env: { PATH: process.env.PATH } },
  );
  return { pid, status, stderr, said: stdout === "" ? undefined : (JSON.parse(stdout) as Record<string, unknown>) };
};

/** Has the process take itself for another version. */
const asNode = (folder: string, version: string): readonly string[] => {
  const file = join(folder, "version.cjs");
  writeFileSync(
    file,
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`,
  );
  return ["--require", file];
};

test("on a Node of Atelier's own line the launcher becomes the CLI", () => {
  using installed = install({ hasRuntime: true });
  const { pid, status, said } = run(installed.folder);
  assert.deepEqual(
    { status, pid: said?.pid, args: said?.args, app: said?.app },
    { status: 7, pid, args: ["build", "--json"], app: join(installed.folder, "app") },
  );
});

test("on another Node it hands over to the one that was installed with it, and ends as that does", () => {
  using installed = install({ hasRuntime: true });
  const { pid, status, said } = run(installed.folder, asNode(installed.folder, "20.9.0"));
  assert.deepEqual(
    { status, ppid: said?.ppid, args: said?.args, execArgv: said?.execArgv },
    {
      status: 7,
      ppid: pid,
      args: ["build", "--json"],
      execArgv: ["--min-semi-space-size=32", "--max-semi-space-size=64"],
    },
  );
});

test("without the installed one a newer Node does, and an older one says what to install", () => {
  using installed = install({ hasRuntime: false });
  assert.equal(run(installed.folder, asNode(installed.folder, "27.0.0")).status, 7);
  const { status, said, stderr } = run(installed.folder, asNode(installed.folder, "20.9.0"));
  assert.deepEqual({ status, said }, { status: 1, said: undefined });
  assert.match(stderr, /Node 20\.9\.0 is too old\.\n→ Install it again with optional dependencies/);
});
