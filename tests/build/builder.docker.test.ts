import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connectEngine, findEndpoint } from "@atelier/backend-docker";
import { type BuildEvent, chooseBuilder } from "@atelier/build";
import { type BuildRecord, isAppError, parseWorkshop, planImages, withoutIgnored } from "@atelier/domain";
import { readSourceTree } from "@atelier/node-kit";
import { type BuilderForTests, buildersForTests, createAtelierCli } from "@atelier/testkit";

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Makes recipes that no earlier run has built. */
const run = Date.now();

/** Builds a folder with one of the builders. */
const buildWith = async (
  { builder: choice, env }: BuilderForTests,
  folder: string,
  { secrets = {}, events = [] }: { secrets?: Readonly<Record<string, Uint8Array>>; events?: BuildEvent[] } = {},
): Promise<{ record: BuildRecord; events: readonly BuildEvent[] }> => {
  using engine = await connectEngine(await findEndpoint(process.env));
  const tree = withoutIgnored(await readSourceTree(folder));
  const { value: workshop, diagnostics } = parseWorkshop(tree);
  assert.ok(workshop, JSON.stringify(diagnostics));
  const builder = chooseBuilder({
    choice,
    cacheFolder: join(tmpdir(), "atelier-builder-test-cache"),
    engine,
    stateId: "builder-test",
    env: { ...process.env, ...env },
    now: Date.now,
  });
  const record = await builder.build({
    plan: planImages(workshop, tree, sha256),
    workshop,
    tree,
    folder,
    secrets,
    onProgress: (event) => events.push(event),
    signal: AbortSignal.timeout(300_000),
  });
  return { record, events };
};

const imageOf = (record: BuildRecord, step: string): string =>
  record.steps.find((entry) => entry.step === step)?.images[0]?.configDigest ?? assert.fail(step);
/** Runs a shell command in an image, as root, without our server. */
const inImage = (image: string, command: string): string =>
  execFileSync("docker", ["run", "--rm", "--network", "none", "--entrypoint", "/bin/sh", image, "-c", command], {
    encoding: "utf8",
  });
const rerun = (events: readonly BuildEvent[]): readonly string[] =>
  events.flatMap((event) => (event.kind === "layer" && !event.cached ? [event.step] : []));

const withWorkshop = async (
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> => {
  await using atelier = await createAtelierCli();
  const folder = await mkdtemp(join(tmpdir(), "atelier-builder-"));
  try {
    await atelier.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`w/${path}`, text])));
    await run(join(atelier.folder, "w"));
  } finally {
    await rm(folder, { recursive: true });
  }
};

const workshop = (steps: readonly string[]): string =>
  `version: v1\nworkshop:\n  name: builder-test\n  version: "1"\n  title: Builder test\nbase:\n  image: debian:12\nsteps: [${steps.join(", ")}]\n`;

for (const tested of buildersForTests()) {
  const build = (folder: string, secrets: Readonly<Record<string, Uint8Array>> = {}) =>
    buildWith(tested, folder, { secrets });

  test(`${tested.suite}: the image of step N holds step N's files, env and command results; start holds none; texts rebuild nothing`, () =>
    withWorkshop(
      {
        "workshop.yaml": workshop(["one", "two"]),
        "steps/one/step.yaml":
          "title: One\nfiles:\n  - source: files/tool\n    target: ~/deep/er/tool\n  - source: files/conf\n    target: /etc/app/conf\n    mode: '0640'\nenv: { COLOR: blue }\ncommands:\n  - run: id -un > /srv/who; env | grep -c COLOR=blue > /srv/env; pwd > /srv/pwd\n  - run: id -un > ~/who; echo $HOME > ~/home\n    user: student\n",
        "steps/one/files/tool": "#!/bin/sh\necho tool\n",
        "steps/one/files/conf": "x=1\n",
        "steps/one/content.md": "# One\n",
        "steps/two/step.yaml":
          "title: Two\nenv: { COLOR: red, SHAPE: round }\ncommands:\n  - run: echo $COLOR $SHAPE > /srv/two\n",
        "steps/two/content.md": "# Two\n",
      },
      async (folder) => {
        const { record } = await build(folder);
        const [start, one, two] = ["start", "one", "two"].map((step) => imageOf(record, step)) as [
          string,
          string,
          string,
        ];
        assert.equal(
          inImage(start, "ls /srv ~student /etc/app 2>&1; echo [$COLOR]"),
          "ls: cannot access '/etc/app': No such file or directory\n/home/student:\n\n/srv:\n[]\n".replace(
            /^ls.*\n/,
            (line) => line,
          ),
        );
        assert.equal(
          inImage(
            one,
            "cat /srv/who /srv/env /srv/pwd ~student/who ~student/home; ~student/deep/er/tool; echo $COLOR; stat -c '%U:%G %a' /etc/app/conf ~student/deep ~student/deep/er/tool /workshop /workshop/steps; ls /srv",
          ),
          "root\n1\n/home/student\nstudent\n/home/student\ntool\nblue\nroot:root 640\nstudent:student 755\nstudent:student 755\nroot:root 700\nroot:root 700\nenv\npwd\nwho\n",
        );
        assert.equal(inImage(two, "cat /srv/two; echo $COLOR $SHAPE; cat /srv/who"), "red round\nred round\nroot\n");
        const config = JSON.parse(execFileSync("docker", ["inspect", two], { encoding: "utf8" }))[0].Config as {
          Env: string[];
          Labels: Record<string, string>;
          User: string;
        };
        assert.deepEqual(
          config.Env.filter((line) => /^(HOME|USER|DEBIAN_FRONTEND|LOGNAME)=/.test(line)),
          [],
        );
        assert.equal(config.Labels["dev.atelier.step"], "two");

        await writeFile(join(folder, "steps/two/content.md"), "# Two, better\n");
        const text = await build(folder);
        assert.deepEqual(rerun(text.events), [], "an edited text runs no author command");
        assert.match(inImage(imageOf(text.record, "one"), "cat /workshop/steps/two/content.md"), /better/);

        const recipe = join(folder, "steps/two/step.yaml");
        await writeFile(recipe, (await readFile(recipe, "utf8")).replace("round", `square-${Date.now()}`));
        const edited = await build(folder);
        assert.deepEqual([...new Set(rerun(edited.events))], ["two"], "an edited step rebuilds only itself");
        assert.deepEqual(
          (await build(folder)).events.filter(({ kind }) => kind === "output"),
          [],
          "nothing changed, nothing runs",
        );
      },
    ));

  test(`${tested.suite}: a failing command names its line in step.yaml and shows what it said, and the rerun goes on from the cache`, () =>
    withWorkshop(
      {
        "workshop.yaml": workshop(["one", "two"]),
        "steps/one/step.yaml": `title: One\ncommands:\n  - run: date +%s%N | tee /srv/one; true ${run}\n`,
        "steps/one/content.md": "# One\n",
        "steps/two/step.yaml":
          "title: Two\n\ncommands:\n  - run: |\n      echo before\n      printf '\\033[31mred\\007 alarm\\n' >&2\n      false\n      echo never\n",
        "steps/two/content.md": "# Two\n",
      },
      async (folder) => {
        const events: BuildEvent[] = [];
        const failure = await buildWith(tested, folder, { events }).then(
          () => undefined,
          (error: unknown) => error,
        );
        assert.ok(isAppError(failure));
        assert.equal(failure.code, "command-failed");
        assert.match(
          failure.message,
          /Step "two"[^\n]*exit code 1 \(steps\/two\/step\.yaml:4\)[\s\S]*\| before\n {2}\| red alarm$/,
        );
        assert.doesNotMatch(failure.message, /[\u0007\u001b]|never$/);
        const recipe = join(folder, "steps/two/step.yaml");
        await writeFile(
          recipe,
          (await readFile(recipe, "utf8")).replace("      false\n", `      echo ${Date.now()}\n`),
        );
        const { record } = await build(folder);
        const said = events.flatMap((event) => (event.kind === "output" && event.step === "one" ? [event.line] : []));
        assert.deepEqual(said, [inImage(imageOf(record, "one"), "cat /srv/one").trim()], "what ran before it is kept");
      },
    ));

  test(`${tested.suite}: build secrets, texts or not, are there for their command and in no layer and no configuration`, () =>
    withWorkshop(
      {
        "workshop.yaml": workshop(["one", "two"]),
        "steps/one/step.yaml": `title: One\ncommands:\n  - run: wc -c < /run/secrets/token > ~/size; stat -c '%U %a' /run/secrets/token >> ~/size; true ${run}\n    user: student\n    secrets: [token]\n`,
        "steps/one/content.md": "# One\n",
        "steps/two/step.yaml":
          "title: Two\ncommands:\n  - run: cd /run/secrets; sha256sum key token > ~/sums; stat -c '%n %U %a' * >> ~/sums\n    user: student\n    secrets: [token, key]\n",
        "steps/two/content.md": "# Two\n",
      },
      async (folder) => {
        const canary = "canary-77c0ffee";
        const token = Buffer.from(canary);
        // No text in any encoding, and with what a shell could take for an end.
        const key = Buffer.concat([Buffer.from([0, 0xff, 0xc3, 0x28, 10, 13, 10]), token, Buffer.from([0xfe, 0, 10])]);
        const { record } = await build(folder, { token, key });
        const [one, two] = [imageOf(record, "one"), imageOf(record, "two")];
        assert.equal(
          inImage(one, "cat ~student/size; ls -d /run/secrets 2>/dev/null || true"),
          `${canary.length}\nstudent 600\n`,
        );
        assert.equal(
          inImage(two, "cat ~student/sums; ls -d /run/secrets 2>/dev/null; ls -A /opt/atelier | grep secret || true"),
          `${sha256(key)}  key\n${sha256(token)}  token\nkey student 600\ntoken student 600\n`,
        );
        for (const text of [canary, key.toString("base64").slice(0, 24)])
          assert.equal(
            execFileSync("sh", ["-c", `docker save ${one} ${two} | grep -c ${text} || true`], {
              encoding: "utf8",
            }).trim(),
            "0",
          );
        assert.equal(execFileSync("docker", ["inspect", one, two], { encoding: "utf8" }).includes(canary), false);
        const missing = await build(folder).then(
          () => undefined,
          (error: unknown) => error,
        );
        assert.equal(missing, undefined, "the layer is cached, so the secret is not asked for again");
      },
    ));
}
