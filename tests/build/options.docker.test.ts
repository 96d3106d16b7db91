import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { type AtelierCli, buildersForTests, createAtelierCli } from "@atelier/testkit";

const cli = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

const writeWorkshop = (atelier: AtelierCli, name: string): Promise<void> =>
  atelier.write({
    "w/workshop.yaml": `version: v1\nworkshop:\n  name: ${name}\n  version: "1"\n  title: Options\nbase:\n  image: debian:12\nsteps: [one, two, three]\n`,
    "w/steps/one/step.yaml":
      "title: One\nfiles:\n  - source: files/tool\n    target: ~/bin/tool\n    mode: '0755'\nenv: { COLOR: blue }\n",
    "w/steps/one/files/tool": "#!/bin/sh\necho tool\n",
    "w/steps/one/content.md": "# One\n",
    "w/steps/two/step.yaml": "title: Two\ncommands:\n  - run: echo $COLOR > ~/color\n    user: student\n",
    "w/steps/two/content.md": "# Two\n",
    "w/steps/three/step.yaml": "title: Three\ncommands:\n  - run: date +%s%N > /srv/now\n",
    "w/steps/three/content.md": "# Three\n",
  });

for (const { builder, suite, env } of buildersForTests()) {
  test(`${suite}: --check finds our layers the same twice, names the step whose command is not, and leaves no image behind`, async () => {
    await using atelier = await createAtelierCli(env);
    await writeWorkshop(atelier, `options-check-${builder}`);
    const images = (): string => execFileSync("docker", ["images", "-aq", "--no-trunc"], { encoding: "utf8" });
    await atelier.succeed("build", "w", "--builder", builder);
    const before = new Set(images().split("\n"));
    const { stdout } = await atelier.succeed("build", "w", "--builder", builder, "--check", "--json");
    const said = JSON.parse(stdout) as { reproducible: boolean; differences: { step: string; by: string }[] };
    assert.equal(said.reproducible, true);
    assert.deepEqual(
      [...new Set(said.differences.map(({ step, by }) => `${by}: ${step}`))],
      ["author: two", "author: three"],
    );
    const trial = execFileSync(
      "docker",
      ["images", "-aq", "--no-trunc", "--filter", `label=dev.atelier.workshop=options-check-${builder}`],
      {
        encoding: "utf8",
      },
    );
    assert.deepEqual(
      trial.split("\n").filter((id) => !before.has(id)),
      [],
    );
  });

  test(`${suite}: --only publishes one step's image and keeps no record; --output writes all of them; a wrong name says what there is`, async () => {
    await using atelier = await createAtelierCli(env);
    await writeWorkshop(atelier, `options-only-${builder}`);
    const only = await atelier.succeed("build", "w", "--builder", builder, "--only", "two");
    assert.deepEqual(only.stdout.trim().split("\n"), [`atelier/options-only-${builder}:1-two`]);
    assert.equal(existsSync(join(atelier.stateDirectory, "records")) && (await atelier.run("list")).code !== 0, false);

    await atelier.succeed("build", "w", "--builder", builder, "--output", "images");
    const index = JSON.parse(await readFile(join(atelier.folder, "images/index.json"), "utf8")) as {
      manifests: { annotations: Record<string, string> }[];
    };
    assert.deepEqual(
      index.manifests.map(({ annotations }) => annotations["org.opencontainers.image.ref.name"]),
      ["1-start", "1-one", "1-two", "1-three"],
    );

    const wrong = await atelier.run("build", "w", "--from-step", "four");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /no step "four"[\s\S]*one, two, three/);
    const behind = await atelier.run("build", "w", "--from-step", "three", "--only", "two");
    assert.equal(behind.code, 2);
    assert.match(behind.stderr, /--from-step three lies behind --only two[\s\S]*→ /);
    const platform = await atelier.run("build", "w", "--platform", "linux/amd64,windows/amd64");
    assert.equal(platform.code, 2);
    assert.match(platform.stderr, /windows\/amd64 is no platform[\s\S]*linux\/amd64 and linux\/arm64/);
  });

  test(`${suite}: --shell-on-failure opens a terminal as the command's user, with the step's files and variables, before the command`, async () => {
    await using atelier = await createAtelierCli(env);
    await writeWorkshop(atelier, `options-shell-${builder}`);
    const recipe = join(atelier.folder, "w/steps/two/step.yaml");
    await writeFile(
      recipe,
      "title: Two\nfiles:\n  - source: files/note\n    target: ~/note\ncommands:\n  - run: rm ~/note; exit 7\n    user: student\n",
    );
    await atelier.write({ "w/steps/two/files/note": "still here\n" });
    await atelier.write({ "authority.pem": `# the author's own\n${rootCertificates[0]}\n` });
    // `script` brings the terminal that a person would sit at.
    const child = spawn(
      "script",
      ["-qec", `'${process.execPath}' '${cli}' build w --builder ${builder} --shell-on-failure`, "/dev/null"],
      {
        cwd: atelier.folder,
        env: {
          ...process.env,
          ...env,
          ATELIER_STATE_DIR: atelier.stateDirectory,
          TERM: "xterm",
          NODE_EXTRA_CA_CERTS: join(atelier.folder, "authority.pem"),
        },
      },
    );
    let screen = "";
    const shows = (pattern: RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`never showed ${pattern}:\n${screen}`)), 120_000);
        const look = (): void => {
          if (!pattern.test(screen)) return;
          clearTimeout(timer);
          child.stdout.off("data", look);
          resolve();
        };
        child.stdout.on("data", look);
        look();
      });
    child.stdout.on("data", (data: Buffer) => {
      screen += data.toString("utf8");
    });
    const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
    await shows(/exit code 7[\s\S]*A shell in step "two"[\s\S]*\$ $/);
    child.stdin.write("echo [$(id -un):$COLOR:$(cat ~/note):$(pwd)]; tty; stty size\r");
    await shows(/\[student:blue:still here:\/home\/student\][\s\S]*\/dev\/pts\/\d+/);
    child.stdin.write('echo [$(cat "$SSL_CERT_FILE" "$GIT_SSL_CAINFO" | grep -c "author.s"):$(ls -A /dev/shm)]\r');
    await shows(/\[2:atelier-trust\]/);
    child.stdin.write("exit\r");
    assert.equal(await closed, 1, "the build has failed all the same");
    const left = execFileSync(
      "docker",
      ["ps", "-aq", "--filter", "label=dev.atelier.role=build", "--filter", "name=two"],
      {
        encoding: "utf8",
      },
    );
    assert.equal(left, "");
    const piped = await atelier.run("build", "w", "--shell-on-failure");
    assert.equal(piped.code, 2);
    assert.match(piped.stderr, /needs a terminal/);
  });
}
