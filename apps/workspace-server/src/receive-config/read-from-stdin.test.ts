import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { readConfigFromStdin } from "./read-from-stdin.ts";

const folder = await mkdtemp(join(tmpdir(), "atelier-stdin-"));
test.after(() => rm(folder, { recursive: true }));
const stdin = (...parts: string[]): Readable => Readable.from(parts.map((part) => Buffer.from(part)));

test("the first line fills the folder, root-only, in however many pieces it comes", async () => {
  const line = JSON.stringify({ "config.json": "{}", "student.token": "t", "secrets/db": "s" });
  assert.equal(await readConfigFromStdin(stdin(line.slice(0, 9), `${line.slice(9)}\nmore`), join(folder, "a")), true);
  assert.deepEqual(
    await Promise.all(
      ["config.json", "student.token", "secrets/db"].map((name) => readFile(join(folder, "a", name), "utf8")),
    ),
    ["{}", "t", "s"],
  );
  assert.equal((await stat(join(folder, "a/student.token"))).mode & 0o777, 0o600);
});

test("an order for a shell that waits no more is passed over, in a piece of its own or not", async () => {
  const line = JSON.stringify({ "config.json": "{}" });
  assert.equal(await readConfigFromStdin(stdin(`\n${line}\n`), join(folder, "c")), true);
  assert.equal(await readConfigFromStdin(stdin("\n", `${line}\n`), join(folder, "d")), true);
});

test("an end without a line is nobody's configuration; a climbing name is refused", async () => {
  assert.equal(await readConfigFromStdin(stdin(), join(folder, "b")), false);
  assert.equal(await readConfigFromStdin(stdin('{"config.json":'), join(folder, "b")), false);
  await assert.rejects(readConfigFromStdin(stdin('{"../x":"1"}\n'), join(folder, "b")));
});
