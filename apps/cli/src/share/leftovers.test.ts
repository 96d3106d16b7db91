import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ImageSummary, WorkspaceStatus } from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";
import { findLeftovers, type LeftoverSources } from "./leftovers.ts";

const recordOf = (workshop: string, ids: readonly string[]): BuildRecord => ({
  v: 1,
  workshop,
  version: "1",
  title: workshop,
  image: workshop,
  navigation: "linear",
  next: "swap",
  platformContract: 1,
  planDigest: "d",
  steps: ids.map((id) => ({
    step: id,
    tag: id,
    images: [{ platform: "linux/amd64", configDigest: id, layers: [], pushed: [] }],
  })),
  services: [],
  requirements: [],
});

const workspace = (id: string, state: WorkspaceStatus["state"], record?: string): WorkspaceStatus =>
  ({ id, name: id, state, ...(record === undefined ? {} : { settings: { record } }) }) as unknown as WorkspaceStatus;

const layer = (Id: string, parts: Partial<ImageSummary> = {}): ImageSummary => ({
  Id,
  RepoTags: [],
  Labels: {},
  Size: 1,
  Created: 1,
  ...parts,
});

const sources = (parts: {
  readonly workspaces?: readonly WorkspaceStatus[];
  readonly standings?: Readonly<Record<string, string>>;
  readonly layers?: readonly ImageSummary[];
  readonly path?: string;
}): LeftoverSources => ({
  engine: {
    listImages: async () => parts.layers ?? [],
    listContainers: async () => [{ ImageID: "in-use" } as never],
    inspectImage: async (id) => ({ Id: id, RepoTags: [`tag-of-${id}`], Size: 1 }) as never,
  },
  state: {
    path: parts.path ?? "/nowhere",
    // Newest first.
    listRecords: () =>
      [
        { digest: "new", record: recordOf("lab", ["n1", "both"]), savedAt: 3 },
        { digest: "old", record: recordOf("lab", ["o1", "both"]), savedAt: 2 },
        { digest: "older", record: recordOf("lab", ["p1"]), savedAt: 1 },
      ] as const,
    readStanding: (id) => {
      const record = parts.standings?.[id];
      return record === undefined ? undefined : { image: "start", record };
    },
  },
  workspaces: parts.workspaces ?? [],
  compiled: "/nowhere/compiled",
});

test("old builds go, with images that are theirs alone; pinned and newest ones stay", async () => {
  const { builds, images } = await findLeftovers(sources({ workspaces: [workspace("w", "stopped", "older")] }));
  assert.deepEqual(
    builds.map(({ digest }) => digest),
    ["old"],
  );
  assert.deepEqual(
    images.map(({ id }) => id),
    ["o1"],
  );
});

test("a workspace that has lived is never a leftover, nor is its build, when only its volume is there", async () => {
  const found = await findLeftovers(
    sources({
      workspaces: [workspace("lived", "incomplete"), workspace("never", "incomplete")],
      standings: { lived: "older" },
    }),
  );
  assert.deepEqual(found.unfinished, ["never"]);
  assert.deepEqual(
    found.builds.map(({ digest }) => digest),
    ["old"],
  );
});

test("layers that a tag, a record or a container stands on are no cache to be cleaned", async () => {
  const { cache } = await findLeftovers(
    sources({
      layers: [
        layer("below-tag"),
        layer("tagged", { RepoTags: ["x:1"], ParentId: "below-tag" }),
        layer("in-use", { ParentId: "below-use" }),
        layer("below-use"),
        layer("n1", { ParentId: "below-record" }),
        layer("below-record"),
        layer("loose-below", { Created: 1 }),
        layer("loose-above", { ParentId: "loose-below", Created: 2, RepoTags: ["<none>:<none>"] }),
      ],
    }),
  );
  assert.deepEqual(
    cache.map(({ id }) => id),
    ["loose-above", "loose-below"],
  );
});

test("caches of this machine are named as far as they are there", async () => {
  const path = mkdtempSync(join(tmpdir(), "atelier-leftovers-"));
  try {
    const [cache, compiled] = [join(path, "cache"), join(path, "home/atelier/compiled")];
    mkdirSync(cache);
    assert.deepEqual((await findLeftovers({ ...sources({ path }), compiled })).cacheFolders, [cache]);
    mkdirSync(compiled, { recursive: true });
    assert.deepEqual((await findLeftovers({ ...sources({ path }), compiled })).cacheFolders, [compiled, cache]);
  } finally {
    rmSync(path, { recursive: true });
  }
});
