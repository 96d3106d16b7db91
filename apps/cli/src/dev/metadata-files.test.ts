import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { isAppError, parseWorkshop, planImages, type SourceTree, withoutIgnored } from "@atelier/domain";
import { type DescribedTree, sourceTreeOf } from "@atelier/testkit";
import { changedContent, metadataFiles, recipeOf } from "./metadata-files.ts";

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Base and service come from container files: one at the root, one in a folder. */
const base: DescribedTree = {
  "workshop.yaml": `version: v1
workshop: {name: demo, version: "1", title: Demo}
base: {containerFile: Containerfile}
steps: [one]
infrastructure:
  services:
    - {name: api, containerFile: service/Containerfile, ports: [80]}
`,
  Containerfile: "FROM debian:12\nCOPY tool /usr/local/bin/tool\n",
  tool: "#!/bin/sh\n",
  "service/Containerfile": "FROM debian:12\nCOPY page /page\n",
  "service/page": "hello\n",
  "assets/picture.svg": "<svg/>",
  "intro.md": "Hello.\n",
  "steps/one/step.yaml": "title: One\n",
  "steps/one/content.md": "# One\n",
};

const planned = (changes: DescribedTree = {}) => {
  const tree: SourceTree = withoutIgnored(sourceTreeOf(base, changes));
  const { value, diagnostics } = parseWorkshop(tree);
  assert.ok(value, JSON.stringify(diagnostics));
  const plan = planImages(value, tree, sha256);
  return { tree, plan, recipe: recipeOf(plan, value) };
};

const rebuilt: readonly (readonly [what: string, changes: DescribedTree])[] = [
  ["what the base's container file copies", { tool: "#!/bin/sh\necho\n" }],
  ["a service's container file", { "service/Containerfile": "FROM debian:12\n" }],
  ["what a service's container file copies", { "service/page": "hello, you\n" }],
  ["whether that can be executed", { "service/page": { text: "hello\n", executable: true } }],
  ["where a link beside it leads", { "service/link": { link: "page", resolved: "service/page" } }],
  ["a step's recipe", { "steps/one/step.yaml": "title: One\ncommands: [{run: 'true'}]\n" }],
  [
    "what runs beside it",
    { "workshop.yaml": String(base["workshop.yaml"]).replace("ports: [80]", "ports: [80], env: {A: b}") },
  ],
];
for (const [what, changes] of rebuilt)
  test(`dev builds again after a change of ${what}`, () => assert.notEqual(planned(changes).recipe, planned().recipe));

test("dev builds nothing after a change of texts, titles and pictures, and keeps no bytes to tell", () => {
  const { recipe } = planned();
  const edited = planned({
    "intro.md": "Hello, you.\n",
    "assets/picture.svg": "<svg></svg>",
    "steps/one/content.md": "# The first\n",
    "steps/one/step.yaml": "title: The first\n",
    "steps/one/hints.md": "Look.\n",
  });
  assert.equal(edited.recipe, recipe);
  assert.ok(recipe.length < 4000, recipe);
});

test("a picture that was renamed is sent from what was read, whatever the folder is by then", async () => {
  const before = planned();
  const after = planned({ "assets/picture.svg": null, "assets/drawing.svg": "<svg/>" });
  const changed = await changedContent(metadataFiles(before.plan), metadataFiles(after.plan), {
    folder: "/nowhere",
    tree: after.tree,
  });
  assert.deepEqual(changed, {
    files: {},
    assets: { "assets/drawing.svg": Buffer.from("<svg/>").toString("base64") },
    removed: ["assets/picture.svg"],
  });
});

test("a large picture that is gone by the time it is sent is told, and is no bug", async () => {
  const before = planned();
  const after = planned({ "assets/large.svg": { size: 2 * 1024 * 1024 } });
  await assert.rejects(
    changedContent(metadataFiles(before.plan), metadataFiles(after.plan), { folder: "/nowhere", tree: after.tree }),
    (error) => isAppError(error) && error.code === "source-changed" && /assets\/large\.svg/.test(error.message),
  );
});
