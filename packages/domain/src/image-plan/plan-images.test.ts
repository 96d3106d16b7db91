import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type DescribedTree, sourceTreeOf } from "@atelier/testkit";
import { compiledStepSchema, compiledWorkshopSchema } from "../compiled/compiled-workshop.ts";
import { parseWorkshop } from "../spec/parse-workshop.ts";
import { compileMetadata } from "./compile-metadata.ts";
import type { ImagePlan, PlannedFile } from "./image-plan.ts";
import { planImages } from "./plan-images.ts";

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Three steps: files, a folder with a script in it, and commands. */
const base: DescribedTree = {
  "workshop.yaml": `version: v1
workshop: {name: demo, version: "1.0", title: Demo, workdir: /srv/app}
base: {image: "debian:12"}
steps: [one, two, three]
`,
  "assets/diagram.svg": "<svg/>",
  "prompts/hints.md": "Be brief.\n",
  "intro.md": "Hello.\n",
  "steps/one/step.yaml": `title: One
files:
  - {source: files/note.txt, target: ~/note.txt}
  - {source: files/tool, target: /usr/local/tool}
env: {EDITOR: nano}
`,
  "steps/one/files/note.txt": "note\n",
  "steps/one/files/tool/run.sh": { text: "#!/bin/sh\necho\n", executable: true },
  "steps/one/files/tool/data/a.txt": "a\n",
  "steps/one/content.md": "# One\n\nDo it.\n",
  "steps/one/hints.md": "Look closer.\n",
  "steps/one/llm-docs/notes.txt": "notes\n",
  "steps/two/step.yaml": `title: Two
files:
  - {source: files/app.conf, target: /srv/app/app.conf}
  - {source: files/app.conf, target: /etc/app.conf, mode: "0600"}
commands:
  - run: touch /tmp/two
`,
  "steps/two/files/app.conf": "x=1\n",
  "steps/two/content.md": "# Two\n\nDo that.\n",
  "steps/two/goss.yaml": "file:\n  /tmp/two:\n    exists: true\n",
  "steps/three/step.yaml": "title: Three\ncommands:\n  - run: touch /tmp/three\n",
  "steps/three/content.md": "# Three\n\nAnd this.\n",
};

const plan = (changes: DescribedTree = {}): ImagePlan => {
  const tree = sourceTreeOf(base, changes);
  const { value, diagnostics } = parseWorkshop(tree);
  assert.ok(value, JSON.stringify(diagnostics));
  return planImages(value, tree, sha256);
};

/** Steps whose chain image, and images whose published digest, differ from the unchanged plan. */
const changed = (
  changes: DescribedTree,
): { readonly chain: readonly string[]; readonly published: readonly string[] } => {
  const [before, after] = [plan(), plan(changes)];
  const differing = <T extends { readonly step: string; readonly digest: string }>(
    a: readonly T[],
    b: readonly T[],
  ): readonly string[] =>
    b.filter(({ step, digest }) => a.find((image) => image.step === step)?.digest !== digest).map(({ step }) => step);
  return { chain: differing(before.chain, after.chain), published: differing(before.published, after.published) };
};

const all = ["start", "one", "two", "three"];

test("equal input gives an equal plan", () => {
  assert.deepEqual(plan(), plan());
});

for (const [what, changes] of [
  ["a page", { "steps/one/content.md": "# One\n\nDo it now.\n" }],
  ["a check", { "steps/two/goss.yaml": 'file:\n  /tmp/two:\n    exists: true\n    mode: "0644"\n' }],
  ["a hint", { "steps/one/hints.md": "Look even closer.\n" }],
  ["a document for the help", { "steps/one/llm-docs/notes.txt": "more notes\n" }],
  ["a picture", { "assets/diagram.svg": "<svg></svg>" }],
  ["a prompt", { "prompts/hints.md": "Be long.\n" }],
  ["a title", { "steps/two/step.yaml": String(base["steps/two/step.yaml"]).replace("Two", "Second") }],
] as const satisfies readonly (readonly [string, DescribedTree])[])
  test(`editing ${what} changes every published image and no chain image`, () => {
    assert.deepEqual(changed(changes), { chain: [], published: all });
  });

test("editing a recipe changes the chain from its step on, and no step before", () => {
  const command = { "steps/two/step.yaml": String(base["steps/two/step.yaml"]).replace("touch", "touch -a") };
  assert.deepEqual(changed(command), { chain: ["two", "three"], published: ["two", "three"] });
  assert.deepEqual(changed({ "steps/two/files/app.conf": "x=2\n" }).chain, ["two", "three"]);
  assert.deepEqual(changed({ "steps/one/files/tool/data/b.txt": "b\n" }).chain, ["one", "two", "three"]);
  assert.deepEqual(changed({ "steps/three/step.yaml": "title: Three\nenv: {A: b}\n" }).chain, ["three"]);
});

test("a recipe that only moves in its file rebuilds nothing", () => {
  const moved = { "steps/two/step.yaml": `# A remark.\n\n${base["steps/two/step.yaml"]}` };
  assert.deepEqual(changed(moved), { chain: [], published: [] });
});

test("another base or another student changes everything", () => {
  const edited = (from: string, to: string): DescribedTree => ({
    "workshop.yaml": String(base["workshop.yaml"]).replace(from, to),
  });
  assert.deepEqual(changed(edited("debian:12", "debian:13")).chain, ["one", "two", "three"]);
  assert.deepEqual(changed(edited("workdir:", "sudo: true, workdir:")).chain, ["one", "two", "three"]);
});

test("layers are files, env, commands; modes and owners follow the rules; folders are spread", () => {
  const [one, two] = plan().chain;
  const files = (image: typeof one): readonly unknown[] =>
    (image?.layers ?? []).flatMap((layer) =>
      layer.kind === "files"
        ? layer.files.map(({ kind, target, mode, owner }) => `${kind} ${target} ${mode.toString(8)} ${owner}`)
        : [],
    );
  assert.deepEqual(
    one?.layers.map(({ kind }) => kind),
    ["files", "env"],
  );
  assert.deepEqual(
    two?.layers.map(({ kind }) => kind),
    ["files", "command"],
  );
  assert.deepEqual(files(one), [
    "source /home/student/note.txt 644 student",
    "folder /usr/local/tool/data 755 root",
    "source /usr/local/tool/data/a.txt 644 root",
    "source /usr/local/tool/run.sh 755 root",
  ]);
  assert.deepEqual(files(two), ["source /srv/app/app.conf 644 student", "source /etc/app.conf 600 root"]);
});

test("start stands on the base, every other image on the chain image of its step", () => {
  const { published, chain } = plan();
  assert.deepEqual(
    published.map(({ step, from }) => [step, from]),
    [
      ["start", undefined],
      ["one", "one"],
      ["two", "two"],
      ["three", "three"],
    ],
  );
  assert.equal(new Set([...published, ...chain].map(({ digest }) => digest)).size, 7);
  for (const { labels, step } of published) assert.equal(labels["dev.atelier.step"], step);
});

test("the metadata holds the texts, checks and help of all steps, as JSON its readers accept, closed to the student", () => {
  const tree = sourceTreeOf(base);
  const { value } = parseWorkshop(tree);
  assert.ok(value);
  const files = compileMetadata(value, tree);
  assert.deepEqual(
    files.map(({ target }) => target.replace("/workshop/", "")),
    [
      "workshop.json",
      "intro.md",
      "prompts/hints.md",
      "assets/diagram.svg",
      "steps/one/meta.json",
      "steps/one/content.md",
      "steps/one/hints.md",
      "steps/one/llm-docs/notes.txt",
      "steps/two/meta.json",
      "steps/two/content.md",
      "steps/two/goss.yaml",
      "steps/three/meta.json",
      "steps/three/content.md",
    ],
  );
  const json = (target: string): unknown => {
    const file: PlannedFile | undefined = files.find((planned) => planned.target === target);
    return JSON.parse(file?.kind === "text" ? file.text : "null");
  };
  const workshop = compiledWorkshopSchema.parse(json("/workshop/workshop.json"));
  assert.deepEqual(
    [workshop.steps, workshop.hasIntro, workshop.hasFinish, workshop.workdir],
    [["one", "two", "three"], true, false, "/srv/app"],
  );
  assert.deepEqual(compiledStepSchema.parse(json("/workshop/steps/two/meta.json")).check, {
    user: "student",
    auto: false,
  });
  assert.deepEqual(compiledStepSchema.parse(json("/workshop/steps/one/meta.json")).help, ["hints"]);
  for (const { mode, owner, target } of files) assert.deepEqual([mode, owner], [0o600, "root"], target);
});
