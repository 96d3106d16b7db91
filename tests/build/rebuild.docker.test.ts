import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type AtelierCli, buildersForTests, createAtelierCli, openTestRegistry } from "@atelier/testkit";

const steps = Array.from({ length: 10 }, (_, index) => `s${index + 1}`);

/** Ten steps that make something and one, in front of the ninth, that has only a text; each command leaves a stamp that a second run would not leave again. */
const writeWorkshop = (atelier: AtelierCli, name: string): Promise<void> =>
  atelier.write({
    "w/workshop.yaml": `version: v1\nworkshop:\n  name: ${name}\n  version: "1"\n  title: Rebuild\nbase:\n  image: debian:12\nsteps: [${steps.slice(0, 8).join(", ")}, pause, s9, s10]\n`,
    "w/steps/pause/step.yaml": "title: Pause\n",
    "w/steps/pause/content.md": "# Pause\n",
    ...Object.fromEntries(
      steps.flatMap((step) => [
        [
          `w/steps/${step}/step.yaml`,
          `title: ${step}\nfiles:\n  - source: files/value\n    target: ~/${step}/value\ncommands:\n  - run: date +%s%N > /srv/${step}\n`,
        ],
        [`w/steps/${step}/files/value`, "first\n"],
        [`w/steps/${step}/content.md`, `# ${step}\n`],
      ]),
    ),
  });

/** What each step's command left in the last image. */
const stampsOf = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    execFileSync(
      "docker",
      [
        "run",
        "--rm",
        "--network",
        "none",
        "--entrypoint",
        "/bin/sh",
        `atelier/${name}:1-s10`,
        "-c",
        "cd /srv; grep . s*",
      ],
      { encoding: "utf8" },
    )
      .trim()
      .split("\n")
      .map((line) => line.split(":") as [string, string]),
  );

/** Makes the folder a repository; answers its only commit. */
const commitFolder = (folder: string): string => {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      encoding: "utf8",
    }).trim();
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "workshop");
  return git("rev-parse", "HEAD");
};

const revisionOf = (name: string): string =>
  execFileSync(
    "docker",
    ["inspect", "-f", '{{index .Config.Labels "org.opencontainers.image.revision"}}', `atelier/${name}:1-s10`],
    { encoding: "utf8" },
  ).trim();

const commandsOfBuilds = (): string =>
  execFileSync(
    "docker",
    ["ps", "-a", "--no-trunc", "--filter", "label=dev.atelier.role=build", "--format", "{{.Command}}"],
    { encoding: "utf8" },
  );

const differing = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): readonly string[] =>
  steps.filter((step) => a[step] !== b[step]);

for (const { builder, suite, env } of buildersForTests()) {
  test(`${suite}: an edited text runs no command, an edited step its own and the later ones; a failure and a refused push say where, and the next try goes on`, async () => {
    await using atelier = await createAtelierCli(env);
    const name = `rebuild-${builder}`;
    await writeWorkshop(atelier, name);
    const build = (...args: string[]) => atelier.run("build", "w", "--builder", builder, ...args);
    const edit = async (file: string, change: (text: string) => string): Promise<void> => {
      const path = join(atelier.folder, "w/steps", file);
      await writeFile(path, change(await readFile(path, "utf8")));
    };
    const first = await build();
    assert.equal(first.code, 0, first.stderr);
    const before = stampsOf(name);
    assert.deepEqual(Object.keys(before).sort(), [...steps].sort());

    await edit("s10/content.md", (text) => `${text}\nBetter.\n`);
    const text = await build();
    assert.equal(text.code, 0, text.stderr);
    assert.deepEqual(differing(before, stampsOf(name)), [], "a text");
    assert.doesNotMatch(text.stderr, /built in \d/, "and nothing claims to have been built");

    await edit("s7/files/value", () => "second\n");
    const step = await build();
    assert.equal(step.code, 0, step.stderr);
    const after = stampsOf(name);
    assert.deepEqual(differing(before, after), ["s7", "s8", "s9", "s10"], "step 7 of 10");

    await edit("s8/step.yaml", (recipe) => `${recipe}  - run: |\n      echo on the way\n      exit 3\n`);
    const failed = await build();
    assert.equal(failed.code, 1);
    assert.match(
      failed.stderr,
      /Step "s8": a command ended with exit code 3 \(steps\/s8\/step\.yaml:7\)[\s\S]*\| on the way[\s\S]*→ Mend the command/,
    );
    await edit("s8/step.yaml", (recipe) => recipe.replace("exit 3", "true"));
    const mended = await build();
    assert.equal(mended.code, 0, mended.stderr);
    const last = stampsOf(name);
    // The first command of step 8 is kept when the second one failed.
    assert.deepEqual(differing(after, last), ["s9", "s10"], "after a failure");

    const commit = commitFolder(join(atelier.folder, "w"));
    const committed = await build();
    assert.equal(committed.code, 0, committed.stderr);
    assert.equal(revisionOf(name), commit, "an image names the commit of its sources, whenever its steps were made");
    assert.deepEqual(differing(last, stampsOf(name)), [], "a commit runs no command");
    const again = await build("--from-step", "pause");
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(differing(last, stampsOf(name)), ["s9", "s10"], "--from-step, and of a step that makes nothing");

    let isRefused = true;
    await using registry = await openTestRegistry({
      refuse: ({ method, path }) => (isRefused && method === "PUT" && path.includes("/manifests/") ? 403 : undefined),
    });
    const to = `${registry.address}/team/${name}`;
    const refused = await atelier.run("push", "w", "--to", to);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, new RegExp(`error [^\\n]*${registry.address}[\\s\\S]*\\n→ `));
    isRefused = false;
    const pushed = await atelier.succeed("push", "w", "--to", to);
    assert.doesNotMatch(pushed.stderr, /built in \d/, "what was built is pushed");
    assert.ok(registry.manifests.has(`team/${name}:1-s10`));
  });

  test(`${suite}: a missing file is named with its line, and a killed build leaves nothing behind and goes on from what it had`, async () => {
    await using atelier = await createAtelierCli(env);
    const name = `killed-${builder}`;
    await writeWorkshop(atelier, name);
    const recipe = join(atelier.folder, "w/steps/s5/step.yaml");
    const text = await readFile(recipe, "utf8");
    await writeFile(recipe, text.replace("files/value", "files/gone"));
    const missing = await atelier.run("build", "w", "--builder", builder);
    assert.equal(missing.code, 2, missing.stderr);
    assert.match(missing.stderr, /steps\/s5\/step\.yaml:3:\d+ error[\s\S]*files\/gone/);

    const mark = `echo reached ${name}; sleep 600`;
    await writeFile(recipe, `${text}  - run: ${mark}\n`);
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const child = atelier.start("build", "w", "--builder", builder);
      let said = "";
      await new Promise<void>((resolve, reject) => {
        child.stderr?.on("data", (data: Buffer) => {
          said += data.toString("utf8");
          // Dagger tells what a command says when it has ended.
          if (builder === "docker" ? said.includes(`| reached ${name}`) : said.includes("Step 5 of 11")) resolve();
        });
        child.once("close", () => reject(new Error(`it ended before step 5: ${said}`)));
      });
      child.removeAllListeners("close");
      const closed = new Promise((resolve) => child.once("close", resolve));
      child.kill(signal);
      await closed;
      // What can be caught leaves nothing behind; what cannot is found by whoever comes next.
      if (signal === "SIGKILL") await atelier.run("clean");
      assert.equal(commandsOfBuilds().includes(mark), false, `${signal}: no container of the killed build is left`);
      const folders = (await readdir(tmpdir())).filter((each) => each.startsWith(`atelier-build-${child.pid}-`));
      assert.deepEqual(folders, [], `${signal}: nor a folder`);
    }
    await writeFile(recipe, text);
    const rerun = await atelier.run("build", "w", "--builder", builder);
    assert.equal(rerun.code, 0, rerun.stderr);
    assert.deepEqual(Object.keys(stampsOf(name)).sort(), [...steps].sort());
  });
}
