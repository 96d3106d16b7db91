import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleWorkspace } from "../../testing/sample-workspace.ts";
import { offeredPorts } from "./offered-ports.ts";

const workspace = {
  ...sampleWorkspace(),
  role: "student" as const,
  previewAddress: "http://p{port}.demo.localhost:7700/",
  openPorts: [80, 3000, 5000, 8000, 9000],
};
workspace.workshop = { ...workspace.workshop, tabs: [{ title: "Shop", port: 8000, path: "/" }] };

test("what listens is offered, but not the author's tabs, what was answered, or more than three", () => {
  assert.deepEqual(offeredPorts(workspace, [3000]), [80, 5000, 9000]);
  assert.deepEqual(offeredPorts(workspace, []), [80, 3000, 5000]);
});

test("nothing is offered without previews, to an instructor, or before the workspace is known", () => {
  const { previewAddress: _address, ...without } = workspace;
  for (const seen of [without, { ...workspace, role: "instructor" as const }, undefined, sampleWorkspace()])
    assert.deepEqual(offeredPorts(seen, []), []);
});
