import assert from "node:assert/strict";
import { test } from "node:test";
import { missingCommands } from "./missing-commands.ts";

const terminal = { name: "1", state: "ready", shell: "/bin/dash", viewers: 1 } as const;

test("whoever watches a shell that says little is told why its commands are not listed", () => {
  assert.match(missingCommands({ ...terminal, commandLog: "none" }) ?? "", /^dash does not say what it runs/);
  assert.match(missingCommands({ ...terminal, shell: "/bin/bash", commandLog: "basic" }) ?? "", /^This bash is old/);
  for (const quiet of [terminal, { ...terminal, commandLog: "full" } as const])
    assert.equal(missingCommands(quiet), undefined);
});
