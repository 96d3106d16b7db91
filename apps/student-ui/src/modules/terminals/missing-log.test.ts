import assert from "node:assert/strict";
import { test } from "node:test";
import { missingLog } from "./missing-log.ts";

const terminal = { name: "1", state: "ready", shell: "/bin/dash", viewers: 1 } as const;

test("a terminal whose shell says little says so by the shell's name; others say nothing", () => {
  assert.match(missingLog({ ...terminal, commandLog: "none" }) ?? "", /^dash does not say what it runs/);
  assert.match(missingLog({ ...terminal, shell: "/bin/bash", commandLog: "basic" }) ?? "", /^This bash is old/);
  for (const quiet of [undefined, terminal, { ...terminal, commandLog: "full" } as const])
    assert.equal(missingLog(quiet), undefined);
});
