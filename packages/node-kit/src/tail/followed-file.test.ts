import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FollowedFile } from "./followed-file.ts";

test("a writer that cuts two torn lines off within one look has truncated nothing", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-followed-"));
  try {
    const path = join(folder, "log.jsonl");
    writeFileSync(path, "whole\ntorn");
    await using file = (await FollowedFile.open(path, 1000)) ?? assert.fail("there is no file");
    const said = async (): Promise<readonly string[]> =>
      (await file.read()).map((event) => (event.kind === "line" ? event.text : event.kind));
    assert.deepEqual(await said(), ["whole"]);
    const cut = (): void => truncateSync(path, 6);
    const meanwhile = [cut, () => appendFileSync(path, "another"), cut, () => appendFileSync(path, "next\n")];
    await using other = await open(path);
    const handles = Object.getPrototypeOf(other) as FileHandle;
    const { read } = handles;
    context.mock.method(handles, "read", function (this: FileHandle, ...order: Parameters<FileHandle["read"]>) {
      meanwhile.shift()?.();
      return read.apply(this, order);
    });
    assert.deepEqual(await said(), ["next"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
