import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { connectEngine, findEndpoint } from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";
import { readTar } from "@atelier/node-kit";
import {
  type AtelierCli,
  buildersForTests,
  copyImageAs,
  createAtelierCli,
  openTestRegistry,
  openWorkspace,
} from "@atelier/testkit";

interface Descriptor {
  readonly digest: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** `e_machine` of ELF. */
const machines: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 };
const architectures = ["amd64", "arm64"];
const platforms = architectures.map((name) => `linux/${name}`).join(",");

/** Not waited for in a way that stops the registry here. */
const docker = async (...args: string[]): Promise<string> => (await promisify(execFile)("docker", args)).stdout;

/** Debian as this engine has it: made by a build where no registry does. */
const findDebian = async (atelier: AtelierCli): Promise<string> => {
  await atelier.succeed("init", "first");
  await atelier.succeed("build", "first");
  const [found] = (await docker("images", "--quiet", "debian:12")).split("\n");
  return found || "atelier-base/debian:bookworm";
};

/**
 * A base for both architectures behind one tag of a registry. What of it is not the engine's own cannot run, so
 * its programs are those of the engine's, under another architecture's name.
 */
const baseAt = async (
  registry: Awaited<ReturnType<typeof openTestRegistry>>,
  { native, debian }: { readonly native: string; readonly debian: string },
): Promise<{ readonly image: string; forget(): Promise<void> }> => {
  const image = `${registry.address}/both:1`;
  const ofOne = (architecture: string): string => `${registry.address}/both:${architecture}`;
  for (const architecture of architectures) {
    if (architecture === native) await docker("tag", debian, ofOne(architecture));
    else await copyImageAs(debian, ofOne(architecture), architecture);
    await docker("push", "--quiet", ofOne(architecture));
    await docker("rmi", ofOne(architecture));
  }
  const manifests: unknown[] = [];
  for (const architecture of architectures) {
    const found = registry.manifests.get(`both:${architecture}`);
    assert.ok(found, `${architecture} was pushed`);
    const { mediaType, bytes } = found;
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    manifests.push({ mediaType, size: bytes.length, digest, platform: { os: "linux", architecture } });
  }
  const mediaType = "application/vnd.docker.distribution.manifest.list.v2+json";
  const { status } = await fetch(`http://${registry.address}/v2/both/manifests/1`, {
    method: "PUT",
    headers: { "content-type": mediaType },
    body: JSON.stringify({ schemaVersion: 2, mediaType, manifests }),
  });
  assert.equal(status, 201);
  return {
    image,
    forget: () =>
      docker("rmi", image).then(
        () => undefined,
        () => undefined,
      ),
  };
};

const writeWorkshop = (atelier: AtelierCli, name: string, image: string): Promise<void> =>
  atelier.write({
    "w/workshop.yaml": `version: v1\nworkshop:\n  name: ${name}\n  version: "1"\n  title: Both\nbase:\n  image: ${image}\nsteps: [one, two]\n`,
    "w/steps/one/step.yaml": "title: One\nfiles:\n  - source: files/a\n    target: ~/a\nenv: { A: b }\n",
    "w/steps/one/files/a": "a\n",
    "w/steps/one/content.md": "# One\n",
    "w/steps/two/step.yaml": "title: Two\nfiles:\n  - source: files/b\n    target: ~/b\n",
    "w/steps/two/files/b": "b\n",
    "w/steps/two/content.md": "# Two\n",
  });

const idsOf = ({ steps }: BuildRecord): readonly string[] =>
  steps.flatMap(({ images }) => images.map(({ configDigest }) => configDigest));

/** Machines of all programs that image layers have below `/opt/atelier`. */
const machinesIn = async (layers: readonly Buffer[]): Promise<ReadonlySet<number>> => {
  const found = new Set<number>();
  for (const layer of layers) {
    const tar = layer[0] === 0x1f && layer[1] === 0x8b ? gunzipSync(layer) : layer;
    for await (const entry of readTar(Readable.from([tar]))) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      if (/^(\.\/)?opt\/atelier\//.test(entry.header.name) && bytes.length > 64 && bytes.readUInt32BE(0) === 0x7f454c46)
        found.add(bytes.readUInt16LE(18));
    }
  }
  return found;
};

for (const { builder, suite, env } of buildersForTests()) {
  test(`${suite}: what another platform lacks is said before anything is built for the first`, async () => {
    using engine = await connectEngine(await findEndpoint(process.env));
    const native = (await engine.info()).Architecture === "x86_64" ? "amd64" : "arm64";
    const foreign = native === "amd64" ? "arm64" : "amd64";
    await using atelier = await createAtelierCli(env);
    await writeWorkshop(atelier, `lacks-${builder}`, "atelier-test/only-here:1");
    // Nobody has it for another platform.
    await docker("tag", await findDebian(atelier), "atelier-test/only-here:1");
    await atelier.write({
      "w/steps/one/step.yaml": `title: One\nfiles:\n  - source: files/a\n    target: ~/a\nenv: { A: "${Date.now()}" }\n`,
    });
    const refused = await atelier.run("build", "w", "--builder", builder, "--platform", platforms);
    await docker("rmi", "atelier-test/only-here:1");
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stderr,
      new RegExp(`only-here:1 is here for linux/${native} only, linux/${foreign} is wanted`),
    );
    assert.doesNotMatch(refused.stderr, /Step 1 of|built in/);
  });

  test(`${suite}: files are built for both architectures, pushed as one index and written as one layout; run takes the engine's own, and a second build makes nothing`, async () => {
    using engine = await connectEngine(await findEndpoint(process.env));
    const native = (await engine.info()).Architecture === "x86_64" ? "amd64" : "arm64";
    const foreign = native === "amd64" ? "arm64" : "amd64";
    await using registry = await openTestRegistry();
    await using atelier = await createAtelierCli(env);
    const base = await baseAt(registry, { native, debian: await findDebian(atelier) });
    const name = `both-${builder}`;
    await writeWorkshop(atelier, name, base.image);
    const to = `${registry.address}/team/${name}`;
    try {
      const build = ["build", "w", "--builder", builder, "--platform", platforms, "--json"];
      const first = await atelier.succeed(...build, "--push", "--to", to, "--output", "images");
      const record = JSON.parse(first.stdout) as BuildRecord;
      assert.deepEqual(
        record.steps.map(({ step, images }) => [step, images.map(({ platform }) => platform)]),
        ["start", "one", "two"].map((step) => [step, [`linux/${native}`, `linux/${foreign}`]]),
        "the engine's own comes first",
      );
      // All bases are there before the first step of the first platform.
      const order = [...first.stderr.matchAll(/For linux\/(\w+):/g)].map(([, architecture]) => architecture);
      assert.deepEqual(order, [native, foreign, native, foreign]);

      const read = <T>(reference: string): T => {
        const found = registry.manifests.get(`team/${name}:${reference}`);
        assert.ok(found, `the registry has ${reference}`);
        return JSON.parse(found.bytes.toString("utf8")) as T;
      };
      for (const step of ["start", "one", "two"]) {
        const index = read<{ manifests: Descriptor[] }>(`1-${step}`);
        assert.deepEqual(
          index.manifests.map(({ platform }) => platform?.architecture),
          [native, foreign],
          step,
        );
        for (const { digest, platform } of index.manifests) {
          const { config, layers } = read<Manifest>(digest);
          const { architecture } = JSON.parse(registry.blobs.get(config.digest)?.toString("utf8") ?? "{}") as {
            architecture: string;
          };
          assert.equal(architecture, platform?.architecture);
          if (step === "two")
            assert.deepEqual(
              await machinesIn(layers.map((layer) => registry.blobs.get(layer.digest) ?? Buffer.alloc(0))),
              new Set([machines[architecture]]),
              architecture,
            );
        }
      }
      const layout = JSON.parse(await readFile(join(atelier.folder, "images/index.json"), "utf8")) as {
        manifests: Descriptor[];
      };
      const blob = async <T>(digest: string): Promise<T> =>
        JSON.parse(await readFile(join(atelier.folder, "images/blobs", digest.replace(":", "/")), "utf8")) as T;
      const written: unknown[] = [];
      for (const { digest, annotations, platform } of layout.manifests) {
        const { architecture } = await blob<{ architecture: string }>((await blob<Manifest>(digest)).config.digest);
        assert.equal(architecture, platform?.architecture);
        written.push([annotations?.["org.opencontainers.image.ref.name"], architecture]);
      }
      assert.deepEqual(
        written,
        ["start", "one", "two"].flatMap((step) => [
          [`1-${step}`, native],
          [`1-${step}-${foreign}`, foreign],
        ]),
      );

      const status = JSON.parse((await atelier.succeed("status", "w", "--json")).stdout) as {
        steps: { step: string; state: string; platforms: string[]; pushed: string[] }[];
      };
      assert.deepEqual(
        status.steps.map(({ state, platforms: of, pushed }) => [state, of, pushed]),
        ["start", "one", "two"].map(() => ["built", [`linux/${native}`, `linux/${foreign}`], [to]]),
      );

      const images = async (): Promise<ReadonlySet<string>> =>
        new Set(
          (await docker("images", "-aq", "--no-trunc", "--filter", `label=dev.atelier.workshop=${name}`)).split("\n"),
        );
      const before = await images();
      const again = JSON.parse((await atelier.succeed(...build)).stdout) as BuildRecord;
      assert.deepEqual(idsOf(again), idsOf(record));
      assert.deepEqual((await images()).difference(before), new Set(), "nothing was made");

      assert.match((await atelier.succeed("status", "w")).stdout, new RegExp(`linux/${native}, linux/${foreign}`));

      // One of its images goes: the status says which.
      const lost = record.steps.find(({ step }) => step === "two")?.images[1]?.configDigest ?? "";
      await docker("rmi", "--force", lost);
      assert.match(
        (await atelier.succeed("status", "w")).stdout,
        new RegExp(`two +missing +its image for linux/${foreign} is gone`),
      );

      // Last, since it builds what is missing, for the engine's own.
      const { stdout: url } = await atelier.succeed("run", "w");
      const client = await openWorkspace(url.trim());
      using terminal = await client.terminal();
      assert.match(await terminal.run("uname -m"), native === "amd64" ? /x86_64/ : /aarch64/);
    } finally {
      await base.forget();
    }
  });
}
