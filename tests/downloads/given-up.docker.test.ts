import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { createAtelierCli, openWorkspace, type WorkspaceClient } from "@atelier/testkit";
import { containersOf } from "../transitions/swap-workshop.ts";

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();

/** Goes away after so many bytes; answers how many came. */
const giveUp = ({ origin, cookie }: WorkspaceClient, path: string, after: number): Promise<number> =>
  new Promise((resolve) => {
    const { host, port } = new URL(origin);
    let bytes = 0;
    const outgoing = request({ host: "127.0.0.1", port, path, headers: { Host: host, Cookie: cookie }, agent: false });
    outgoing.on("error", () => {}).once("close", () => resolve(bytes));
    outgoing.once("response", (answer) => {
      answer
        .on("error", () => {})
        .on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes >= after) outgoing.destroy();
        });
    });
    outgoing.end();
  });

test("downloads that are given up through the supervisor leave the shell, its server and the files as they were", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  const student = await openWorkspace((await atelier.succeed("run", "mine")).stdout.trim());
  const instructor = await openWorkspace((await atelier.succeed("instructor", "mine", "--print")).stdout.trim());
  using terminal = await student.terminal();
  const before = (await terminal.run("head -c 40000000 /dev/urandom > big.bin; echo shell $$")).match(/shell \d+/)?.[0];
  assert.ok(before);
  // Something to export that is larger than what is on its way at once.
  await terminal.run("head -c 9000000 /dev/urandom | base64", 60_000);
  for (const [client, path] of [
    [student, "/api/work/archive"],
    [student, "/api/files/archive?path=~"],
    [student, "/api/files/content?path=~/big.bin&download"],
    [instructor, "/api/instructor/export"],
  ] as const)
    for (const after of [1, 300_000, 2_000_000])
      assert.ok((await giveUp(client, path, after)) >= after, `${path} gave less than ${after} bytes`);
  const started = performance.now();
  assert.equal((await student.get("/api/files?path=~")).status, 200);
  assert.ok(performance.now() - started < 5000, "the list of files waits for nobody");
  assert.equal((await terminal.run("echo shell $$")).match(/shell \d+/)?.[0], before, "it is the same shell");
  const [container = ""] = containersOf(atelier);
  assert.doesNotMatch(docker("logs", container), /stream-unheard|crashed/);
  assert.doesNotMatch(docker("top", container), /file-worker/);
  assert.doesNotMatch(await readFile(join(atelier.stateDirectory, "supervisor.log"), "utf8"), /stream-unheard|crashed/);
});
