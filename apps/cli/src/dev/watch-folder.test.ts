import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { watchFolder } from "./watch-folder.ts";

test("changes are told, in new folders, by renames, of links and modes too; touching without changing is none; it ends with its signal", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-watch-"));
  const ending = new AbortController();
  const told: number[] = [];
  let edits = 0;
  const watching = (async () => {
    for await (const _ of watchFolder(folder, { signal: ending.signal, pollMs: 100 })) told.push(edits);
  })();
  const edit = async (work: () => Promise<unknown>): Promise<void> => {
    edits++;
    await work();
    for (let waited = 0; !told.includes(edits); waited += 20) {
      assert.ok(waited < 30_000, `edit ${edits} was not told`);
      await sleep(20);
    }
  };
  try {
    // It says when it watches; nothing that comes later is missed.
    for (let waited = 0; told.length === 0; waited += 20) {
      assert.ok(waited < 30_000, "it did not begin to watch");
      await sleep(20);
    }
    await edit(() => writeFile(join(folder, "a.md"), "1"));
    await edit(() => writeFile(join(folder, "a.md"), "2"));
    await edit(async () => {
      await mkdir(join(folder, "steps/one"), { recursive: true });
      await writeFile(join(folder, "steps/one/content.md"), "x");
    });
    await edit(async () => {
      await writeFile(join(folder, "a.md.swp"), "3");
      await rename(join(folder, "a.md.swp"), join(folder, "a.md"));
    });
    await edit(() => rm(join(folder, "steps"), { recursive: true }));
    await edit(() => symlink("a.md", join(folder, "link")));
    await edit(async () => {
      await rm(join(folder, "link"));
      await symlink("elsewhere", join(folder, "link"));
    });
    await edit(() => chmod(join(folder, "a.md"), 0o755));
    await edit(() => writeFile(join(folder, ".atelierignore"), "*.log\n"));
    const before = told.length;
    await writeFile(join(folder, "a.md"), "3");
    await writeFile(join(folder, "build.log"), "what is ignored");
    await sleep(400);
    assert.equal(told.length, before, "the same content is no change, and neither is what is ignored");
  } finally {
    ending.abort();
    await watching;
    await rm(folder, { recursive: true, force: true });
  }
});
