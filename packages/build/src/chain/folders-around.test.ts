import assert from "node:assert/strict";
import { test } from "node:test";
import { foldersAround, type PathHeader } from "./folders-around.ts";

const folder = (mode: number, uid = 0): PathHeader => ({ type: "directory", mode, uid, gid: uid });
const link = (linkname: string): PathHeader => ({ type: "symlink", linkname });
const file: PathHeader = { type: "file" };

const around = async (targets: readonly string[], image: Readonly<Record<string, PathHeader>>) =>
  Object.fromEntries(
    (
      await foldersAround(
        targets,
        async (path) => image[path],
        (path) => ({ mode: 0o755, uid: path.startsWith("/home") ? 1000 : 0, gid: 0 }),
      )
    ).folders.map(({ name, mode, uid }) => [name, `${mode.toString(8)} ${uid}`]),
  );

test("folders that exist keep mode and owner, folders that do not get the new one's", async () => {
  const image = { "/home": folder(0o755), "/home/student": folder(0o750, 1000), "/tmp": folder(0o1777) };
  assert.deepEqual(await around(["/home/student/deep/er/file", "/tmp/x", "/srv/y", "/top"], image), {
    home: "755 0",
    "home/student": "750 1000",
    "home/student/deep": "755 1000",
    "home/student/deep/er": "755 1000",
    tmp: "1777 0",
    srv: "755 0",
  });
});

test("a link on the way is followed and never replaced by a folder", async () => {
  const image = { "/bin": link("usr/bin"), "/usr": folder(0o755), "/usr/bin": folder(0o755), "/lib": link("/usr/lib") };
  assert.deepEqual(await around(["/bin/tool", "/lib/new/x"], image), {
    usr: "755 0",
    "usr/bin": "755 0",
    "usr/lib": "755 0",
    "usr/lib/new": "755 0",
  });
  const { realPathOf } = await foldersAround(
    ["/bin/tool", "/lib/new/x", "/top"],
    async (path) => (image as Readonly<Record<string, PathHeader>>)[path],
    () => ({ mode: 0o755, uid: 0, gid: 0 }),
  );
  assert.deepEqual(["/bin/tool", "/lib/new/x", "/top"].map(realPathOf), ["/usr/bin/tool", "/usr/lib/new/x", "/top"]);
});

test("links in a circle and a file where a folder should be end the walk", async () => {
  assert.deepEqual(await around(["/a/x", "/b/x"], { "/a": link("b"), "/b": link("a") }), {});
  assert.deepEqual(await around(["/etc/passwd/x"], { "/etc": folder(0o755), "/etc/passwd": file }), { etc: "755 0" });
});
