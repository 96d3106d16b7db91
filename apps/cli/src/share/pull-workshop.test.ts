import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import type { Engine } from "@atelier/backend-docker";
import { pack } from "tar-stream";
import type { Context } from "../context.ts";
import { compiledForTests } from "../testing/compiled-workshop.ts";
import { pullImage, pullWorkshop } from "./pull-workshop.ts";

const repository = "registry.test/lab";
const tagsOf = (...steps: readonly string[]): readonly string[] => steps.map((step) => `${repository}:1.0.0-${step}`);

/** What is pulled when these images are here; a registry has all. */
const pullsWith = async (here: readonly string[], reference: string): Promise<readonly string[]> => {
  const [images, pulls] = [new Set(here), [] as string[]];
  const folder = await mkdtemp(join(tmpdir(), "atelier-pull-"));
  try {
    const engine = {
      inspectImage: async (name: string) =>
        images.has(name) ? { Id: name, RepoDigests: [`${repository}@sha256:0`] } : undefined,
      pullImage: async (name: string) => {
        pulls.push(name);
        images.add(name);
      },
      createContainer: async () => "c",
      getArchive: async () => {
        const tar = pack();
        tar.entry({ name: "workshop.json" }, JSON.stringify({ ...compiledForTests, image: repository }));
        tar.finalize();
        return Readable.from(tar);
      },
      removeContainer: async () => undefined,
    };
    const context = {
      engine: async () => engine,
      // No login of whoever runs this.
      env: { DOCKER_CONFIG: folder, HOME: folder },
      signal: new AbortController().signal,
      reporter: { progress: () => {}, progressDone: () => {} },
    };
    await pullWorkshop(context as unknown as Context, reference);
    return pulls;
  } finally {
    await rm(folder, { recursive: true });
  }
};

test("what is not here is pulled whole; where it was interrupted, the rest", async () => {
  const all = tagsOf("start", "greet", "first-greet");
  const [start = ""] = all;
  assert.deepEqual(await pullsWith([], start), all);
  assert.deepEqual(await pullsWith([start], start), all.slice(1));
  assert.deepEqual(await pullsWith(all, start), []);
});

test("a name without a registry is nobody's to pull", async () => {
  assert.deepEqual(await pullsWith([], "lab:1.0.0-start"), []);
});

test("a service's image of another registry is not asked for with the workshop's login", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-pull-"));
  try {
    const auth = Buffer.from("ann:secret").toString("base64");
    await writeFile(join(folder, "config.json"), JSON.stringify({ auths: { "registry.test": { auth } } }));
    const context = { env: { DOCKER_CONFIG: folder }, signal: AbortSignal.timeout(60_000) } as unknown as Context;
    const shown: unknown[] = [];
    const engine: Pick<Engine, "pullImage"> = {
      pullImage: async (name, options) => void shown.push([name, options.auth]),
    };
    for (const name of ["registry.test/lab:1-start", "other.test/database:2", "database:2"])
      await pullImage(context, engine, name);
    assert.deepEqual(shown, [
      ["registry.test/lab:1-start", { serveraddress: "registry.test", username: "ann", password: "secret" }],
      ["other.test/database:2", undefined],
      ["database:2", undefined],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
