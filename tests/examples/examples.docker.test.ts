import assert from "node:assert/strict";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createAtelierCli } from "@atelier/testkit";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));
/** All there are: one that is added is proved and mutated like the others. */
const names = (await readdir(examples, { withFileTypes: true }))
  .filter((one) => one.isDirectory())
  .map(({ name }) => name);

interface Report {
  readonly steps: readonly { readonly step: string; readonly verdict: string; readonly failures: readonly string[] }[];
}

for (const example of names)
  test(`every check of ${example} fails on the image before it and passes on its own`, async () => {
    await using atelier = await createAtelierCli();
    const { stdout } = await atelier.succeed("test", join(examples, example), "--json");
    const { steps } = JSON.parse(stdout) as Report;
    assert.deepEqual(
      steps.filter(({ verdict }) => verdict !== "proved"),
      [],
    );
    // None is left out, and a step without a check would be one that nothing is known of.
    assert.deepEqual(steps.map(({ step }) => step).sort(), (await readdir(join(examples, example, "steps"))).sort());
  });

/** Mutations of a check that an author might make without noticing, from the text of the right one. */
const mutations: readonly (readonly [string, string, (goss: string) => string])[] = [
  ["always true", "vacuous", () => "file:\n  /etc/passwd:\n    exists: true\n"],
  ["always false", "broken", () => "command:\n  'false':\n    exit-status: 0\n"],
  [
    "looking in the wrong place",
    "broken",
    (goss) =>
      goss
        .replaceAll("~/", "~/nowhere/")
        .replaceAll("/home/student/", "/home/student/nowhere/")
        .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:1")
        .replaceAll(/tcp:\d+/g, "tcp:1"),
  ],
];
for (const example of names)
  for (const [name, verdict, mutate] of mutations)
    test(`the oracle catches every check of ${example} that is ${name}`, async () => {
      await using atelier = await createAtelierCli();
      const folder = join(atelier.folder, "mutated");
      await cp(join(examples, example), folder, { recursive: true });
      const ids = await readdir(join(folder, "steps"));
      for (const id of ids) {
        const file = join(folder, "steps", id, "goss.yaml");
        const right = await readFile(file, "utf8");
        assert.notEqual(mutate(right), right);
        await writeFile(file, mutate(right));
      }
      const { code, stdout, stderr } = await atelier.run("test", folder, "--json", "--junit", "report.xml");
      const { steps } = JSON.parse(stdout) as Report;
      assert.deepEqual(
        [code, steps.map((step) => `${step.step} ${step.verdict}`).sort()],
        [1, ids.map((id) => `${id} ${verdict}`).sort()],
        stderr,
      );
      const report = await readFile(join(atelier.folder, "report.xml"), "utf8");
      assert.match(report, new RegExp(`tests="${ids.length}" failures="${ids.length}" skipped="0"`));
      assert.equal(report.match(/<failure message=/g)?.length, ids.length);
    });

test("the oracle catches a check that goss does not take, and a step without one is no failure", async () => {
  await using atelier = await createAtelierCli();
  const folder = join(atelier.folder, "mutated");
  await cp(join(examples, "linux-basics"), folder, { recursive: true });
  await writeFile(
    join(folder, "steps/find-your-way/goss.yaml"),
    "command:\n  'true':\n    exit-status: { no-such-matcher: 1 }\n",
  );
  await rm(join(folder, "steps/pipes/goss.yaml"));
  const only = ["--step", "find-your-way", "--step", "pipes"];
  const { code, stdout } = await atelier.run("test", folder, ...only, "--json", "--junit", "report.xml");
  const { steps } = JSON.parse(stdout) as Report;
  assert.deepEqual([code, steps.map((step) => step.verdict)], [1, ["broken", "missing"]]);
  assert.match(await readFile(join(atelier.folder, "report.xml"), "utf8"), /failures="1" skipped="1"/);
});
