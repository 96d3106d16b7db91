import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ImageSummary, WorkspaceStatus } from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";
import { recordForTests } from "../testing/build-record.ts";
import { findLeftovers, type LeftoverSources, stillLeft } from "./leftovers.ts";

const recordOf = (workshop: string, ids: readonly string[], platform = "linux/amd64"): BuildRecord =>
  recordForTests({
    workshop,
    steps: ids.map((id) => ({
      step: id,
      tag: id,
      images: [{ platform, configDigest: id, layers: [], pushed: [] }],
    })),
  });

const workspace = (
  id: string,
  state: WorkspaceStatus["state"],
  settings?: { readonly record: string; readonly createdAt?: string },
): WorkspaceStatus => ({ id, name: id, state, ...(settings ? { settings } : {}) }) as unknown as WorkspaceStatus;

type Records = ReturnType<LeftoverSources["state"]["listRecords"]>;

/** Newest first. */
const threeBuilds: Records = [
  { digest: "new", record: recordOf("lab", ["n1", "both"]), savedAt: 3, isBrought: false },
  { digest: "old", record: recordOf("lab", ["o1", "both"]), savedAt: 2, isBrought: false },
  { digest: "older", record: recordOf("lab", ["p1"]), savedAt: 1, isBrought: false },
];

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
  readonly records?: Records;
  readonly building?: readonly number[];
  readonly containers?: readonly {
    readonly ImageID: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly State?: string;
  }[];
}): LeftoverSources => ({
  engine: {
    listImages: async () => parts.layers ?? [],
    listContainers: async () => (parts.containers ?? [{ ImageID: "in-use", Labels: {} }]) as never,
    inspectImage: async (id) => ({ Id: id, RepoTags: [`tag-of-${id}`], Size: 1 }) as never,
  },
  state: {
    path: parts.path ?? "/nowhere",
    listRecords: () => parts.records ?? threeBuilds,
    readStanding: (id) => {
      const record = parts.standings?.[id];
      return record === undefined ? undefined : { image: "start", record };
    },
  },
  workspaces: parts.workspaces ?? [],
  now: Date.parse("2026-01-01T12:00:00Z"),
  building: parts.building ?? [],
  compiled: "/nowhere/compiled",
});

const digestsOf = (builds: readonly { readonly digest: string }[]): readonly string[] =>
  builds.map(({ digest }) => digest);

test("old builds go, with images that are theirs alone; pinned and newest ones stay", async () => {
  const { builds, images } = await findLeftovers(
    sources({ workspaces: [workspace("w", "stopped", { record: "older" })] }),
  );
  assert.deepEqual(
    builds.map(({ digest }) => digest),
    ["old"],
  );
  assert.deepEqual(
    images.map(({ id }) => id),
    ["o1"],
  );
});

const withServices = (ids: readonly string[], services: readonly string[]): BuildRecord => ({
  ...recordOf("lab", ids),
  services: services.map((imageId) => ({
    name: imageId,
    source:
      imageId === "start"
        ? { kind: "workshop" }
        : imageId.startsWith("pulled")
          ? { kind: "image", image: imageId }
          : { kind: "containerFile", containerFile: "Containerfile" },
    command: [],
    env: {},
    ports: [],
    resources: {},
    onReset: "keep",
    imageId,
  })),
});

test("services' images of old builds go with them, but for those that anybody else has a use or a name for", async () => {
  const tags: Readonly<Record<string, readonly string[]>> = {
    "built-tagged": ["atelier-service/lab-gone:latest"],
    pulled: ["redis:7"],
    "pulled-by-digest": [],
    "built-and-pulled": ["atelier-service/lab-cache:latest", "redis:8"],
    "built-untagged": [],
  };
  const names = [...Object.keys(tags), "still-wanted", "in-use", "n1", "start"];
  const records: Records = [
    { digest: "new", record: withServices(["n1"], ["still-wanted"]), savedAt: 2, isBrought: false },
    { digest: "old", record: withServices(["o1"], names), savedAt: 1, isBrought: false },
  ];
  const all = sources({ records });
  const inspectImage = async (id: string) => ({ Id: id, RepoTags: tags[id] ?? [], Size: 1 }) as never;
  const found = await findLeftovers({ ...all, engine: { ...all.engine, inspectImage } });
  assert.deepEqual(
    found.images.map(({ id }) => id),
    ["o1", "built-tagged", "built-untagged"],
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

test("neither a bundle nor a build for a foreign platform makes the build that runs here an old one", async () => {
  const records: Records = [
    { digest: "bundle", record: recordOf("lab", ["b1"]), savedAt: 9, isBrought: true },
    { digest: "foreign", record: recordOf("lab", ["f1"], "linux/arm64"), savedAt: 8, isBrought: false },
    { digest: "old-bundle", record: recordOf("lab", ["c1"]), savedAt: 7, isBrought: true },
    ...threeBuilds,
  ];
  assert.deepEqual(digestsOf((await findLeftovers(sources({ records }))).builds), ["old-bundle", "old", "older"]);
});

test("a build stays whole as long as any container stands on an image of it or could be led back to it", async () => {
  const used = await findLeftovers(sources({ containers: [{ ImageID: "o1", Labels: {} }] }));
  assert.deepEqual([digestsOf(used.builds), used.images.map(({ id }) => id)], [["older"], ["p1"]]);
  const transition = { kind: "move", restore: { kind: "none" }, from: { image: "start", record: "older" } };
  const undone = await findLeftovers(
    sources({
      containers: [{ ImageID: "n1", Labels: { "dev.atelier.transition": JSON.stringify(transition) } }],
    }),
  );
  assert.deepEqual(digestsOf(undone.builds), ["old"]);
});

test("a workspace that may be in the making at this moment is none that was left unfinished", async () => {
  const { unfinished } = await findLeftovers(
    sources({
      workspaces: [
        workspace("young", "incomplete", { record: "new", createdAt: "2026-01-01T11:59:00Z" }),
        workspace("left", "incomplete", { record: "new", createdAt: "2026-01-01T09:00:00Z" }),
      ],
    }),
  );
  assert.deepEqual(unfinished, ["left"]);
});

test("the layout of a push that still runs is none of a killed one", async () => {
  const path = mkdtempSync(join(tmpdir(), "atelier-leftovers-"));
  try {
    // No process has this number: it is above what Linux hands out.
    const [dead, before] = ["layout-4194999-x", "layout-AbCdEf"];
    for (const name of [`layout-${process.pid}-x`, dead, before])
      mkdirSync(join(path, "layouts", name), { recursive: true });
    assert.deepEqual(
      (await findLeftovers(sources({ path }))).folders.toSorted(),
      [dead, before].map((name) => join(path, "layouts", name)).toSorted(),
    );
  } finally {
    rmSync(path, { recursive: true });
  }
});

test("what somebody came to want while the question stood there is not removed", async () => {
  const shown = await findLeftovers(sources({}));
  const now = await findLeftovers(sources({ workspaces: [workspace("w", "running", { record: "older" })] }));
  const left = stillLeft(shown, now);
  assert.deepEqual([digestsOf(left.builds), left.images.map(({ id }) => id)], [["old"], ["o1"]]);
});

test("while something builds, nothing that it could stand on is left over", async () => {
  const layers = [layer("loose")];
  const { builds, images, cache, cacheFolders } = await findLeftovers(sources({ layers, building: [1], path: "/tmp" }));
  assert.deepEqual([builds, images, cache, cacheFolders], [[], [], [], []]);
  assert.equal((await findLeftovers(sources({ layers }))).cache.length, 1);
  // Of another state directory on the same engine.
  const containers = [{ ImageID: "i", Labels: { "dev.atelier.role": "build" }, State: "running" }];
  assert.equal((await findLeftovers(sources({ layers, containers }))).cache.length, 0);
});
