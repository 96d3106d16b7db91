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
  return {
    pulls,
    auths,
    inspectImage: async (name: string) => local[name],
    pullImage: async (name: string, { auth }: { readonly auth?: unknown }) => {
      pulls.push(name);
      auths.push(auth);
      const pulled = registry?.[name];
      if (!pulled) throw new AppError("docker-failed", refusal);
      local[name] = pulled;
    },
    importImage: () => assert.fail("nothing is made here"),
    removeImage: () => assert.fail("nothing is removed here"),
  };
};

/** Registries that were asked in vain, and when. */
const noRefusals = () => {
  const refusals = new Map<string, number>();
  return {
    refusedAt: (reference: string) => refusals.get(reference),
    noteRefusal: (reference: string, at: number) => void refusals.set(reference, at),
  };
};

const login = { serveraddress: "registry.test", username: "ann", password: "secret" };

const resolve = (
  reference: string,
  engine: ReturnType<typeof engineWith>,
  { memory = noRefusals(), now = 0 }: { readonly memory?: ReturnType<typeof noRefusals>; readonly now?: number } = {},
) =>
  resolveBase(reference, {
    engine,
    memory,
    loginFor: async (registry) => (registry === "registry.test" ? login : undefined),
    now: () => now,
    platform: "linux/amd64",
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
