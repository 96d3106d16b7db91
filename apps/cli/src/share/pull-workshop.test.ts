import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { pack } from "tar-stream";
import type { Context } from "../context.ts";
import { compiledForTests } from "../testing/compiled-workshop.ts";
import { pullWorkshop } from "./pull-workshop.ts";

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
