import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleWorkspace } from "../../testing/sample-workspace.ts";
import { staysInPlace } from "./stays-in-place.ts";

test("what leaves the container alone is not announced as a loss", () => {
  const workspace = sampleWorkspace();
  const keeping = sampleWorkspace({ workshop: { ...workspace.workshop, next: "keep" } });
  const cases = [
    // The first step begins on the image `start`, each other one on the image of the step before.
    [{ kind: "goto", step: "look-around" }, workspace, "start", true],
    [{ kind: "goto", step: "look-around" }, workspace, "look-around", false],
    [{ kind: "goto", step: "files" }, workspace, "look-around", true],
    [{ kind: "goto", step: "files" }, workspace, "start", false],
    // After `solve` the student already stands where `next` leads.
    [{ kind: "next", step: "files" }, workspace, "files", true],
    [{ kind: "next", step: "files" }, workspace, "look-around", false],
    [{ kind: "next", step: "files" }, keeping, "start", true],
    // A reset always begins anew, also on the image that runs.
    [{ kind: "reset", step: "files" }, workspace, "look-around", false],
    [{ kind: "solve", step: "files" }, workspace, "files", false],
    [{ kind: "undo" }, workspace, "start", false],
  ] as const;
  assert.deepEqual(
    cases.map(([asked, view, image]) => staysInPlace(asked, view, image)),
    cases.map(([, , , stays]) => stays),
  );
});
