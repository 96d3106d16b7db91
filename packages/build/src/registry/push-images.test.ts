import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { isAppError } from "@atelier/domain";
import { openTestRegistry, type TestRegistryOptions } from "@atelier/testkit";
import { type BlobStore, openLayout } from "../oci/blob-store.ts";
import { writeLayout } from "../oci/write-layout.ts";
import { savedImages } from "../testing/saved-images.ts";
import { readCredentials } from "./credentials.ts";
import { parseRepository } from "./image-repository.ts";
import { type PushEvent, type PushImage, pushImages } from "./push-images.ts";
import { openRegistry } from "./registry-client.ts";

let folder = "";
let store: BlobStore;
let images: readonly PushImage[];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "atelier-push-"));
  const { ids, classic } = await savedImages();
  await writeLayout(classic(), {
    folder: join(folder, "layout"),
    images: ids.map((id, at) => ({ id, repository: "registry.test/lab", tags: [`1-${at}`] })),
  });
  store = await openLayout(join(folder, "layout"));
  images = store.index.manifests.map((manifest, at) => ({
    title: `step "${at}"`,
    tags: [`1-${at}`, `${at}`],
    manifests: [manifest],
  }));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Pushes both images to a registry of this process, as somebody with this docker configuration. */
const push = async (options: TestRegistryOptions, login?: { readonly user: string; readonly password: string }) => {
  const registry = await openTestRegistry(options);
  const env = { DOCKER_CONFIG: await mkdtemp(join(folder, "docker-")) };
  if (login !== undefined) {
    const auth = Buffer.from(`${login.user}:${login.password}`).toString("base64");
    await writeFile(
      join(env.DOCKER_CONFIG, "config.json"),
      JSON.stringify({ auths: { [registry.address]: { auth } } }),
    );
  }
  const repository = parseRepository(`${registry.address}/team/lab`);
  const again = async (): Promise<readonly PushEvent[]> => {
    const events: PushEvent[] = [];
    using client = openRegistry(repository, {
      credentials: await readCredentials(repository.registry, env),
      env: {},
      signal: AbortSignal.timeout(30_000),
    });
    await pushImages(store, client, { images, onEvent: (event) => events.push(event) });
    return events;
  };
  return { registry, push: again, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
};

const account = { user: "ann", password: "p:w d" };

for (const scheme of [undefined, "basic", "bearer"] as const)
  test(`images arrive whole, each blob once, with ${scheme ?? "no"} login`, async () => {
    await using target = await push(scheme ? { login: { ...account, scheme } } : {}, scheme && account);
    const events = await target.push();
    assert.equal(events.filter((event) => event.kind === "blob" && !event.isThere).length, 4);
    assert.equal(target.registry.blobs.size, 4);
    assert.deepEqual([...target.registry.manifests.keys()].filter((key) => !key.includes("sha256")).toSorted(), [
      "team/lab:0",
      "team/lab:1",
      "team/lab:1-0",
      "team/lab:1-1",
    ]);
    assert.deepEqual(
      events.flatMap((event) => (event.kind === "image" ? [event.digest] : [])),
      store.index.manifests.map(({ digest }) => digest),
    );
    const second = await target.push();
    assert.deepEqual(
      second.filter((event) => event.kind === "blob").map((event) => event.isThere),
      [true, true, true, true],
    );
  });

test("a wrong or a missing login is refused with the command that mends it", async () => {
  for (const login of [undefined, { user: "ann", password: "wrong" }])
    for (const scheme of ["basic", "bearer"] as const) {
      await using target = await push({ login: { ...account, scheme } }, login);
      await assert.rejects(
        target.push(),
        (error) =>
          isAppError(error) &&
          error.code === "push-refused" &&
          (error.hint ?? "").includes(`docker login ${target.registry.address}`),
      );
      assert.equal(target.registry.blobs.size, 0);
    }
});

test("a push that was refused in the middle goes on where it stopped", async () => {
  let left = 2;
  await using target = await push({
    refuse: ({ method, path }) =>
      method === "PUT" && path.includes("/blobs/") && left-- <= 0 && left > -2 ? 507 : undefined,
  });
  await assert.rejects(
    target.push(),
    (error) =>
      isAppError(error) &&
      error.code === "push-refused" &&
      /refused (layer \d of \d|the configuration) of step "\d" \(linux\/amd64\), \d+ bytes: 507 not today$/.test(
        error.message,
      ),
  );
  const events = await target.push();
  assert.equal(events.filter((event) => event.kind === "blob" && event.isThere).length, 2);
});

test("several platforms of one image become one index", async () => {
  await using target = await push({});
  const repository = parseRepository(`${target.registry.address}/team/both`);
  using client = openRegistry(repository, { credentials: undefined, env: {}, signal: AbortSignal.timeout(30_000) });
  const manifests = store.index.manifests.map((manifest, at) => ({
    ...manifest,
    platform: { os: "linux", architecture: at === 0 ? "amd64" : "arm64" },
  }));
  const [digest] = await pushImages(store, client, {
    images: [{ title: "both", tags: ["1"], manifests }],
    onEvent: () => {},
  });
  assert.equal(await client.digestOf("1"), digest);
  assert.deepEqual(await client.platformsOf("1"), ["linux/amd64", "linux/arm64"]);
  assert.deepEqual(await client.platformsOf("2"), []);
  const [one] = store.index.manifests;
  await pushImages(store, client, {
    images: [{ title: "one", tags: ["2"], manifests: one ? [one] : [] }],
    onEvent: () => {},
  });
  assert.deepEqual(await client.platformsOf("2"), ["linux/amd64"], "of one that is no index, by its configuration");
  const index = JSON.parse(target.registry.manifests.get("team/both:1")?.bytes.toString("utf8") ?? "") as {
    manifests: { platform: unknown; annotations?: unknown }[];
  };
  assert.deepEqual(
    index.manifests.map(({ platform, annotations }) => [platform, annotations]),
    manifests.map(({ platform }) => [platform, undefined]),
  );
});

test("nobody at the other end is said to be so", async () => {
  const registry = await openTestRegistry();
  await registry[Symbol.asyncDispose]();
  using client = openRegistry(parseRepository(`${registry.address}/team/lab`), {
    credentials: undefined,
    env: {},
    signal: AbortSignal.timeout(30_000),
  });
  await assert.rejects(
    client.hasBlob(`sha256:${"0".repeat(64)}`),
    (error) => isAppError(error) && error.code === "registry-unreachable",
  );
});

test("a credential helper is asked before the file", async () => {
  const bin = join(folder, "bin");
  const config = join(folder, "helper");
  await mkdir(bin);
  await mkdir(config);
  const helper = join(bin, "docker-credential-pretended");
  await writeFile(
    helper,
    '#!/bin/sh\nread -r host\necho "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"for $host\\"}"\n',
  );
  await chmod(helper, 0o755);
  await writeFile(join(config, "config.json"), JSON.stringify({ credHelpers: { "registry.test": "pretended" } }));
  const env = { DOCKER_CONFIG: config, PATH: `${bin}:${process.env.PATH}` };
  assert.deepEqual(await readCredentials("registry.test", env), { kind: "identity-token", token: "for registry.test" });
  assert.equal(await readCredentials("other.test", env), undefined);
});

test("repositories are a host and a name; anything else is refused", () => {
  assert.deepEqual(parseRepository("localhost:5000/a/b-c"), {
    registry: "localhost:5000",
    host: "localhost:5000",
    name: "a/b-c",
    scheme: "http",
  });
  assert.equal(parseRepository("registry.test/a").scheme, "https");
  for (const text of [
    "lab",
    "team/lab",
    "registry.test/",
    "registry.test/Lab",
    "registry.test/lab:1",
    "https://registry.test/lab",
  ])
    assert.throws(
      () => parseRepository(text),
      (error) => isAppError(error) && error.code === "bad-repository",
      text,
    );
});

test("bytes that a registry wants elsewhere go there without who we are", async (context) => {
  const seen: (string | undefined)[] = [];
  const listen = async (answer: RequestListener): Promise<string> => {
    const server = createServer((request, response) => {
      request.resume().once("end", () => answer(request, response));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    context.after(() => server.close());
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const elsewhere = await listen((request, response) => {
    seen.push(`elsewhere ${request.method} ${request.headers.authorization}`);
    response.writeHead(201).end();
  });
  const registry = await listen((request, response) => {
    seen.push(`registry ${request.method} ${request.headers.authorization?.slice(0, 5)}`);
    if (request.method === "POST") response.writeHead(202, { location: `http://${elsewhere}/put?sign=1` }).end();
    else response.writeHead(404).end();
  });
  using client = openRegistry(parseRepository(`${registry}/team/lab`), {
    credentials: { kind: "password", ...account },
    env: {},
    signal: AbortSignal.timeout(10_000),
  });
  await client.putBlob({
    digest: `sha256:${"1".repeat(64)}`,
    size: 3,
    what: "a blob",
    open: () => Readable.from([Buffer.from("abc")]),
  });
  assert.deepEqual(seen, ["registry POST Basic", "elsewhere PUT undefined"]);
});
