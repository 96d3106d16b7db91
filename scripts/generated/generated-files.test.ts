import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultResources } from "@atelier/backend-docker";
import { capabilities, diagnosticCodes, parseBytes, templateKeys } from "@atelier/domain";
import { generatedFiles, outdatedFiles } from "./generated-files.ts";

const textOf = (path: string): string => generatedFiles().find((file) => file.path === path)?.text ?? "";

test("the reference on disk is what the code says", () => {
  assert.deepEqual(outdatedFiles(), []);
});

test("the manual lists exactly the codes, capabilities and keys there are", () => {
  const firstCells = (path: string, cell: number): readonly string[] =>
    [...textOf(path).matchAll(/^\| .*$/gm)]
      .map(([row]) => row.split(" | ")[cell]?.replace(/^\| /, "").replaceAll("`", "") ?? "")
      .slice(1);
  assert.deepEqual(firstCells("docs/reference/diagnostics.md", 0), Object.keys(diagnosticCodes).toSorted());
  assert.deepEqual(
    firstCells("docs/reference/capabilities.md", 1),
    capabilities.map(({ id }) => id),
  );
  assert.deepEqual(
    firstCells("docs/reference/template.md", 0),
    templateKeys.map(({ path }) => path),
  );
});

test("the limits that the manual calls defaults are the Docker backend's", () => {
  const byPath = new Map(templateKeys.map((key) => [key.path, key.default]));
  assert.deepEqual(
    {
      memoryBytes: parseBytes(String(byPath.get("resources.container.memory"))),
      pids: byPath.get("resources.container.pids"),
    },
    defaultResources,
  );
});
