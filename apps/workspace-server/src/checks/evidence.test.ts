import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type CheckView, evidenceSchema, type StateEvent } from "@atelier/contract";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import { createDisputes } from "./evidence.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";

const folder = await mkdtemp(join(tmpdir(), "atelier-evidence-"));
after(() => rm(folder, { recursive: true }));
const runtime = join(folder, "runtime");
await mkdir(join(folder, "workshop/steps/one"), { recursive: true });
await writeFile(join(folder, "workshop/steps/one/goss.yaml"), "file:\n  /the-answer:\n    exists: true\n");
await writeFile(join(folder, "platform.json"), '{"versions":{"goss":"0.4.9"}}');

const check: CheckView = {
  step: "one",
  outcome: "failed",
  at: "2026-11-28T10:00:00.000Z",
  durationMs: 5,
  assertions: [{ id: "a", title: "x is there", status: "failed", expected: "true", found: "false" }],
};
const loaded = {
  folder: join(folder, "workshop"),
  workshop: { name: "basics", version: "1.0.0", title: "Basics", feedbackUrl: "https://author.example/issues" },
  steps: [{ id: "one", number: 1, title: "One" }],
  image: { step: "start", planDigest: "sha256:plan", platformContract: 1 },
} as unknown as LoadedWorkshop;

let clock = Date.parse("2026-11-28T12:00:00Z");
const open = (last: CheckView | undefined, events: object[] = []) =>
  createDisputes({
    loaded,
    runtimeFolder: runtime,
    events: { append: (event) => (events.push(event), event as StateEvent), subscribe: () => () => {} },
    lastCheck: () => last,
    recentCommands: () => [
      {
        v: 1,
        seq: 1,
        ts: check.at,
        type: "command",
        terminal: "1",
        command: "curl -H hunter22 x",
        cwd: "/home/student/hunter22",
        exitCode: 7,
        startedAt: check.at,
        durationMs: 3,
        verified: true,
        shell: "/bin/bash",
      },
    ],
    workingDirectory: () => "/home/student/hunter22/work",
    redact: knownSecrets(["hunter22"]).mask,
    imageDigest: "sha256:image",
    version: "0.1.0",
    manifestFile: join(folder, "platform.json"),
    now: () => new Date((clock += 1000)),
    newId: () => crypto.randomUUID(),
  });

test("the evidence holds what an author needs, no secret and not the answer; where to bring it is said", async () => {
  const events: object[] = [];
  const disputes = open(check, events);
  const view = await disputes.make("one", "It is there, my key is hunter22");
  const text = await disputes.read(view.id);
  assert.equal(view.bytes, Buffer.byteLength(text));
  assert.equal(view.feedbackUrl, "https://author.example/issues");
  assert.match(view.fileName, /^basics-one-20261128T120001000Z-[0-9a-f]{8}\.json$/);
  assert.doesNotMatch(text, /hunter22|the-answer/);
  const { machine, versions, checkDigest, ...evidence } = evidenceSchema.parse(JSON.parse(text));
  assert.deepEqual(evidence, {
    v: 1,
    kind: "atelier-check-evidence",
    id: view.id,
    at: "2026-11-28T12:00:01.000Z",
    workshop: { name: "basics", version: "1.0.0", title: "Basics" },
    step: { id: "one", number: 1, title: "One" },
    note: "It is there, my key is [redacted]",
    check,
    commands: [
      {
        command: "curl -H [redacted] x",
        cwd: "/home/student/[redacted]",
        exitCode: 7,
        startedAt: check.at,
        terminal: "1",
      },
    ],
    workingDirectory: "/home/student/[redacted]/work",
    image: { step: "start", planDigest: "sha256:plan", digest: "sha256:image", platformContract: 1 },
  });
  assert.match(checkDigest, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(versions, { server: "0.1.0", goss: "0.4.9", node: process.version });
  assert.ok(machine.kernel !== "" && machine.system !== "");
  assert.deepEqual(events, [
    { type: "check-disputed", step: "one", note: "It is there, my key is [redacted]", evidence: view.id },
  ]);
});

test("without a result there is nothing to dispute, and no id leads out of the folder", async () => {
  await assert.rejects(open(undefined).make("one", ""), { code: "not-checked" });
  await assert.rejects(open(check).make("two", ""), { code: "not-checked" });
  for (const id of ["", "no-such", "..", "../state-events", "%2e%2e", "a/b", "a\0"])
    await assert.rejects(open(check).read(id), { code: "not-found" }, id);
});

test("the newest fifty are kept", async () => {
  const disputes = open(check);
  const ids: string[] = [];
  for (let count = 0; count < 55; count++) ids.push((await disputes.make("one", "")).id);
  assert.equal((await readdir(join(runtime, "disputes"))).length, 50);
  await assert.rejects(disputes.read(ids[0] ?? ""), { code: "not-found" });
  await disputes.read(ids.at(-1) ?? "");
});
