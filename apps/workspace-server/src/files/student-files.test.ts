import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isAppError } from "@atelier/domain";
import { extract } from "tar-stream";
import { createFileService, type FileService } from "./student-file-service.ts";
import { createFileJail } from "./worker/file-jail.ts";

const worker = [process.execPath, fileURLToPath(new URL("./worker/main.ts", import.meta.url))];
const forever = new AbortController().signal;
let folder = "";
let home = "";
let files: FileService;
const serviceFor = (uid: number): FileService =>
  createFileService({
    identity: { name: "student", uid, gid: uid, groups: [], home },
    worker,
    roots: [home, join(folder, "site")],
    workdir: join(folder, "site"),
    asIdentity: (identity, argv) =>
      identity.uid === process.getuid?.()
        ? argv
        : [
            "setpriv",
            `--reuid=${identity.uid}`,
            `--regid=${identity.gid}`,
            "--clear-groups",
            "--inh-caps=-all",
            "--",
            ...argv,
          ],
  });

before(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "atelier-files-")));
  await chmod(folder, 0o755);
  home = join(folder, "home");
  await writeFile(join(folder, "outside.txt"), "not yours");
});
beforeEach(async () => {
  await rm(home, { recursive: true, force: true });
  await rm(join(folder, "site"), { recursive: true, force: true });
  await mkdir(home);
  await mkdir(join(folder, "site"));
  files = serviceFor(process.getuid?.() ?? 0);
});
after(() => rm(folder, { recursive: true, force: true }));

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "done";
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
};
const write = (path: string, content: string, demand: { etag?: string; fresh?: boolean } = {}) =>
  files.write(path, Readable.from([Buffer.from(content)]), { ...demand, signal: forever });
const read = async (path: string): Promise<string> => text((await files.read(path, { whole: false })).bytes);

describe("the student's files", () => {
  test("are listed with folders first, links by what they lead to", async () => {
    await mkdir(join(home, "z"));
    await writeFile(join(home, "a.txt"), "abc");
    await symlink("z", join(home, "to-folder"));
    await symlink(join(folder, "outside.txt"), join(home, "out"));
    await symlink("nowhere", join(home, "broken"));
    const { path, entries, truncated, roots } = await files.list("~");
    assert.deepEqual(
      entries.map(({ name, kind, link, size }) => [name, kind, link, size]),
      [
        ["to-folder", "folder", true, 0],
        ["z", "folder", false, 0],
        ["a.txt", "file", false, 3],
        ["broken", "other", true, 0],
        ["out", "other", true, 0],
      ],
    );
    assert.deepEqual([path, truncated, roots], [home, false, [home, join(folder, "site")]]);
    assert.equal((await files.list(undefined)).path, join(folder, "site"));
  });

  test("are written whole, with the mode they had, and only over the version that was read", async () => {
    const { etag, entry } = await write("~/run.sh", "one", { fresh: true });
    assert.deepEqual([entry.name, entry.kind, entry.size], ["run.sh", "file", 3]);
    await chmod(join(home, "run.sh"), 0o750);
    const opened = await files.read("~/run.sh", { whole: false });
    assert.equal(await text(opened.bytes), "one");
    const second = await write("~/run.sh", "two", { etag: opened.etag });
    assert.equal((await stat(join(home, "run.sh"))).mode & 0o777, 0o750);
    assert.equal(await codeOf(write("~/run.sh", "three", { etag })), "file-changed");
    await writeFile(join(home, "run.sh"), "from the terminal");
    assert.equal(await codeOf(write("~/run.sh", "four", { etag: second.etag })), "file-changed");
    assert.equal(await read("~/run.sh"), "from the terminal");
    assert.equal(await codeOf(write("~/run.sh", "five", { fresh: true })), "file-exists");
    await rm(join(home, "run.sh"));
    assert.equal(await codeOf(write("~/run.sh", "six", { etag: second.etag })), "file-changed");
    assert.deepEqual(await readdir(home), [], "nothing half written stays");
    await write("~/run.sh", "seven");
    assert.equal(await read("~/run.sh"), "seven");
  });

  test("stay what they are when they are links, and a file written through one is the one behind it", async () => {
    await writeFile(join(home, "real.txt"), "x");
    await symlink("real.txt", join(home, "link.txt"));
    await write("~/link.txt", "through");
    assert.ok((await lstat(join(home, "link.txt"))).isSymbolicLink());
    assert.equal(await readFile(join(home, "real.txt"), "utf8"), "through");
    await files.remove("~/link.txt");
    assert.equal(await readFile(join(home, "real.txt"), "utf8"), "through");
  });

  test("never lead out: climbing paths, links and links above are refused, whatever is asked", async () => {
    await symlink(folder, join(home, "up"));
    await symlink(join(folder, "outside.txt"), join(home, "out.txt"));
    await symlink("/etc", join(home, "etc"));
    const jail = await createFileJail([home, join(folder, "site")]);
    const paths = [
      "/etc/passwd",
      `${home}/../outside.txt`,
      `${home}/up/outside.txt`,
      `${home}//up/./outside.txt`,
      `${home}/out.txt`,
      `${home}/etc/passwd`,
      `${home}/etc/../etc/shadow`,
      `${home}/a/../../outside.txt`,
      "/proc/self/root/etc/passwd",
      `${folder}/homeless`,
      `${home}less/x`,
      "/",
      "",
      "relative",
      `${home}/a\0b`,
    ];
    for (const path of paths) {
      await assert.rejects(jail.existing(path), /leads out|not a path|ENOENT/, path);
      if (path !== `${home}/out.txt`)
        await assert.rejects(jail.place(`${path}/x`), /leads out|not a path|ENOENT|ENOTDIR/, path);
    }
    // The same through a worker, one of each kind.
    for (const work of [
      () => files.read("~/../outside.txt", { whole: true }),
      () => files.read("~/out.txt", { whole: true }),
      () => write("~/out.txt", "harm"),
      () => write("~/up/new.txt", "harm"),
      () => files.list("~/etc"),
      () => files.makeFolder("~/up/x"),
      () => files.rename("~/up/outside.txt", "~/mine"),
      () => files.archive("~/up"),
    ])
      assert.equal(await codeOf(work()), "file-outside");
    assert.equal(await readFile(join(folder, "outside.txt"), "utf8"), "not yours");
    assert.equal(await codeOf(files.remove("~/up/outside.txt")), "file-outside");
    assert.equal(await codeOf(files.remove("~")), "file-denied", "the home itself stays");
    assert.equal(await codeOf(files.rename("~", "~/x")), "file-denied");
  });

  test("that are no plain files neither hang nor harm", async () => {
    assert.equal(spawnSync("mkfifo", [join(home, "pipe")]).status, 0);
    await mkdir(join(home, "d"));
    assert.equal(await codeOf(files.read("~/pipe", { whole: true })), "file-not-regular");
    assert.equal(await codeOf(write("~/pipe", "x")), "file-not-regular");
    assert.equal(await codeOf(files.read("~/d", { whole: true })), "file-not-regular");
    assert.equal(await codeOf(write("~/d", "x")), "file-not-regular");
    assert.equal(await codeOf(files.read("~/none", { whole: true })), "file-not-found");
    // A folder with a pipe in it is packed without waiting for it.
    assert.ok((await buffer(await files.archive("~"))).length > 0);
  });

  test("that are huge are not opened but can be fetched, byte for byte", async () => {
    const size = 3 * 1024 * 1024 + 7;
    await writeFile(join(home, "big"), Buffer.alloc(size, 65));
    assert.equal(await codeOf(files.read("~/big", { whole: false })), "file-too-big");
    const opened = await files.read("~/big", { whole: true });
    assert.deepEqual([opened.size, (await buffer(opened.bytes)).length], [size, size]);
    // Somebody who stops reading leaves no process behind that waits.
    const left = await files.read("~/big", { whole: true });
    left.bytes.destroy();
    assert.equal(
      await read("~/../home/big").catch((error: unknown) => isAppError(error) && error.code),
      "file-too-big",
    );
  });

  test("are made, moved and removed, but never over something else", async () => {
    await files.makeFolder("~/a");
    assert.equal(await codeOf(files.makeFolder("~/a")), "file-exists");
    await write("~/a/one", "1");
    await write("~/two", "2");
    assert.equal(await codeOf(files.rename("~/two", "~/a/one")), "file-exists");
    assert.equal(await codeOf(files.rename("~/a", "~/a/b")), "file-denied");
    assert.equal((await files.rename("~/two", "~/a/two")).path, join(home, "a/two"));
    await files.remove("~/a");
    assert.deepEqual((await files.list("~")).entries, []);
  });

  test("come as an archive with links as links, without anything from outside", async () => {
    await mkdir(join(home, "d"));
    await writeFile(join(home, "d/x"), "content");
    await symlink(join(folder, "outside.txt"), join(home, "d/link"));
    const found: [string, string | undefined, string][] = [];
    for await (const entry of (await files.archive("~/d")).pipe(extract()))
      found.push([
        entry.header.name,
        entry.header.type ?? undefined,
        (await buffer(entry as unknown as Readable)).toString(),
      ]);
    assert.deepEqual(found, [
      ["d", "directory", ""],
      ["d/link", "symlink", ""],
      ["d/x", "file", "content"],
    ]);
  });

  test("are touched with the student's rights, never the server's", {
    skip: process.getuid?.() !== 0 && "needs root",
  }, async () => {
    const theirs = serviceFor(65534);
    await chmod(home, 0o755);
    await writeFile(join(home, "root-only"), "secret", { mode: 0o600 });
    assert.equal(await codeOf(theirs.read("~/root-only", { whole: true })), "file-denied");
    assert.equal(await codeOf(theirs.write("~/new", Readable.from(["x"]), { signal: forever })), "file-denied");
    assert.equal(await codeOf(theirs.remove("~/root-only")), "file-denied");
    await chmod(home, 0o777);
    await theirs.write("~/new", Readable.from(["x"]), { signal: forever });
    assert.equal((await stat(join(home, "new"))).uid, 65534);
  });

  test("that break off while they come in leave the old ones", async () => {
    await write("~/kept", "old");
    const stop = new AbortController();
    const slow = Readable.from(
      (async function* () {
        yield Buffer.from("half");
        stop.abort();
        yield Buffer.from("the rest");
        await new Promise(() => undefined);
      })(),
    );
    assert.equal(await codeOf(files.write("~/kept", slow, { signal: stop.signal })), "file-failed");
    slow.destroy();
    assert.equal(await readFile(join(home, "kept"), "utf8"), "old");
    assert.deepEqual(await readdir(home), ["kept"], "nothing half written stays");
  });
});
