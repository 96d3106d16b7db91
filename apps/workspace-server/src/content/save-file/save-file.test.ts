import assert from "node:assert/strict";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runSaver } from "./run-saver.ts";
import { saveFile } from "./save-file.ts";

const folder = await mkdtemp(join(tmpdir(), "atelier-save-"));
after(() => rm(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const modeOf = async (name: string): Promise<string> => ((await stat(at(name))).mode & 0o777).toString(8);

test("a file is made with its folders, and its mode follows the rules", async () => {
  assert.deepEqual(await saveFile({ path: at("a/b/run"), text: "#!/bin/sh\n", replace: false }), {
    outcome: "created",
  });
  assert.equal(await modeOf("a/b/run"), "755");
  await saveFile({ path: at("plain"), text: "x", replace: false });
  assert.equal(await modeOf("plain"), "644");
  await saveFile({ path: at("secret"), text: "x", mode: 0o600, replace: false });
  assert.equal(await modeOf("secret"), "600");
  assert.deepEqual(await saveFile({ path: at("secret"), text: "x", mode: 0o640, replace: false }), { outcome: "same" });
  assert.equal(await modeOf("secret"), "640");
});

test("what is there already is replaced only when that is wanted", async () => {
  await writeFile(at("mine"), "my work");
  assert.deepEqual(await saveFile({ path: at("mine"), text: "theirs", replace: false }), { outcome: "differs" });
  assert.equal(await readFile(at("mine"), "utf8"), "my work");
  assert.deepEqual(await saveFile({ path: at("mine"), text: "theirs", replace: true }), { outcome: "replaced" });
  assert.equal(await readFile(at("mine"), "utf8"), "theirs");
});

test("a link is replaced, never followed", async () => {
  await writeFile(at("target"), "kept");
  await symlink(at("target"), at("link"));
  assert.deepEqual(await saveFile({ path: at("link"), text: "new", replace: true }), { outcome: "replaced" });
  assert.deepEqual([await readFile(at("target"), "utf8"), (await lstat(at("link"))).isFile()], ["kept", true]);
});

test("what cannot be written is told, and nothing is left behind", async () => {
  await mkdir(at("folder"));
  assert.deepEqual(await saveFile({ path: at("folder"), text: "x", replace: true }), {
    outcome: "failed",
    cause: `${at("folder")} is no file`,
  });
  await writeFile(at("file"), "");
  const answer = await saveFile({ path: at("file/below"), text: "x", replace: false });
  assert.equal(answer.outcome, "failed");
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes("atelier")),
    [],
  );
});

test("a process of its own writes it, and a process that fails is no silence", async () => {
  const identity = { name: "student", uid: 0, gid: 0, groups: [], home: folder };
  const options = { identity, asIdentity: (_identity: unknown, argv: readonly string[]) => argv };
  const saver = [process.execPath, fileURLToPath(new URL("main.ts", import.meta.url))];
  const order = { path: at("by-process"), text: "ä", replace: false };
  assert.deepEqual(await runSaver(order, { ...options, saver }), { outcome: "created" });
  assert.equal(await readFile(at("by-process"), "utf8"), "ä");
  await assert.rejects(runSaver(order, { ...options, saver: ["/bin/sh", "-c", "echo no >&2; exit 3"] }), /no/);
});
