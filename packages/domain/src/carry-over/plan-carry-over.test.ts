import assert from "node:assert/strict";
import { test } from "node:test";
import type { Manifest, ManifestEntry } from "./manifest.ts";
import { planCarryOver } from "./plan-carry-over.ts";

/** `name: content`; `/` stands for a folder, `-> x` for a link. */
const tree = (entries: Record<string, string>): Manifest =>
  new Map(
    Object.entries(entries).map(([path, text]): [string, ManifestEntry] => {
      if (text === "/") return [`/h/${path}`, { kind: "folder", mode: 0o755 }];
      if (text.startsWith("-> ")) return [`/h/${path}`, { kind: "link", target: text.slice(3) }];
      return [`/h/${path}`, { kind: "file", mode: 0o644, size: text.length, digest: text }];
    }),
  );
const plan = (base: Record<string, string>, mine: Record<string, string>, target: Record<string, string>) =>
  planCarryOver({ base: tree(base), mine: tree(mine), target: tree(target), keep: ["/h/site"] });
const nothing = { apply: [], remove: [], conflicts: [] };

test("what the student did not touch is the image's", () => {
  assert.deepEqual(plan({ a: "1" }, { a: "1" }, { a: "2", b: "new" }), nothing);
});

test("an edited dotfile the step left alone keeps the student's version", () => {
  assert.deepEqual(plan({ ".bashrc": "1" }, { ".bashrc": "mine" }, { ".bashrc": "1", b: "x" }), {
    ...nothing,
    apply: ["/h/.bashrc"],
  });
});

test("a file the student deleted stays deleted", () => {
  assert.deepEqual(plan({ a: "1", b: "1" }, { b: "1" }, { a: "1", b: "1" }), { ...nothing, remove: ["/h/a"] });
});

test("a file only the student created comes along, with its folder first", () => {
  assert.deepEqual(plan({}, { d: "/", "d/x": "1" }, {}), { ...nothing, apply: ["/h/d", "/h/d/x"] });
});

test("a file both changed is the image's and is listed", () => {
  assert.deepEqual(plan({ a: "1" }, { a: "mine" }, { a: "2" }), {
    ...nothing,
    conflicts: [{ unit: "/h/a", paths: ["/h/a"], mine: "changed" }],
  });
});

test("a step that deletes a file the student edited wins, and the edit is offered", () => {
  assert.deepEqual(plan({ a: "1" }, { a: "mine" }, {}), {
    ...nothing,
    conflicts: [{ unit: "/h/a", paths: ["/h/a"], mine: "changed" }],
  });
});

test("two sides that agree do not conflict", () => {
  assert.deepEqual(plan({ a: "1" }, { a: "2" }, { a: "2" }), nothing);
  assert.deepEqual(plan({ a: "1" }, {}, {}), nothing);
});

test("a repository in mid-merge is one unit: never mixed", () => {
  const base = { r: "/", "r/.git": "/", "r/.git/HEAD": "main", "r/a": "1" };
  const mine = { ...base, "r/.git/MERGE_HEAD": "abc", "r/a": "<<<" };
  assert.deepEqual(plan(base, mine, base), { ...nothing, apply: ["/h/r/.git/MERGE_HEAD", "/h/r/a"] });
  assert.deepEqual(plan(base, mine, { ...base, "r/.git/HEAD": "next" }), {
    ...nothing,
    conflicts: [{ unit: "/h/r", paths: ["/h/r/.git/MERGE_HEAD", "/h/r/a"], mine: "changed" }],
  });
});

test("a database travels with its write-ahead log", () => {
  const base = { "x.db": "1" };
  const mine = { "x.db": "1", "x.db-wal": "log" };
  assert.deepEqual(plan(base, mine, { "x.db": "2" }).conflicts, [
    { unit: "/h/x.db", paths: ["/h/x.db-wal"], mine: "created" },
  ]);
});

test("a folder named in keep is one unit", () => {
  const base = { site: "/", "site/a": "1", "site/b": "1" };
  assert.deepEqual(plan(base, { ...base, "site/a": "mine" }, { ...base, "site/b": "2" }).conflicts, [
    { unit: "/h/site", paths: ["/h/site/a"], mine: "changed" },
  ]);
});

test("a deleted folder survives where the step put something new into it", () => {
  assert.deepEqual(plan({ d: "/", "d/a": "1" }, {}, { d: "/", "d/a": "1", "d/new": "2" }), {
    ...nothing,
    remove: ["/h/d/a"],
  });
});

test("a link that replaced a file is a change like any other", () => {
  assert.deepEqual(plan({ a: "1" }, { a: "-> b" }, { a: "1" }), { ...nothing, apply: ["/h/a"] });
});
