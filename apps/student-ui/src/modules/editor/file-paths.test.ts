import assert from "node:assert/strict";
import { test } from "node:test";
import { absolutePath, folderOf, inFolder, isFileName, nameOf, shownPath } from "./file-paths.ts";

test("a path of a text becomes absolute, and is shown as students write it", () => {
  const where = { home: "/home/student", workdir: "/home/student/site" };
  assert.deepEqual(
    ["a.txt", "./b/../c", "~/notes/x", "~", "/etc//hosts", "../../../../.."].map((path) => absolutePath(path, where)),
    ["/home/student/site/a.txt", "/home/student/site/c", "/home/student/notes/x", "/home/student", "/etc/hosts", "/"],
  );
  assert.deepEqual(
    ["/home/student", "/home/student/a", "/home/students"].map((path) => shownPath(path, where.home)),
    ["~", "~/a", "/home/students"],
  );
});

test("names and folders", () => {
  assert.deepEqual([folderOf("/a/b"), folderOf("/a"), nameOf("/a/b"), inFolder("/", "x")], ["/a", "/", "b", "/x"]);
  assert.deepEqual(["a b", ".bashrc", "", ".", "..", "a/b", "ü".repeat(200)].map(isFileName), [
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
