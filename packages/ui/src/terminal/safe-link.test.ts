import assert from "node:assert/strict";
import { test } from "node:test";
import { safeLink } from "./safe-link.ts";

test("only plain web addresses may be opened", () => {
  assert.equal(safeLink("https://example.org/a?b#c"), "https://example.org/a?b#c");
  assert.equal(safeLink("http://localhost:8080"), "http://localhost:8080/");
  for (const hostile of [
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "vscode://x",
    "ssh://host",
    "http://good@evil.example/",
    "//evil.example",
    "",
    "\u0000",
  ])
    assert.equal(safeLink(hostile), undefined, hostile);
});
