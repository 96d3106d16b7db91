import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { layersOneByOne, manifestOf } from "./layers-one-by-one.ts";
import { QueryFailed } from "./session/query-session.ts";

const digestOf = (bytes: string | Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** An engine with one image: the first layers uncompressed, the others as Dagger writes what it made itself. */
const fakeEngine = (layers: readonly Buffer[], { uncompressed = 2, says = layers.map(digestOf) } = {}) => {
  const blobs = layers.map((layer, index) => (index < uncompressed ? layer : gzipSync(layer)));
  const config = JSON.stringify({ rootfs: { diff_ids: says } });
  const manifest = JSON.stringify({
    config: { digest: digestOf(config) },
    layers: blobs.map((blob, index) => ({
      mediaType: `application/vnd.oci.image.layer.v1.tar${index < uncompressed ? "" : "+gzip"}`,
      digest: digestOf(blob),
    })),
  });
  /** How many layers each question had written here. */
  const written: number[] = [];
  const fieldsOf = async (id: string, fields: string): Promise<unknown> => {
    assert.equal(id, "made");
    const wanted = [...fields.matchAll(/(l\d+): layer\(id: ("[^"]+")\) \{ export\(path: ("[^"]+")\) \}/g)];
    written.push(wanted.length);
    for (const [, , digest = "", path = ""] of wanted) {
      const blob = blobs.find((each) => digestOf(each) === JSON.parse(digest));
      await writeFile(JSON.parse(path) as string, blob ?? assert.fail(`no blob ${digest}`));
    }
    return fields.includes(`config: layer(id: "${digestOf(config)}") { contents }`)
      ? { config: { contents: config } }
      : {};
  };
  return { manifest, fieldsOf, written };
};

const layersOf = (...sizes: readonly number[]): readonly Buffer[] =>
  sizes.map((size, number) => Buffer.alloc(size, number + 1));

const withFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-layers-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test("only layers that the Docker engine lacks are written here, and those are what the image says", () =>
  withFolder(async (folder) => {
    const layers = layersOf(3000, 2000, 700, 512, 900);
    const engine = fakeEngine(layers);
    const ids = layers.map(digestOf);
    // The engine's own digests of the ground are not those that the Docker engine has.
    const ground = ["sha256:a", "sha256:b"];
    const taken = await layersOneByOne(
      engine,
      { id: "made", manifest: engine.manifest },
      { ground, there: [...ground, ids[2] ?? "", ids[3] ?? ""], folder },
    );
    assert.deepEqual(engine.written, [1]);
    assert.deepEqual(
      taken.map(({ diffId, file }) => [diffId, file !== undefined]),
      [
        [ids[2], false],
        [ids[3], false],
        [ids[4], true],
      ],
    );
    assert.deepEqual(await readFile(taken[2]?.file ?? ""), layers[4]);
  }));

test("where the Docker engine has others, all above the ground come; the same one twice comes once", () =>
  withFolder(async (folder) => {
    const layers = [...layersOf(3000, 700, 512), Buffer.alloc(512, 3)];
    const engine = fakeEngine(layers, { uncompressed: 1 });
    const ground = ["sha256:a"];
    const taken = await layersOneByOne(
      engine,
      { id: "made", manifest: engine.manifest },
      { ground, there: [...ground, "sha256:another"], folder },
    );
    assert.deepEqual(engine.written, [1, 1]);
    assert.deepEqual(
      taken.map(({ diffId, file }) => [diffId, file !== undefined]),
      layers.slice(1).map((layer) => [digestOf(layer), true]),
    );
  }));

test("a layer that is not what its image says is no layer, and a broken one is a failure", () =>
  withFolder(async (folder) => {
    const layers = layersOf(3000, 700);
    const lying = fakeEngine(layers, { uncompressed: 1, says: ["sha256:a", "sha256:else"] });
    const wanted = { ground: ["sha256:a"], there: ["sha256:a"], folder };
    await assert.rejects(
      layersOneByOne(lying, { id: "made", manifest: lying.manifest }, wanted),
      /^Error: Dagger's layer sha256:[0-9a-f]{64} is not what its image says of it$/,
    );
    const engine = fakeEngine(layers, { uncompressed: 1 });
    const cutting: typeof engine.fieldsOf = async (id, fields) => {
      const answer = await engine.fieldsOf(id, fields);
      const [, path = '""'] = /export\(path: ("[^"]+")\)/.exec(fields) ?? [];
      await writeFile(JSON.parse(path) as string, gzipSync(layers[1] ?? "").subarray(0, 15));
      return answer;
    };
    await assert.rejects(
      layersOneByOne({ fieldsOf: cutting }, { id: "made", manifest: engine.manifest }, wanted),
      /unexpected end of file/,
    );
  }));

test("an engine that has no manifests to give is one that writes images down whole; other failures are failures", async () => {
  const refuse = (message: string) => ({ fieldsOf: () => Promise.reject(new QueryFailed(message, undefined)) });
  assert.equal(await manifestOf(refuse('Cannot query field "manifest" on type "Container".'), "made"), undefined);
  await assert.rejects(manifestOf(refuse("no space left on device"), "made"), /no space left/);
});
