import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createAtelierCli, daggerForTests } from "@atelier/testkit";
import { openSmallEngine } from "./small-engine.ts";

const tagsOf = (repository: string): readonly string[] =>
  execFileSync("docker", ["images", repository, "--format", "{{.Repository}}:{{.Tag}}"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");

const layersOf = (image: string): readonly string[] =>
  JSON.parse(
    execFileSync("docker", ["inspect", "-f", "{{json .RootFS.Layers}}", image], { encoding: "utf8" }),
  ) as string[];

test("an engine whose own disk is full is said with step and line, and the next build goes on where there is room", async (t) => {
  // Base and platform layer are made once, by the engine that is there.
  await using maker = await createAtelierCli();
  await maker.succeed("init", "first");
  await maker.succeed("build", "first", "--builder", "docker");
  // Those that it stands on: an engine that has seen other releases and architectures holds more than fits.
  const built = layersOf("atelier/first:start");
  const images = ["atelier-base/debian", "atelier-platform/runtime", "debian"]
    .flatMap(tagsOf)
    .filter((tag) => layersOf(tag).every((layer) => built.includes(layer)));
  await using engine = await openSmallEngine(1400, images);
  if (engine === undefined) return t.skip("no dockerd here, or nothing may be mounted");
  await using atelier = await createAtelierCli({ DOCKER_HOST: engine.host });
  await atelier.write({
    "w/workshop.yaml":
      'version: v1\nworkshop:\n  name: engine-full\n  version: "1"\n  title: Disk\nbase:\n  image: debian:12\nsteps: [one, two, three]\n',
    "w/steps/one/step.yaml": "title: One\ncommands:\n  - run: echo one > /srv/one\n",
    "w/steps/one/content.md": "# One\n",
    "w/steps/two/step.yaml": "title: Two\nfiles:\n  - source: files/big\n    target: /srv/big\n    owner: root\n",
    "w/steps/two/content.md": "# Two\n",
    "w/steps/two/files/kept": "",
    "w/steps/three/step.yaml": "title: Three\ncommands:\n  - run: head -c 1000000 /srv/big > /srv/three\n",
    "w/steps/three/content.md": "# Three\n",
  });
  const big = join(atelier.folder, "w/steps/two/files/big");
  await writeFile(big, Buffer.alloc(700 * 1024 * 1024, 7));
  const build = () => atelier.run("build", "w", "--builder", "docker");

  const first = await build();
  assert.equal(first.code, 1);
  assert.match(first.stderr, /✓ one built/);
  assert.match(
    first.stderr,
    /error Step "two" \(steps\/two\/step\.yaml:3\): the engine's disk is full: .*no space left on device\n→ .*Build again then/,
  );

  engine.resize(4500);
  const second = await build();
  assert.equal(second.code, 0, second.stderr);
  assert.doesNotMatch(second.stderr, /✓ one built/, "what was made before is kept");
  assert.match(second.stderr, /✓ two built[\s\S]*✓ three built/);
});

const { ATELIER_TEST_DAGGER_SMALL_HOST: smallHost } = process.env;
const dagger = daggerForTests();
if (smallHost && dagger)
  test("Dagger engine on a small disk: a command that fills it is told in time, with step and line", async () => {
    await using atelier = await createAtelierCli({ ...dagger.env, _EXPERIMENTAL_DAGGER_RUNNER_HOST: smallHost });
    await atelier.write({
      "w/workshop.yaml":
        'version: v1\nworkshop:\n  name: dagger-full\n  version: "1"\n  title: Disk\nbase:\n  image: debian:12\nsteps: [one, two]\n',
      "w/steps/one/step.yaml": "title: One\ncommands:\n  - run: date > /srv/one\n",
      "w/steps/one/content.md": "# One\n",
      "w/steps/two/step.yaml": "title: Two\ncommands:\n  - run: dd if=/dev/zero of=/srv/big bs=1M\n",
      "w/steps/two/content.md": "# Two\n",
    });
    const begun = Date.now();
    const { code, stderr } = await atelier.run("build", "w", "--builder", "dagger");
    assert.equal(code, 1);
    // Whether its last words found room depends on the file system.
    assert.match(
      stderr,
      /error Step "two" \(steps\/two\/step\.yaml:3\): the engine's disk is full: |error Step "two": a command ended with exit code 1 \(steps\/two\/step\.yaml:3\):[\s\S]*No space left on device[\s\S]*→ The engine's disk is full\./,
    );
    assert.match(stderr, /→ .*\/var\/lib\/dagger\. Build again then/);
    assert.ok(Date.now() - begun < 100_000, `${Date.now() - begun} ms`);
  });
