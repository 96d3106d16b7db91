import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { engineAuth, readCredentials } from "./credentials.ts";
import { nameInEngine, parseRepository } from "./image-repository.ts";

const auth = Buffer.from("ann:secret").toString("base64");
const ann = { kind: "password", user: "ann", password: "secret" } as const;
const hubKey = "https://index.docker.io/v1/";

const withConfig = async (
  config: unknown,
  run: (env: { DOCKER_CONFIG: string; PATH: string }) => Promise<void>,
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-login-"));
  try {
    await mkdir(join(folder, "bin"));
    const helper = join(folder, "bin/docker-credential-pretended");
    await writeFile(
      helper,
      '#!/bin/sh\nread -r key\necho "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"for $key\\"}"\n',
    );
    await chmod(helper, 0o755);
    await writeFile(join(folder, "config.json"), JSON.stringify(config));
    await run({ DOCKER_CONFIG: folder, PATH: `${join(folder, "bin")}:${process.env.PATH}` });
  } finally {
    await rm(folder, { recursive: true });
  }
};

test("Docker Hub is asked where its registry is, with the login that the docker CLI keeps for it", async () => {
  for (const name of ["docker.io/ann/lab", "index.docker.io/ann/lab", "registry-1.docker.io/ann/lab"])
    assert.deepEqual(parseRepository(name), {
      registry: "docker.io",
      host: "registry-1.docker.io",
      name: "ann/lab",
      scheme: "https",
    });
  assert.equal(parseRepository("docker.io/lab").name, "library/lab");
  assert.deepEqual(
    ["docker.io/ann/lab", "index.docker.io/library/lab", "registry.test/ann/lab", "lab"].map(nameInEngine),
    ["ann/lab", "lab", "registry.test/ann/lab", "lab"],
  );
  await withConfig({ auths: { [hubKey]: { auth } } }, async (env) => {
    assert.deepEqual(await readCredentials("docker.io", env), ann);
    assert.deepEqual(engineAuth("docker.io", ann), {
      serveraddress: hubKey,
      username: "ann",
      password: "secret",
    });
    assert.equal(await readCredentials("registry.test", env), undefined);
  });
  for (const config of [{ credsStore: "pretended" }, { credHelpers: { [hubKey]: "pretended" } }])
    await withConfig(config, async (env) => {
      assert.deepEqual(await readCredentials("docker.io", env), { kind: "identity-token", token: `for ${hubKey}` });
    });
});

test("a login that an older docker CLI kept under a whole address is found by its host", async () => {
  for (const key of ["registry.test", "https://registry.test", "http://registry.test/v1/", "registry.test/v2/"])
    await withConfig({ auths: { [key]: { auth } } }, async (env) => {
      assert.deepEqual(await readCredentials("registry.test", env), ann, key);
      assert.equal(await readCredentials("registry.test:5000", env), undefined, key);
    });
});
