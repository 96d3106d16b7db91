import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { type BuildRecord, isAppError, labels } from "@atelier/domain";
import { pack } from "tar-stream";
import { recordOfImage } from "./record-of-image.ts";
import { compiledForTests } from "./testing/compiled-workshop.ts";

const workshop = { ...compiledForTests, image: "registry.test/lab" };

interface FakeImage {
  readonly id: string;
  readonly step: string;
  readonly tags: readonly string[];
}

/** An engine with these images of one workshop, whose steps are `greet` and `first-greet`. */
const engineOf = (images: readonly FakeImage[]) => {
  const labelsOf = ({ step }: FakeImage) => ({
    [labels.workshop]: "lab",
    [labels.version]: "1.0.0",
    [labels.step]: step,
    [labels.planDigest]: "p",
  });
  return {
    inspectImage: async (reference: string) => {
      const found = images.find(({ id, tags }) => id === reference || tags.includes(reference));
      return found && { Id: found.id, Os: "linux", Architecture: "amd64", Config: { Labels: labelsOf(found) } };
    },
    listImages: async () => images.map((image) => ({ Id: image.id, RepoTags: image.tags, Labels: labelsOf(image) })),
    createContainer: async () => "c",
    getArchive: async () => {
      const tar = pack();
      tar.entry({ name: "workshop.json" }, JSON.stringify(workshop));
      tar.finalize();
      return Readable.from(tar);
    },
    removeContainer: async () => undefined,
  } as unknown as Parameters<typeof recordOfImage>[0];
};

const ids = ["start", "greet", "first-greet"] as const;
const images = (build: string, isNewest = true): readonly FakeImage[] =>
  ids.map((step) => ({
    id: `sha256:${build}-${step}`,
    step,
    tags: [
      `registry.test/lab:1.0.0-${step}-${build}`,
      ...(isNewest ? [`registry.test/lab:1.0.0-${step}`, `registry.test/lab:${step}`] : []),
    ],
  }));
const idsOf = ({ steps }: BuildRecord): readonly (string | undefined)[] =>
  steps.map(({ images: [image] }) => image?.configDigest);

test("an image leads to those of all steps, and says which step it shows, whatever its name looks like", async () => {
  const engine = engineOf(images("aaaaaaaaaaaa"));
  for (const [reference, step] of [
    ["registry.test/lab:1.0.0-start", "start"],
    ["registry.test/lab:1.0.0-first-greet", "first-greet"],
    ["registry.test/lab:1.0.0-first-greet-aaaaaaaaaaaa", "first-greet"],
    ["sha256:aaaaaaaaaaaa-greet", "greet"],
  ] as const) {
    const found = await recordOfImage(engine, reference, []);
    assert.equal(found.step, step);
    assert.deepEqual(
      idsOf(found.record),
      ids.map((id) => `sha256:aaaaaaaaaaaa-${id}`),
    );
  }
});

test("half a workshop is refused, with the steps whose images are not here", async () => {
  const engine = engineOf(images("aaaaaaaaaaaa").slice(0, 1));
  await assert.rejects(
    recordOfImage(engine, "registry.test/lab:1.0.0-start", []),
    (error) =>
      isAppError(error) && error.code === "image-missing" && /not here: greet, first-greet\./.test(error.message),
  );
});

test("the images of two builds of a version are never mixed: the record of the one that was named, or a refusal", async () => {
  const engine = engineOf([...images("bbbbbbbbbbbb"), ...images("aaaaaaaaaaaa", false)]);
  const named = "registry.test/lab:1.0.0-greet-aaaaaaaaaaaa";
  await assert.rejects(
    recordOfImage(engine, named, []),
    (error) => isAppError(error) && /another build than what "1\.0\.0-greet" names now/.test(error.message),
  );
  const newest = await recordOfImage(engine, "registry.test/lab:1.0.0-greet", []);
  assert.deepEqual(
    idsOf(newest.record),
    ids.map((id) => `sha256:bbbbbbbbbbbb-${id}`),
  );
  const old = await recordOfImage(engineOf(images("aaaaaaaaaaaa")), "registry.test/lab:1.0.0-start", []);
  const found = await recordOfImage(engine, named, [newest, old]);
  assert.deepEqual(
    idsOf(found.record),
    ids.map((id) => `sha256:aaaaaaaaaaaa-${id}`),
  );
  assert.equal(found.step, "greet");
});

test("a copy in another repository leads to its own images, not to the original's", async () => {
  const copied = images("cccccccccccc").map((image) => ({
    ...image,
    tags: image.tags.map((tag) => tag.replace("registry.test/lab", "mirror.test/copy")),
  }));
  const engine = engineOf([...images("aaaaaaaaaaaa"), ...copied]);
  const found = await recordOfImage(engine, "mirror.test/copy:1.0.0-start", []);
  assert.deepEqual(
    idsOf(found.record),
    ids.map((id) => `sha256:cccccccccccc-${id}`),
  );
});
