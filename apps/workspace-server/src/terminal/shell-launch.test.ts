import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { planShellLaunch } from "./shell-launch.ts";

const identity = { name: "student", uid: 1000, gid: 1000, groups: [], home: "/home/student" };

for (const shell of ["/bin/bash", "/bin/zsh", "/usr/bin/fish"])
  test(`${shell} starts without integration, and says why, where its start-up file cannot be written`, () => {
    const launch = planShellLaunch({
      shell,
      identity,
      env: { PATH: "/bin" },
      nonce: "nonce",
      integrationFolder: fileURLToPath(new URL("../../shell-integration", import.meta.url)),
      terminfo: "/usr/share/terminfo",
      // Below a file there are no folders; a full disk says no as well.
      scratch: fileURLToPath(import.meta.url),
      sessionId: "session",
      asIdentity: (_identity, argv) => argv,
    });
    assert.deepEqual([launch.argv, launch.integration, launch.isReportingLines], [[shell, "-i"], "none", false]);
    assert.equal(launch.env["ZDOTDIR"], undefined);
    assert.match(launch.failure ?? "", /^(ENOTDIR|EEXIST): /);
  });
