import assert from "node:assert/strict";
import { test } from "node:test";
import { bareDiagram, diagramWord, linesBeforeDiagram } from "./diagram-source.ts";

test("the kind of a diagram is its first word, behind settings and comments", () => {
  const words = [
    "flowchart LR\n a --> b",
    "\n\n  sequenceDiagram\n",
    "---\ntitle: pie\n---\n%% gantt\ngitGraph\n  commit",
    "---\r\ntitle: pie\r\n---\r\nxychart-beta\r\n",
    '%%{init: {\n"theme": "dark"\n}}%%\nstateDiagram-v2',
    "graph TD;a-->b",
    "pie: x",
    "",
    "%% nothing",
    "--> x",
  ].map(diagramWord);
  assert.deepEqual(words, [
    ...["flowchart", "sequenceDiagram", "gitGraph", "xychart-beta", "stateDiagram-v2", "graph", "pie", "", "", ""],
  ]);
});

test("what is taken out leaves its lines behind", () => {
  const source = '---\ntitle: x\n---\n%% a\nflowchart LR\n%%{init: {"a": 1}}%%\n  a --> b %% kept\n';
  assert.equal(bareDiagram(source), "\n\n\n\nflowchart LR\n\n  a --> b %% kept\n");
  assert.equal(linesBeforeDiagram(source), 4);
  assert.equal(linesBeforeDiagram("  flowchart LR\n---\n---\n"), 0);
  assert.equal(linesBeforeDiagram("\n\n"), 0);
});
