import assert from "node:assert/strict";
import { test } from "node:test";
import { noFiles, type OpenFilesAction, reduceFiles } from "./open-files.ts";

const play = (...actions: OpenFilesAction[]) => actions.reduce(reduceFiles, noFiles);

test("a file is loaded, edited, and saved; a conflict keeps the text until it is decided", () => {
  const path = "/home/student/a";
  const edited = play(
    { type: "open", path },
    { type: "loaded", path, etag: "1" },
    { type: "edited", path, dirty: true },
  );
  assert.deepEqual(edited, {
    files: [{ path, phase: "ready", etag: "1", dirty: true, conflict: false }],
    current: path,
  });
  const conflict = [{ type: "saving", path } as const, { type: "conflict", path } as const].reduce(reduceFiles, edited);
  assert.deepEqual(conflict.files[0], { path, phase: "ready", etag: "1", dirty: true, conflict: true });
  const saved = reduceFiles(conflict, { type: "saved", path, etag: "2", dirty: false });
  assert.deepEqual(saved.files[0], { path, phase: "ready", etag: "2", dirty: false, conflict: false });
});

test("closing goes to the neighbour; a folder that moves or goes takes its files along", () => {
  const three = play(
    { type: "open", path: "/h/a" },
    { type: "open", path: "/h/d/b" },
    { type: "open", path: "/h/d/c", line: 3 },
    { type: "choose", path: "/h/d/b" },
  );
  assert.equal(reduceFiles(three, { type: "close", path: "/h/d/b" }).current, "/h/d/c");
  const moved = reduceFiles(three, { type: "moved", from: "/h/d", to: "/h/e" });
  assert.deepEqual([moved.files.map(({ path }) => path), moved.current], [["/h/a", "/h/e/b", "/h/e/c"], "/h/e/b"]);
  const removed = reduceFiles(moved, { type: "removed", path: "/h/e" });
  assert.deepEqual(removed, {
    files: [{ path: "/h/a", phase: "loading", dirty: false, conflict: false }],
    current: "/h/a",
  });
  assert.deepEqual(reduceFiles(removed, { type: "removed", path: "/h/a" }), { files: [] });
});

test("a file that failed is tried again when it is opened again", () => {
  const problem = { code: "file-too-big", message: "too big", fields: [] };
  const failed = play({ type: "open", path: "/a" }, { type: "failed", path: "/a", problem });
  assert.equal(failed.files[0]?.phase, "failed");
  assert.deepEqual(reduceFiles(failed, { type: "open", path: "/a" }).files[0], {
    path: "/a",
    phase: "loading",
    dirty: false,
    conflict: false,
  });
});
