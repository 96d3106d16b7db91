import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import type { Engine } from "@atelier/backend-docker";
import { isAppError } from "@atelier/domain";
import { rootIdentity } from "../chain/identity.ts";
import { runCommand } from "./run-command.ts";

test("a secret that cannot be put in place is an error with its name, and its command does not begin", async () => {
  const streams = new PassThrough();
  const engine = {
    attach: async () => streams,
    startContainer: async () => undefined,
    exec: async () => ({ exitCode: 1, stdout: "", stderr: "cat: write error: No space left on device\n" }),
    waitContainer: () => assert.fail("nobody waits for a command that did not begin"),
  } as unknown as Engine;
  await assert.rejects(
    runCommand({
      engine,
      container: "c",
      step: "two",
      command: { kind: "command", run: "true", user: "root", cwd: "/", secrets: ["token"], digest: "" },
      identity: rootIdentity,
      secrets: { token: Buffer.from("s") },
      proxies: {},
      trust: undefined,
      onLine: () => undefined,
      signal: AbortSignal.timeout(30_000),
    }),
    (error) =>
      isAppError(error) &&
      error.code === "secret-not-placed" &&
      /"two".*"token".*No space left/.test(error.message) &&
      streams.destroyed,
  );
  assert.equal(streams.read(), null, "it was not told to begin");
});
