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
const engineWith = (local: Record<string, ImageInspect>, registry?: Record<string, ImageInspect>) => {
  const pulls: string[] = [];
  return {
    pulls,
    inspectImage: async (name: string) => local[name],
    pullImage: async (name: string) => {
      pulls.push(name);
      const pulled = registry?.[name];
      if (!pulled) throw new AppError("docker-failed", registry ? "manifest unknown" : "dial tcp: no such host");
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

const resolve = (
  reference: string,
  engine: ReturnType<typeof engineWith>,
  { memory = noRefusals(), now = 0 }: { readonly memory?: ReturnType<typeof noRefusals>; readonly now?: number } = {},
) =>
  resolveBase(reference, {
    engine,
    memory,
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
