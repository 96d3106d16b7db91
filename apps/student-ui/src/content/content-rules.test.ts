import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedClasses } from "./allowed-classes.ts";
import { linkKind } from "./link-kind.ts";

test("only classes that describe content survive", () => {
  assert.equal(
    allowedClasses("language-bash hljs-keyword admonition warning"),
    "language-bash hljs-keyword admonition warning",
  );
  assert.equal(allowedClasses("button result xterm header visually-hidden"), "");
  assert.equal(allowedClasses("task-list-item  button"), "task-list-item");
});

test("links are told apart by where they lead", () => {
  const base = "http://quiet-otter.localhost:7000/";
  const kinds = [
    "#part",
    "/content/a.png",
    "https://example.org",
    "mailto:a@b.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://[",
    "//evil.example/x",
  ].map((href) => linkKind(href, base));
  assert.deepEqual(kinds, ["anchor", "inside", "outside", "outside", "none", "none", "none", "outside"]);
});
