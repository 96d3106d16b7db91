import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { compileStep, compileWorkshop, parseWorkshop } from "@atelier/domain";
import { sourceTreeOf } from "@atelier/testkit";
import { applyOverlay } from "./content-overlay.ts";
import { type LoadedWorkshop, loadWorkshop } from "./load-workshop.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "atelier-overlay-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const workshopOf = (title: string, stepTitle: string) => {
  const { value } = parseWorkshop(
    sourceTreeOf({
      "workshop.yaml": `version: v1\nworkshop:\n  name: lab\n  version: "1"\n  title: ${title}\nbase:\n  image: debian:12\nsteps: [one]\n`,
      "steps/one/step.yaml": `title: ${stepTitle}\n`,
      "steps/one/content.md": "# One\n",
    }),
  );
  assert.ok(value);
  return { workshop: compileWorkshop(value), step: compileStep(value.steps[0] as (typeof value.steps)[number]) };
};

const load = async (): Promise<LoadedWorkshop> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "steps/one"), { recursive: true });
  const { workshop, step } = workshopOf("Old", "Old step");
  await writeFile(join(folder, "workshop.json"), JSON.stringify(workshop));
  await writeFile(join(folder, "steps/one/meta.json"), JSON.stringify(step));
  await writeFile(join(folder, "steps/one/content.md"), "old");
  await writeFile(
    join(folder, "image.json"),
    JSON.stringify({
      v: 1,
      step: "start",
      planDigest: "d",
      platformContract: 1,
      student: { name: "student", uid: 1000, gid: 1000, groups: [], home: "/home/student" },
    }),
  );
  return loadWorkshop(folder);
};

test("whoever holds the workshop sees the new texts, on disk and in memory", async () => {
  const loaded = await load();
  const [heldWorkshop, heldStep] = [loaded.workshop, loaded.steps[0]];
  const { workshop, step } = workshopOf("New", "New step");
  await applyOverlay(loaded, {
    files: {
      "workshop.json": JSON.stringify(workshop),
      "steps/one/meta.json": JSON.stringify(step),
      "steps/one/content.md": "new",
      "steps/one/hints.md": "a hint",
    },
    assets: { "assets/dot.png": Buffer.from([1, 2]).toString("base64") },
    removed: [],
  });
  assert.deepEqual([heldWorkshop.title, heldStep?.title], ["New", "New step"]);
  assert.equal(await readFile(join(folder, "steps/one/content.md"), "utf8"), "new");
  assert.deepEqual([...(await readFile(join(folder, "assets/dot.png")))], [1, 2]);
  await applyOverlay(loaded, { files: {}, removed: ["steps/one/hints.md"] });
  assert.deepEqual((await readdir(join(folder, "steps/one"))).toSorted(), ["content.md", "meta.json"]);
});

test("nothing leaves the content's places, and what is no workshop does not count", async () => {
  const loaded = await load();
  for (const path of [
    "../x",
    "steps/../../x",
    "image.json",
    "runtime/lease",
    "/etc/passwd",
    "steps//x",
    "steps/a\\..\\x",
  ])
    await assert.rejects(applyOverlay(loaded, { files: { [path]: "x" }, removed: [] }), /no place for content/, path);
  await assert.rejects(applyOverlay(loaded, { files: {}, removed: ["image.json"] }), /no place for content/);
  await assert.rejects(applyOverlay(loaded, { files: { "workshop.json": "{}" }, removed: [] }));
  assert.equal(loaded.workshop.title, "Old");
});
