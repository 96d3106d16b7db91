import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { connectEngine, findEndpoint } from "@atelier/backend-docker";
import { copyImageAs, createAtelierCli } from "@atelier/testkit";

const workshop = (name: string, image: string): Readonly<Record<string, string>> => ({
  "w/workshop.yaml": `version: v1\nworkshop:\n  name: ${name}\n  version: "1"\n  title: Platforms\nbase:\n  image: ${image}\nsteps: [one]\n`,
  "w/steps/one/step.yaml": "title: One\nfiles:\n  - source: files/a\n    target: ~/a\nenv: { A: b }\n",
  "w/steps/one/files/a": "a\n",
  "w/steps/one/content.md": "# One\n",
});

test("the platform layer is made and checked for the other architecture, and files alone need no emulator; commands without one are refused with the steps' names", async () => {
  using engine = await connectEngine(await findEndpoint(process.env));
  const native = (await engine.info()).Architecture === "x86_64" ? "amd64" : "arm64";
  const foreign = native === "amd64" ? "arm64" : "amd64";
  const base = "atelier-test/foreign:1";
  // Nothing of it runs, so a shell in name will do.
  execFileSync("sh", [
    "-c",
    `d=$(mktemp -d); mkdir -p "$d/bin" "$d/etc"; echo x > "$d/bin/sh"; chmod 755 "$d/bin/sh"; tar -C "$d" -c . | docker import - atelier-test/native:1; rm -r "$d"`,
  ]);
  await copyImageAs("atelier-test/native:1", base, foreign);
  await using atelier = await createAtelierCli();
  await atelier.write(workshop("platforms", base));
  const built = await atelier.succeed("build", "w", "--builder", "docker", "--platform", `linux/${foreign}`, "--json");
  const record = JSON.parse(built.stdout) as {
    steps: { step: string; images: { platform: string; configDigest: string }[] }[];
  };
  assert.deepEqual(
    record.steps.map(({ step, images }) => [step, images.map(({ platform }) => platform)]),
    [
      ["start", [`linux/${foreign}`]],
      ["one", [`linux/${foreign}`]],
    ],
  );
  const image = await engine.inspectImage(record.steps[1]?.images[0]?.configDigest ?? "");
  assert.deepEqual([image?.Architecture, image?.Config?.Env.includes("A=b")], [foreign, true]);

  const run = await atelier.run("run", "w");
  assert.notEqual(run.code, 0);
  assert.match(run.stderr, new RegExp(`${foreign}`));

  await atelier.write({ "w/steps/one/step.yaml": "title: One\ncommands:\n  - run: 'true'\n" });
  const refused = await atelier.run("build", "w", "--builder", "docker", "--platform", `linux/${foreign}`);
  // With an emulator in the engine the command runs, and the build says that it does.
  if (refused.code === 0) assert.match(refused.stderr, /run emulated/);
  else assert.match(refused.stderr, /does not run programs for [\s\S]*"one"[\s\S]*→ Register an emulator/);
});
