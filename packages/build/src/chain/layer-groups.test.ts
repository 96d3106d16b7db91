import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainImage, PlannedFile, PlanLayer } from "@atelier/domain";
import { groupLayers, stepsAgain, wantedChain } from "./layer-groups.ts";

const file: PlannedFile = { kind: "text", target: "/a", text: "a", mode: 0o644, owner: "root" };
const files: PlanLayer = { kind: "files", files: [file], digest: "f" };
const env = (value: string): PlanLayer => ({ kind: "env", env: { A: value }, digest: "e" });
const command = (run: string): PlanLayer => ({
  kind: "command",
  run,
  user: "root",
  cwd: "/",
  secrets: [],
  digest: run,
});
const chain = (...steps: PlanLayer[][]): ChainImage[] =>
  steps.map((layers, index) => ({ step: `s${index}`, layers, digest: String(index) }));

test("files and environment go with the command behind them; the environment goes on into later steps", () => {
  const groups = groupLayers(chain([files, env("1"), command("x"), command("y\nz")], [command("w")], [env("2")]));
  assert.deepEqual(
    groups.map(({ groups: made, env: last }) => [
      made.map((group) => [group.label, group.files.length, group.env]),
      last,
    ]),
    [
      [
        [
          ["x", 1, { A: "1" }],
          ["y", 0, { A: "1" }],
        ],
        { A: "1" },
      ],
      [[["w", 0, { A: "1" }]], { A: "1" }],
      [[], { A: "2" }],
    ],
  );
});

test("files behind the last command, or without one, are a group of their own", () => {
  const [only] = groupLayers(chain([files, files]));
  assert.deepEqual(only?.groups, [{ files: [file, file], env: {}, label: "2 files" }]);
});

test("what is to be made again begins at the step that is named, also at one that makes no layer", () => {
  const steps = chain([command("x")], [], [command("y")]);
  assert.deepEqual(stepsAgain(steps, "s1"), ["s1", "s2"]);
  assert.deepEqual(stepsAgain(steps, undefined), []);
  assert.deepEqual(stepsAgain(wantedChain(steps, "s0"), "s2"), [], "what is not wanted at all");
});
