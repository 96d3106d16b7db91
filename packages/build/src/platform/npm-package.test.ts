import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { filesIn } from "./npm-package.ts";

const tarball = async (): Promise<Buffer> => {
  const archive = pack();
  archive.entry({ name: "package/bin/tool", mode: 0o755 }, "tool");
  archive.entry({ name: "package/lib", type: "directory" });
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
};

test("a package's files are read with their modes, without the folder around them", async () => {
  assert.deepEqual(await filesIn(await tarball()), [{ path: "bin/tool", mode: 0o755, content: Buffer.from("tool") }]);
});

test("a tarball that breaks off, or is none, is an error of whoever reads it", async () => {
  const whole = await tarball();
  await assert.rejects(filesIn(whole.subarray(0, -20)), /unexpected end of file/);
  await assert.rejects(filesIn(Buffer.from("no archive at all")), /incorrect header check/);
});
