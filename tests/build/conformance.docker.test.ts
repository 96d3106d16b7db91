import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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

/** What every builder makes of a workshop, step by step. */
const madeOf = async (engine: Engine, folder: string) => {
  const made = new Map<BuilderChoice, Awaited<ReturnType<typeof imagesOf>>>();
  for (const choice of builders) made.set(choice, await imagesOf(engine, await build(engine, folder, choice)));
  return [...made.values()];
};

const imagesOf = async (engine: Engine, record: BuildRecord) => {
  const ids = record.steps.map(({ images }) => images[0]?.configDigest ?? assert.fail());
  const trees = await treesOf(await engine.saveImages(ids), groundOf(record));
  return Promise.all(
    record.steps.map(async ({ step }, index) => {
      const id = ids[index] ?? "";
      const tree = trees.get(id) ?? assert.fail(`no tree of ${step}`);
      assert.match(tree.get("/workshop/image.json") ?? "", /^file 600 0:0 /, step);
      return { step, said: await saidOf(engine, id), tree: withoutClock(tree) };
    }),
  );
};

for (const example of examples)
  test(`${example}, ${suite}: every step image has the same files, modes, owners, environment, entrypoint and labels`, async () => {
    using engine = await connectEngine(await findEndpoint(process.env));
    const folder = fileURLToPath(new URL(`../../examples/${example}`, import.meta.url));
    const [first, second] = await madeOf(engine, folder);
    assert.ok(first && first.length > 1);
    if (second) assert.deepEqual(second, first);
  });

/** The Debian base with a folder that is closed, and with what ends where a workshop begins. */
const makeBase = (tag: string): void => {
  const name = `atelier-conformance-base-${process.pid}`;
  const docker = (...args: string[]) => execFileSync("docker", args, { stdio: ["ignore", "ignore", "pipe"] });
  const script = "mkdir -p /var/lib/closed && chown 105:106 /var/lib/closed && chmod 700 /var/lib/closed";
  try {
    docker("run", "--name", name, "atelier-base/debian:bookworm", "sh", "-ec", script);
    const changes = ["VOLUME /var/lib/data", "HEALTHCHECK CMD false", "ONBUILD RUN false"];
    docker("commit", ...changes.flatMap((change) => ["--change", change]), name, tag);
  } finally {
    docker("rm", "-f", name);
  }
};

test(`a base with folders, links and a volume of its own, ${suite}: its folders stay, what is put below the volume too`, async () => {
  using engine = await connectEngine(await findEndpoint(process.env));
  const tag = `atelier-test/conformance-base:${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), "atelier-conformance-"));
  try {
    makeBase(tag);
    const files = {
      "workshop.yaml": `version: v1\nworkshop:\n  name: conformance\n  version: "1"\n  title: Conformance\nbase:\n  image: ${tag}\nsteps: [one]\n`,
      "steps/one/step.yaml":
        "title: One\nfiles:\n  - source: files/var\n    target: /var\n    owner: root\ncommands:\n  - run: echo left > /var/lib/data/left\n",
      "steps/one/content.md": "# One\n",
      "steps/one/files/var/tmp/a": "a\n",
      "steps/one/files/var/run/b": "b\n",
      "steps/one/files/var/lib/closed/c": "c\n",
      "steps/one/files/var/lib/data/d": "d\n",
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const [first, second] = await madeOf(engine, folder);
    const one = first?.at(-1) ?? assert.fail();
    const kindOf = (path: string) => String(one.tree[path]).split(" ").slice(0, 3).join(" ");
    assert.deepEqual(
      Object.fromEntries(
        ["/var/tmp", "/var/lib/closed", "/var/run", "/run/b", "/var/lib/data/d", "/var/lib/data/left"].map((path) => [
          path,
          kindOf(path),
        ]),
      ),
      {
        "/var/tmp": "directory 1777 0:0",
        "/var/lib/closed": "directory 700 105:106",
        // The link below it is still what it was.
        "/var/run": "undefined",
        "/run/b": "file 644 0:0",
        "/var/lib/data/d": "file 644 0:0",
        "/var/lib/data/left": "file 644 0:0",
      },
    );
    const { Volumes, Healthcheck, OnBuild } = one.said;
    assert.deepEqual([Volumes ?? {}, Healthcheck ?? {}, OnBuild ?? []], [{}, {}, []]);
    if (second) assert.deepEqual(second, first);
  } finally {
    await rm(folder, { recursive: true });
    await engine.removeImage(tag, true);
  }
});
