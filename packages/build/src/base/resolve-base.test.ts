import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImageInspect } from "@atelier/backend-docker";
import { AppError, isAppError } from "@atelier/domain";
import { resolveBase } from "./resolve-base.ts";

const image = (Id: string, Architecture = "amd64"): ImageInspect => ({
  Id,
  Architecture,
  Os: "linux",
  RepoTags: [],
  Size: 1,
});

/** An engine that holds images by name and pulls from a registry of its own, or from none. */
const engineWith = (
  local: Record<string, ImageInspect>,
  registry?: Record<string, ImageInspect>,
  refusal = registry ? "manifest unknown" : "dial tcp: no such host",
) => {
  const pulls: string[] = [];
  const auths: unknown[] = [];
  const kept = new Map<string, ImageInspect>();
  return {
    pulls,
    auths,
    kept,
    inspectImage: async (name: string) => local[name] ?? kept.get(name),
    tagImage: async (id: string, repository: string, tag: string) => {
      const there = kept.get(id);
      assert.ok(there, `no image ${id}`);
      local[`${repository}:${tag}`] = there;
    },
    pullImage: async (name: string, { auth, platform }: { readonly auth?: unknown; readonly platform?: string }) => {
      pulls.push(name);
      auths.push(auth);
      const pulled = registry?.[`${name} for ${platform}`] ?? registry?.[name];
      if (!pulled) throw new AppError("docker-failed", refusal);
      local[name] = pulled;
      for (const there of Object.values(local)) kept.set(there.Id, there);
    },
    importImage: () => assert.fail("nothing is made here"),
    removeImage: () => assert.fail("nothing is removed here"),
  };
};

/** Registries that were asked in vain, and when; what was pulled. */
const noRefusals = () => {
  const refusals = new Map<string, number>();
  const images = new Map<string, string>();
  return {
    imageOf: (key: string) => images.get(key),
    noteImage: (key: string, id: string) => void images.set(key, id),
    refusedAt: (reference: string) => refusals.get(reference),
    noteRefusal: (reference: string, at: number) => void refusals.set(reference, at),
  };
};

const login = { serveraddress: "registry.test", username: "ann", password: "secret" };

const resolve = (
  reference: string,
  engine: ReturnType<typeof engineWith>,
  {
    memory = noRefusals(),
    now = 0,
    platform = "linux/amd64",
  }: { readonly memory?: ReturnType<typeof noRefusals>; readonly now?: number; readonly platform?: string } = {},
) =>
  resolveBase(reference, {
    engine,
    memory,
    loginFor: async (registry) => (registry === "registry.test" ? login : undefined),
    now: () => now,
    platform,
    native: "linux/amd64",
    onNotice: () => {},
    onLine: () => {},
    signal: new AbortController().signal,
  });

test("an image that is here is not asked for elsewhere", async () => {
  const engine = engineWith({ "app:1": image("sha256:here") });
  assert.deepEqual(await resolve("app:1", engine), { ...image("sha256:here"), isMade: false });
  assert.deepEqual(engine.pulls, []);
});

test("an image of another architecture is replaced by the right one", async () => {
  const engine = engineWith({ "app:1": image("sha256:arm", "arm64") }, { "app:1": image("sha256:amd") });
  assert.equal((await resolve("app:1", engine)).Id, "sha256:amd");
});

test("an author's tag stays with the engine's own image, and another platform's is pulled once", async () => {
  const both = {
    "app:1 for linux/amd64": image("sha256:amd"),
    "app:1 for linux/arm64": image("sha256:arm", "arm64"),
    "app:2 for linux/arm64": image("sha256:arm2", "arm64"),
  };
  const local: Record<string, ImageInspect> = {};
  const [engine, memory] = [engineWith(local, both), noRefusals()];
  for (const _build of [1, 2, 3])
    for (const [platform, id] of [
      ["linux/amd64", "sha256:amd"],
      ["linux/arm64", "sha256:arm"],
    ] as const) {
      assert.equal((await resolve("app:1", engine, { memory, platform })).Id, id);
      assert.equal(local["app:1"]?.Id, "sha256:amd");
    }
  assert.deepEqual(engine.pulls, ["app:1", "app:1"]);
  // Somebody removed it, or pulled a newer one for the engine itself: the other platform's is asked for again.
  engine.kept.delete("sha256:arm");
  await resolve("app:1", engine, { memory, platform: "linux/arm64" });
  engine.kept.set("sha256:newer", (local["app:1"] = image("sha256:newer")));
  await resolve("app:1", engine, { memory, platform: "linux/arm64" });
  assert.equal(local["app:1"].Id, "sha256:newer");
  assert.equal(engine.pulls.length, 4);
  // What was not here before keeps the name that it came by.
  await resolve("app:2", engine, { memory, platform: "linux/arm64" });
  assert.equal(local["app:2"]?.Id, "sha256:arm2");
});

test("an image that is named by its digest is remembered for each platform", async () => {
  const name = `app@sha256:${"0".repeat(64)}`;
  const engine = engineWith(
    {},
    { [`${name} for linux/amd64`]: image("sha256:amd"), [`${name} for linux/arm64`]: image("sha256:arm", "arm64") },
  );
  const memory = noRefusals();
  for (const _build of [1, 2])
    for (const platform of ["linux/amd64", "linux/arm64"]) await resolve(name, engine, { memory, platform });
  assert.deepEqual(engine.pulls, [name, name]);
});

test("an image that exists for another architecture only is refused in those words", async () => {
  const failure = await resolve("app:1", engineWith({ "app:1": image("sha256:arm", "arm64") })).catch((error) => error);
  assert.ok(isAppError(failure));
  assert.equal(failure.code, "base-not-available");
  assert.match(failure.message, /is here for linux\/arm64 only, linux\/amd64 is wanted/);
  const pulled = await resolve("app:2", engineWith({}, { "app:2": image("sha256:arm", "arm64") })).catch((e) => e);
  assert.match(String(pulled), /no image app:2 for linux\/amd64/);
});

test("a Debian that was made once stands in again, under its own name", async () => {
  const engine = engineWith({ "atelier-base/debian:bookworm": image("sha256:made") });
  assert.deepEqual(await resolve("debian:12-slim", engine), { ...image("sha256:made"), isMade: true });
});

test("a registry that did not answer is asked again an hour later, and for what nothing stands in for at once", async () => {
  const memory = noRefusals();
  const engine = engineWith({ "atelier-base/debian:bookworm": image("sha256:made") });
  const minutes = 60_000;
  for (const now of [0, minutes, 59 * minutes, 60 * minutes, 61 * minutes])
    assert.equal((await resolve("debian:12", engine, { memory, now })).Id, "sha256:made");
  assert.deepEqual(engine.pulls, ["debian:12", "debian:12"]);
  const local = engineWith({ "debian:12": image("sha256:real"), "atelier-base/debian:bookworm": image("sha256:made") });
  assert.equal((await resolve("debian:12", local, { memory, now: 62 * minutes })).Id, "sha256:real");
  const bare = engineWith({});
  for (const now of [0, 1]) await resolve("app:1", bare, { memory, now }).catch(() => undefined);
  assert.deepEqual(bare.pulls, ["app:1", "app:1"]);
});

test("anything else says why it could not be had", async () => {
  const failure = await resolve("example.org/app:1", engineWith({})).catch((error) => error);
  assert.ok(isAppError(failure));
  assert.match(failure.message, /example\.org\/app:1 is not here and could not be pulled: dial tcp: no such host/);
  assert.ok(failure.hint);
});

test("a registry is shown its own login, and no other's", async () => {
  const references = ["registry.test/app:1", "registry.test:5000/app:1", "elsewhere.test/app:1", "ann/app:1", "app:1"];
  const engine = engineWith({}, Object.fromEntries(references.map((reference) => [reference, image(reference)])));
  for (const reference of references) await resolve(reference, engine);
  assert.deepEqual(engine.pulls, references);
  assert.deepEqual(engine.auths, [login, undefined, undefined, undefined, undefined]);
});

test("one that wants a login is answered with the line that makes it", async () => {
  const hintFor = async (reference: string, refusal: string): Promise<string> => {
    const failure = await resolve(reference, engineWith({}, {}, refusal)).catch((error) => error);
    assert.ok(isAppError(failure));
    assert.equal(failure.code, "base-not-available");
    return failure.hint ?? "";
  };
  for (const refusal of [
    "pull access denied for app, repository does not exist or may require 'docker login'",
    "Head https://registry.test/v2/app/manifests/1: no basic auth credentials",
    "unauthorized: authentication required",
    "denied: requested access to the resource is denied",
    "error from registry: 403 Forbidden",
  ]) {
    assert.match(await hintFor("registry.test:5000/app:1", refusal), /docker login registry\.test:5000/, refusal);
    assert.match(await hintFor("ann/app:1", refusal), /docker login docker\.io/, refusal);
  }
  assert.doesNotMatch(await hintFor("registry.test/app:1", "manifest unknown"), /docker login/);
});
