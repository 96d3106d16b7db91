import assert from "node:assert/strict";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createAtelierCli } from "@atelier/testkit";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));
/** All there are, with their steps: each changes its image. */
const steps: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  await Promise.all(
    (await readdir(examples, { withFileTypes: true }))
      .filter((one) => one.isDirectory())
      .map(async ({ name }) => [name, await readdir(join(examples, name, "steps"))] as const),
  ),
);

test("drafts tell the images apart for at least four of five steps of the examples, and the oracle agrees", async (context) => {
  await using atelier = await createAtelierCli();
  const draftAll = async ([example, ids]: readonly [string, readonly string[]]): Promise<number> => {
    const folder = join(atelier.folder, example);
    await cp(join(examples, example), folder, { recursive: true });
    const written: string[] = [];
    for (const id of ids) {
      const { code } = await atelier.run("checks", "draft", id, "-C", folder, "--write", "--force", "--json");
      if (code === 0) written.push(id);
    }
    // The drafts in place of the authors' checks, proved as every check is.
    const { stdout } = await atelier.succeed("test", folder, "--json", ...written.flatMap((id) => ["--step", id]));
    const proofs = (JSON.parse(stdout) as { steps: { step: string; verdict: string }[] }).steps;
    assert.deepEqual(
      proofs.map(({ step, verdict }) => `${step} ${verdict}`).sort(),
      written.map((id) => `${id} proved`).sort(),
    );
    return written.length;
  };
  const drafted = (await Promise.all(Object.entries(steps).map(draftAll))).reduce((sum, count) => sum + count, 0);
  const all = Object.values(steps).flat().length;
  context.diagnostic(
    `drafts cover ${drafted} of ${all} steps of the examples (${Math.round((100 * drafted) / all)} %)`,
  );
  assert.ok(drafted / all >= 0.8, `${drafted} of ${all}`);
});

const workshop = {
  "w/workshop.yaml": `version: v1
workshop: { name: kinds, version: "1", title: Kinds of changes }
base: { image: "debian:12" }
steps: [accounts, variable, nothing]
`,
  "w/steps/accounts/step.yaml": `title: Accounts and services
commands:
  - run: |
      printf 'app:x:4242:4242::/nonexistent:/bin/false\\n' >> /etc/passwd
      printf 'app:x:4242:\\n' >> /etc/group
      date +%s%N > /home/student/stamp
      mkdir -p /srv/app && chown 4242 /srv/app && cp /bin/sleep /usr/local/bin/waiter
onStart:
  - run: exec /usr/local/bin/waiter 3600
    background: true
  - run: date +%s%N > /home/student/started
`,
  "w/steps/accounts/content.md": "# Accounts\n",
  "w/steps/variable/step.yaml": "title: A variable\nenv: { CITY: Berlin }\n",
  "w/steps/variable/content.md": "# A variable\n",
  "w/steps/nothing/step.yaml": "title: Nothing\n",
  "w/steps/nothing/content.md": "# Nothing\n",
};

test("users, owners, services and variables are found; what is different every time is not asserted", async () => {
  await using atelier = await createAtelierCli();
  await atelier.write(workshop);
  const { stdout } = await atelier.succeed("checks", "draft", "accounts", "-C", "w");
  for (const part of [
    /^user:\n {2}app:\n/m,
    /^process:\n {2}waiter:\n/m,
    / {2}\/srv\/app:\n(?: {4}.*\n)*? {4}owner: app\n/,
    / {2}\/home\/student\/stamp:/,
    / {2}\/home\/student\/started:/,
  ])
    assert.match(stdout, part);
  // Its text is in the image and so the same each time; this one's is made at each start.
  const started = / {2}\/home\/student\/started:\n(?: {4}.*\n)*/.exec(stdout)?.[0] ?? "";
  assert.doesNotMatch(started, /contents/);
  assert.match((await atelier.succeed("checks", "draft", "variable", "-C", "w")).stdout, /exec: printenv CITY/);
  const nothing = await atelier.run("checks", "draft", "nothing", "-C", "w");
  assert.deepEqual([nothing.code, nothing.stdout], [1, ""]);
  assert.match(nothing.stderr, /changes nothing that a check could see/);
});

test("a check that is there is replaced only by force, and a live workspace is checked with the folder's", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  const file = join(atelier.folder, "mine/steps/first-file/goss.yaml");
  const before = await readFile(file, "utf8");
  const kept = await atelier.run("checks", "draft", "first-file", "-C", "mine", "--write");
  assert.notEqual(kept.code, 0);
  assert.equal(await readFile(file, "utf8"), before);
  assert.notEqual((await atelier.run("checks", "draft", "no-such", "-C", "mine")).code, 0);

  await atelier.succeed("run", "mine");
  const failing = await atelier.run("check", "mine", "--json");
  const view = JSON.parse(failing.stdout) as { step: string; outcome: string; source: string };
  assert.deepEqual([failing.code, view.step, view.outcome, view.source], [1, "first-file", "failed", "folder"]);
  // The author corrects the check; the workspace is asked anew without building anything.
  await writeFile(file, 'file:\n  /etc/passwd:\n    title: "passwd is\\u0007 there"\n    exists: true\n');
  const passing = await atelier.succeed("check", "mine", "first-file");
  assert.match(passing.stdout, /^✓ passwd is. there$/m);
  assert.doesNotMatch(passing.stdout, /\u0007/);
  const image = await atelier.run("check", "mine", "first-file", "--image", "--json");
  assert.deepEqual([image.code, (JSON.parse(image.stdout) as { source: string }).source], [1, "image"]);
  assert.equal((await atelier.run("check", "mine", "no-such")).code, 2);
  assert.notEqual((await atelier.run("check", "nobody")).code, 0);
  await atelier.succeed("stop", "mine");
  assert.match((await atelier.run("check", "mine")).stderr, /does not run/);
});
