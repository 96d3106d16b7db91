import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { connectEngine, type Engine, findEndpoint } from "@atelier/backend-docker";
import { type BuilderChoice, chooseBuilder } from "@atelier/build";
import { type BuildRecord, parseWorkshop, planImages, withoutIgnored } from "@atelier/domain";
import { readSourceTree } from "@atelier/node-kit";
import { daggerForTests, treesOf } from "@atelier/testkit";

const examples = ["linux-basics", "git-rescue", "http-service"];
const dagger = daggerForTests();
const builders: readonly BuilderChoice[] = dagger ? ["docker", "dagger"] : ["docker"];
const suite = dagger
  ? "Docker and Dagger builders"
  : "Docker builder alone, no Dagger engine here (ATELIER_TEST_DAGGER_HOST, ATELIER_TEST_DAGGER_CLI)";

const build = async (engine: Engine, folder: string, choice: BuilderChoice): Promise<BuildRecord> => {
  const tree = withoutIgnored(await readSourceTree(folder));
  const { value: workshop, diagnostics } = parseWorkshop(tree);
  assert.ok(workshop, JSON.stringify(diagnostics));
  return chooseBuilder({
    choice,
    engine,
    stateId: "conformance-test",
    cacheFolder: join(tmpdir(), "atelier-conformance-cache"),
    env: { ...process.env, ...dagger?.env },
    now: Date.now,
  }).build({
    plan: planImages(workshop, tree, (data) => createHash("sha256").update(data).digest("hex")),
    workshop,
    tree,
    folder,
    secrets: {},
    onProgress: () => {},
    signal: AbortSignal.timeout(500_000),
  });
};

/** What an image says of itself, without the key that tells builders apart. */
const saidOf = async (engine: Engine, id: string) => {
  const { "dev.atelier.layer-digest": _key, ...labels } = (await engine.inspectImage(id))?.Config?.Labels ?? {};
  const { Env, Entrypoint, Cmd, User, WorkingDir, StopSignal, ExposedPorts, Volumes, Healthcheck, OnBuild, Shell } =
    (await engine.inspectImage(id))?.Config ?? assert.fail(id);
  const start = { Entrypoint, Cmd, User, WorkingDir, StopSignal, ExposedPorts };
  return { labels, Env, ...start, Volumes, Healthcheck, OnBuild, Shell };
};

/**
 * A commit carries the clock, so what git wrote of it differs from build to build, whoever builds: of those
 * files names of objects and contents are left out, and how many there are stays.
 */
const withoutClock = (tree: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> => {
  const counts = new Map<string, number>();
  const entries = [...tree].flatMap(([path, entry]) => {
    if (!path.includes("/.git/")) return [[path, entry] as const];
    if (!/\/objects\//.test(path)) return [[path, entry.split(" ").slice(0, 3).join(" ")] as const];
    const key = `${path.slice(0, path.indexOf("/objects/"))} objects: ${entry.split(" ")[0]}s`;
    if (entry.startsWith("file")) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [];
  });
  return Object.fromEntries([...entries, ...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** Layers that all of the first builder's images begin with. */
const groundOf = (record: BuildRecord): readonly string[] => {
  const all = record.steps.map(({ images }) => images[0]?.layers ?? []);
  const [start = []] = all;
  // Pages and the image's own file are on top of the ground.
  return start.slice(0, -2);
};

for (const example of examples)
  test(`${example}, ${suite}: every step image has the same files, modes, owners, environment, entrypoint and labels`, async () => {
    using engine = await connectEngine(await findEndpoint(process.env));
    const folder = fileURLToPath(new URL(`../../examples/${example}`, import.meta.url));
    const made = new Map<string, readonly object[]>();
    for (const choice of builders) {
      const record = await build(engine, folder, choice);
      const ids = record.steps.map(({ images }) => images[0]?.configDigest ?? assert.fail());
      const trees = await treesOf(await engine.saveImages(ids), groundOf(record));
      made.set(
        choice,
        await Promise.all(
          record.steps.map(async ({ step }, index) => {
            const id = ids[index] ?? "";
            const tree = trees.get(id) ?? assert.fail(`no tree of ${step}`);
            assert.match(tree.get("/workshop/image.json") ?? "", /^file 600 0:0 /, step);
            return { step, said: await saidOf(engine, id), tree: withoutClock(tree) };
          }),
        ),
      );
    }
    const [first, second] = [...made.values()];
    assert.ok(first && first.length > 1);
    if (second) assert.deepEqual(second, first);
  });
