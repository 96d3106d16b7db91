import assert from "node:assert/strict";
import { test } from "node:test";
import { missingLog } from "./missing-log.ts";

const terminal = { name: "1", state: "ready", shell: "/bin/dash", viewers: 1 } as const;
const words = { none: (shell: string) => `${shell} is silent`, basic: (shell: string) => `${shell} is old` };

test("a terminal whose shell says little says so by the shell's name; others say nothing", () => {
  assert.equal(missingLog({ ...terminal, commandLog: "none" }, words), "dash is silent");
  assert.equal(missingLog({ ...terminal, shell: "/bin/bash", commandLog: "basic" }, words), "bash is old");
  for (const quiet of [undefined, terminal, { ...terminal, commandLog: "full" } as const])
    assert.equal(missingLog(quiet, words), undefined);
});
