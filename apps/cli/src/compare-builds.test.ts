import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuildRecord, Workshop } from "@atelier/domain";
import { layerDifferences } from "./compare-builds.ts";

/** Step "files" brings files alone, "runs" both and two commands, "more" files again. */
const workshop = {
  steps: [
    { id: "files", files: [{}], commands: [] },
    { id: "runs", files: [{}], commands: [{}, {}] },
    { id: "more", files: [{}], commands: [] },
  ],
} as unknown as Workshop;

const steps = {
  start: ["base", "server", "pages", "start"],
  files: ["base", "server", "f1", "pages", "files"],
  runs: ["base", "server", "f1", "c1", "c2", "pages", "runs"],
  more: ["base", "server", "f1", "c1", "c2", "f2", "pages", "more"],
};

const recordOf = (layers: Readonly<Record<string, readonly string[]>>): BuildRecord =>
  ({
    steps: Object.entries(layers).map(([step, all]) => ({
      step,
      images: [{ platform: "linux/amd64", layers: all }],
    })),
  }) as unknown as BuildRecord;

/** Differences to a build in which some layers came out as others, or not at all. */
const differences = (again: Readonly<Record<string, string>>, only: readonly string[] = Object.keys(steps)) => {
  const first = Object.fromEntries(Object.entries(steps).filter(([step]) => only.includes(step)));
  const second = Object.fromEntries(
    Object.entries(first).map(([step, layers]) => [
      step,
      layers.map((layer) => again[layer] ?? layer).filter((layer) => layer !== ""),
    ]),
  );
  return layerDifferences(workshop, recordOf(first), recordOf(second)).map(
    ({ step, layer, by }) => `${step} ${layer} ${by}`,
  );
};

test("a layer of files that differs is Atelier's, whatever commands other steps have", () => {
  assert.deepEqual(differences({}), []);
  assert.deepEqual(differences({ f1: "other" }), ["files 3 atelier", "runs 3 atelier", "more 3 atelier"]);
  assert.deepEqual(differences({ c2: "other", f2: "another" }), ["runs 5 author", "more 5 author", "more 6 atelier"]);
  assert.deepEqual(differences({ server: "other" }, ["start"]), ["start 2 atelier"]);
  assert.deepEqual(differences({ more: "other" }), ["more 8 atelier"]);
});

test("a command that left nothing the second time makes no other layer differ", () => {
  assert.deepEqual(differences({ c1: "", c2: "other" }), [
    "runs 4 author",
    "runs 5 author",
    "more 4 author",
    "more 5 author",
  ]);
});

test("of a build of one step alone the layers of the steps below it are told apart too", () => {
  assert.deepEqual(differences({ base: "other", f1: "other", c1: "other", f2: "other" }, ["more"]), [
    "more 1 atelier",
    "more 3 atelier",
    "more 4 author",
    "more 6 atelier",
  ]);
});
