import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, test } from "node:test";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { runStartCommands, type StartCommand } from "./run-start-commands.ts";

const folder = mkdtempSync(join(tmpdir(), "atelier-start-"));
after(() => rmSync(folder, { recursive: true }));

const failureOf = (command: Omit<StartCommand, "user" | "timeoutSeconds">, logFolder = join(folder, "on-start")) =>
  runStartCommands({
    commands: [{ user: "student", timeoutSeconds: 30, ...command }],
    student: { name: "student", uid: 1000, gid: 1000, groups: [], home: folder },
    workdir: folder,
    shell: "/bin/sh",
    env: { PATH: process.env["PATH"] ?? "", KEY: "hunter22" },
    logFolder,
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

test("the log of a service has no secret, and ends at a mebibyte with a line that says so", async () => {
  const done = join(folder, "said");
  const run = `echo "the key is $KEY"; head -c 3000000 /dev/zero | tr "\\0" x; touch ${done}; sleep 1`;
  assert.equal(await failureOf({ run, background: true, ready: { file: done } }), undefined);
  const log = (): string => readFileSync(join(folder, "on-start/on-start-1.log"), "utf8");
  for (let tries = 0; !log().endsWith("1 MiB.]\n"); tries++) {
    assert.ok(tries < 1000, `it is ${log().length} bytes long`);
    await sleep(10);
  }
  assert.match(log().slice(0, 40), /^the key is \[redacted\]\nx+$/);
  assert.ok(log().length < 1024 ** 2 + 100, `it is ${log().length} bytes long`);
});

test("where no log can be kept, as on a full disk, commands are run without one", async () => {
  const done = join(folder, "ran");
  const nowhere = join("/proc/self/cmdline", "on-start");
  const run = `echo said; touch ${done}; sleep 1`;
  assert.equal(await failureOf({ run, background: true, ready: { file: done } }, nowhere), undefined);
  assert.equal(await failureOf({ run: "true", background: false }, nowhere), undefined);
});
