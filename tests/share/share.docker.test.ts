import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import type { BuildRecord } from "@atelier/domain";
import { createAtelierCli, openTestRegistry, openWorkspace } from "@atelier/testkit";

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();

/** Takes all of a workshop's images out of the engine, as if this were another machine. */
const forgetImages = (name: string): void => {
  const ids = docker("images", "--quiet", "--no-trunc", "--filter", `label=dev.atelier.workshop=${name}`);
  for (const id of new Set(ids.split("\n").filter((line) => line !== ""))) docker("rmi", "--force", id);
};

test("a bundle runs where nothing of the workshop is, goes to a registry without a build, and runs from there", async () => {
  await using atelier = await createAtelierCli();
  const name = `shared-${process.pid}`;
  await atelier.succeed("init", name);
  const written = await atelier.succeed("bundle", name, "-o", "lab.tar");
  assert.equal(written.stdout.trim(), join(atelier.folder, "lab.tar"));
  assert.match(written.stderr, /Only for linux\/(amd64|arm64)/);
  await rm(join(atelier.folder, name), { recursive: true });

  forgetImages(name);
  // A network would be of no use: no registry's name resolves for this engine's client.
  const { stdout: url } = await atelier.succeed("run", "--offline", "lab.tar");
  {
    const client = await openWorkspace(url.trim());
    using terminal = await client.terminal();
    await terminal.run("echo hello > hello.txt");
    assert.equal((await client.check("first-file")).outcome, "passed");
  }
  assert.match((await atelier.succeed("run", "--offline", "lab.tar")).stdout, new RegExp(name), "it goes on");
  await atelier.succeed("remove", name, "--yes");

  await using registry = await openTestRegistry();
  const to = `${registry.address}/team/lab`;
  const pushed = JSON.parse(
    (await atelier.succeed("push", "--from-bundle", "lab.tar", "--to", to, "--json")).stdout,
  ) as BuildRecord;
  for (const { step, images } of pushed.steps)
    for (const { pushed: places } of images)
      assert.deepEqual(
        places.map(({ repository, manifestDigest }) => [
          repository,
          registry.manifests.has(`team/lab:${manifestDigest}`),
        ]),
        [[to, true]],
        step,
      );
  const before = registry.requests.length;
  await atelier.succeed("push", "--from-bundle", "lab.tar", "--to", to);
  assert.equal(
    registry.requests.slice(before).filter((request) => request.startsWith("POST")).length,
    0,
    "nothing is sent twice",
  );

  forgetImages(name);
  const pulled = await atelier.succeed("run", `${to}:${pushed.version}-start`);
  const client = await openWorkspace(pulled.stdout.trim());
  assert.deepEqual(
    (await client.workspace()).steps.map(({ id }) => id),
    ["first-file", "greet"],
  );
  await atelier.succeed("solve", name);
  assert.match((await atelier.succeed("list")).stdout, new RegExp(`${name}\\s+running`), "all its images came along");
});

test("a push brings the images of services along, and a machine that has none of them runs the workshop", async () => {
  await using atelier = await createAtelierCli();
  const name = `served-${process.pid}`;
  const service = (own: string): string => `      ${own}\n      command: [/bin/sh, -c, "sleep 1000"]\n`;
  await atelier.write({
    "w/workshop.yaml": `version: v1\nworkshop: { name: ${name}, version: "1", title: Served }\nbase: { image: "debian:12" }\ninfrastructure:\n  services:\n    - name: store\n${service("containerFile: store/Containerfile")}    - name: plain\n${service('image: "debian:12"')}steps: [one]\n`,
    "w/store/Containerfile": "FROM debian:12\nRUN echo brought along > /srv/mark\n",
    "w/steps/one/step.yaml": "title: One\n",
    "w/steps/one/content.md": "# One\n",
  });
  await using registry = await openTestRegistry();
  const to = `${registry.address}/team/served`;
  await atelier.succeed("push", "w", "--to", to);
  for (const tag of ["1-service.store", "1-service.plain", "1-start", "1-one"])
    assert.ok(registry.manifests.has(`team/served:${tag}`), tag);
  forgetImages(name);
  docker("rmi", "--force", `atelier-service/${name}-store`);
  // As a pull that broke off after the first image leaves it. Not waited for in a way that stops the registry here.
  await promisify(execFile)("docker", ["pull", "--quiet", `${to}:1-start`]);
  try {
    await atelier.succeed("run", `${to}:1-start`);
    assert.notEqual(docker("images", "--quiet", `${to}:1-one`), "");
    const running = (label: string): string =>
      docker("ps", "--quiet", "--filter", `label=dev.atelier.service=${label}`, "--filter", `name=${name}`);
    assert.equal(docker("exec", running("store"), "cat", "/srv/mark"), "brought along");
    assert.notEqual(running("plain"), "");
  } finally {
    await atelier.run("remove", "--all", "--yes");
    for (const tag of ["store", "plain"]) docker("rmi", "--force", `${to}:1-service.${tag}`);
  }
});

test("what is no bundle and what is no repository start and send nothing", async () => {
  await using atelier = await createAtelierCli();
  await atelier.write({ "notes.txt": "hello" });
  for (const target of ["notes.txt", ".", "nowhere.tar"]) {
    const { code, stderr } = await atelier.run("run", "--offline", target);
    assert.notEqual(code, 0);
    assert.match(stderr, /bundle/, target);
  }
  const { code, stderr } = await atelier.run("push", "--from-bundle", "notes.txt", "--to", "lab");
  assert.notEqual(code, 0);
  assert.match(stderr, /<registry>\/<name>/);
});
