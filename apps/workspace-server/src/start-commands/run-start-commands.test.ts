import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { runStartCommands, type StartCommand } from "./run-start-commands.ts";

const folder = mkdtempSync(join(tmpdir(), "atelier-start-"));
after(() => rmSync(folder, { recursive: true }));

const failureOf = (command: Omit<StartCommand, "user" | "timeoutSeconds">) =>
  runStartCommands({
    commands: [{ user: "student", timeoutSeconds: 30, ...command }],
    student: { name: "student", uid: 1000, gid: 1000, groups: [], home: folder },
    workdir: folder,
    shell: "/bin/sh",
    env: { PATH: process.env["PATH"] ?? "", KEY: "hunter22" },
    logFolder: join(folder, "on-start"),
    onProgress: () => {},
    secrets: knownSecrets(["hunter22"]),
    signal: AbortSignal.timeout(60_000),
    asIdentity: (_identity, argv) => argv,
  });

test("a command that fails tells no secret, neither in its first words nor at the cut", async () => {
  const failure = await failureOf({ run: 'echo "the key is $KEY"; exit 3', background: false });
  assert.match(failure?.cause ?? "", /exit code 3/);
  assert.equal(failure?.output, "the key is [redacted]\n");
  // 4,000 characters are kept of the end; without a mask the cut would leave a part of a key there.
  for (let more = 0; more < 8; more++) {
    const run = `printf %s "$KEY"; head -c ${3990 + more} /dev/zero | tr "\\0" x; exit 1`;
    const cut = await failureOf({ run, background: false });
    assert.match(cut?.output ?? "", /^(?:\[?redacted\]|[a-z]*\])?x+$/);
  }
});

test("a service that ends tells no secret, also when it says it in pieces", async () => {
  const failure = await failureOf({
    run: "printf hunt; sleep 0.2; printf er22; printf hunt; exit 1",
    background: true,
    ready: { file: join(folder, "never") },
  });
  assert.match(failure?.cause ?? "", /exit code 1/);
  assert.match(failure?.output ?? "", /^\[redacted\](?:hunt)?$/);
});
