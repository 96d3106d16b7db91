import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createAtelierCli } from "@atelier/testkit";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

interface Report {
  readonly steps: readonly { readonly step: string; readonly verdict: string; readonly failures: readonly string[] }[];
}

for (const example of ["linux-basics", "git-rescue", "http-service"])
  test(`every check of ${example} fails on the image before it and passes on its own`, async () => {
    await using atelier = await createAtelierCli();
    const { stdout } = await atelier.succeed("test", join(examples, example), "--json");
    const { steps } = JSON.parse(stdout) as Report;
    assert.deepEqual(
      steps.filter(({ verdict }) => verdict !== "proved"),
      [],
    );
    assert.ok(steps.length >= 4);
  });

/** Mutations of a check that an author might make without noticing. */
const mutations: readonly (readonly [string, string, string])[] = [
  ["always true", "vacuous", "file:\n  /etc/passwd:\n    exists: true\n"],
  ["always false", "broken", "command:\n  'false':\n    exit-status: 0\n"],
  ["a wrong path", "broken", "file:\n  /home/student/camp/mop.txt:\n    exists: true\n"],
  ["not valid for goss", "broken", "command:\n  'true':\n    exit-status: { no-such-matcher: 1 }\n"],
];
for (const [name, verdict, goss] of mutations)
  test(`the oracle catches a check that is ${name}`, async () => {
    await using atelier = await createAtelierCli();
    const folder = join(atelier.folder, "mutated");
    await cp(join(examples, "linux-basics"), folder, { recursive: true });
    await writeFile(join(folder, "steps/find-your-way/goss.yaml"), goss);
    const { code, stdout, stderr } = await atelier.run(
      "test",
      folder,
      "--step",
      "find-your-way",
      "--json",
      "--junit",
      "report.xml",
    );
    const { steps } = JSON.parse(stdout) as Report;
    assert.deepEqual([code, steps.map((step) => step.verdict)], [1, [verdict]], stderr);
    assert.match(await readFile(join(atelier.folder, "report.xml"), "utf8"), /<failure message=/);
  });
