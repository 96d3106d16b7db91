import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { buildersForTests, createAtelierCli } from "@atelier/testkit";

/** What a build's process has in the engine and on this machine's disk while it works. */
const leftBy = async (pid: number): Promise<readonly string[]> => [
  ...execFileSync("docker", ["ps", "--all", "--quiet", "--filter", `label=dev.atelier.pid=${pid}`], {
    encoding: "utf8",
  })
    .split("\n")
    .filter((id) => id !== ""),
  ...(await readdir(tmpdir())).filter((name) => new RegExp(`^atelier-[a-z]+-${pid}-`).test(name)),
];

for (const { builder, suite, env } of buildersForTests()) {
  test(`${suite}: --watch builds again what changed and no more, goes on after a broken file and a failed command, and Ctrl-C ends it with nothing left`, async () => {
    await using atelier = await createAtelierCli(env);
    const recipe = (title: string, run: string): string => `title: ${title}\ncommands:\n  - run: ${run}\n`;
    const manifest = `version: v1\nworkshop: { name: watched-${builder}, version: "1", title: Watched }\nbase: { image: "debian:12" }\nsteps: [one, two, three]\n`;
    await atelier.write({ "w/workshop.yaml": manifest });
    for (const step of ["one", "two", "three"])
      await atelier.write({
        [`w/steps/${step}/step.yaml`]: recipe(step, `echo ${step} > /srv/${step} # ${Date.now()}`),
        [`w/steps/${step}/content.md`]: `# ${step}\n`,
      });
    const edit = (path: string, text: string): Promise<void> => writeFile(join(atelier.folder, "w", path), text);
    const watching = atelier.start("build", "w", "--watch", "--builder", builder);
    const ended = new Promise<number | null>((resolve) => watching.once("close", resolve));
    let said = "";
    for (const output of [watching.stdout, watching.stderr])
      output?.on("data", (data: Buffer) => {
        said += data.toString("utf8");
      });
    /** What was said until it matches, from where the last wait ended. */
    const until = async (pattern: RegExp): Promise<string> => {
      for (const started = performance.now(); performance.now() - started < 120_000; await sleep(25)) {
        const found = pattern.exec(said);
        if (found) {
          const end = found.index + found[0].length;
          const heard = said.slice(0, end);
          said = said.slice(end);
          return heard;
        }
      }
      throw new Error(`${pattern} was not said:\n${said}`);
    };
    const built = async (): Promise<readonly string[]> =>
      [...(await until(/Try it: .*\n/)).matchAll(/✓ (\S+) built in/g)].map(([, step = ""]) => step);

    try {
      assert.deepEqual(await built(), ["one", "two", "three"]);

      await edit("steps/two/step.yaml", recipe("two", "echo second > /srv/two"));
      assert.deepEqual(await built(), ["two", "three"], "what stands before the edit is not built again");
      assert.equal(
        execFileSync(
          "docker",
          ["run", "--rm", "--entrypoint", "cat", `atelier/watched-${builder}:1-three`, "/srv/one", "/srv/two"],
          { encoding: "utf8" },
        ),
        "one\nsecond\n",
      );

      await edit("steps/three/content.md", "# Three\n\nOnly a text.\n");
      assert.deepEqual(await built(), [], "a text makes no author's command run");

      await edit("workshop.yaml", manifest.replace("three]", "three, nowhere]"));
      await until(/workshop\.yaml:\d+:\d+ error[\s\S]*→ /);
      assert.equal(watching.exitCode, null, "it goes on");
      await edit("workshop.yaml", manifest);
      assert.deepEqual(await built(), []);

      await edit("steps/three/step.yaml", recipe("three", "exit 9"));
      await until(/"?three"?[\s\S]*exit code 9 \(steps\/three\/step\.yaml:3\)/);
      assert.equal(watching.exitCode, null, "it goes on");
      await edit("steps/three/step.yaml", recipe("three", "echo third > /srv/three"));
      assert.deepEqual(await built(), ["three"]);

      // In the middle of a command, where there is the most to leave behind.
      await edit("steps/three/step.yaml", recipe("three", "echo now at it; sleep 300"));
      // Dagger hands on what a command says when it has ended.
      await until(builder === "docker" ? /three \| now at it/ : /Step 3 of 3: three/);
      watching.kill("SIGINT");
      const started = performance.now();
      assert.equal(await ended, 0, "that is how it is ended");
      assert.ok(performance.now() - started < 15_000, "the command is not waited for");
      assert.deepEqual(await leftBy(watching.pid ?? 0), []);
      // The next build finds everything as it should be.
      await edit("steps/three/step.yaml", recipe("three", "echo third > /srv/three"));
      const after = await atelier.succeed("build", "w", "--builder", builder);
      assert.doesNotMatch(after.stderr, /built in \d/);
    } finally {
      // Of a test that failed: it would watch on.
      watching.kill("SIGKILL");
      await ended;
    }
  });
}
