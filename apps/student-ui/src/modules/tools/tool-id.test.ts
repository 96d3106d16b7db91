import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleWorkspace } from "../../testing/sample-workspace.ts";
import { allPreviews, previewOfLink, previewUrl, toolTabs } from "./tool-id.ts";

const pattern = "http://p{port}.quiet-otter.localhost:7700/";

test("a preview's address keeps its origin, whatever its path says", () => {
  assert.deepEqual(
    ["/", "a/b?c#d", "//evil.example/x", "http://evil.example/"].map((path) =>
      previewUrl(pattern, { port: 3000, path }),
    ),
    [
      "http://p3000.quiet-otter.localhost:7700/",
      "http://p3000.quiet-otter.localhost:7700/a/b?c#d",
      "http://p3000.quiet-otter.localhost:7700/evil.example/x",
      undefined,
    ],
  );
  assert.equal(previewUrl(undefined, { port: 3000, path: "/" }), undefined);
  assert.equal(previewUrl(pattern, { port: 70_000, path: "/" }), undefined);
});

test("a link to the machine's own loopback means a port of the workspace", () => {
  assert.deepEqual(
    [
      "http://localhost:3000/a?b",
      "http://0.0.0.0:8000",
      "http://127.0.0.1/",
      "https://localhost:3000/",
      "http://localhost.evil.example:3000/",
      "nonsense",
    ].map(previewOfLink),
    [{ port: 3000, path: "/a?b" }, { port: 8000, path: "/" }, { port: 80, path: "/" }, undefined, undefined, undefined],
  );
});

test("tabs: terminals first, then editor, previews, help, and what is the student's own", () => {
  const base = sampleWorkspace();
  const workspace = sampleWorkspace({
    previewAddress: pattern,
    workshop: { ...base.workshop, editor: true, tabs: [{ title: "App", port: 8000, path: "/" }] },
  });
  const previews = [
    { port: 8000, path: "/x", title: "8000" },
    { port: 3000, path: "/", title: "3000" },
  ];
  const terminals = [{ name: "1", state: "ready" as const, shell: "bash", viewers: 1 }];
  assert.deepEqual(
    toolTabs({ workspace, terminals, previews }).map(({ id }) => id),
    ["terminal:1", "editor", "preview:8000:App", "preview:3000:3000", "help", "recording", "work"],
  );
  assert.deepEqual(allPreviews({ workspace: base, previews }), []);
  assert.deepEqual(
    toolTabs({ workspace: { ...base, webTerminal: false }, terminals, previews: [] }).map(({ id }) => id),
    ["help", "recording", "work"],
  );
});
