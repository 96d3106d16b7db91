import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuildRecord } from "@atelier/domain";
import { withFirst } from "./load-bundle.ts";
import { recordForTests } from "../testing/build-record.ts";

const image = (platform: string, configDigest: string) => ({ platform, configDigest, layers: [], pushed: [] });
const service = (name: string, source: BuildRecord["services"][number]["source"], imageId: string) => ({
  name,
  source,
  command: [],
  env: {},
  ports: [],
  resources: {},
  onReset: "keep" as const,
  imageId,
});

test("on a machine of the other architecture a bundle's steps run in its images, and what runs beside them from the workshop, too", () => {
  const record = recordForTests({
    steps: ["start", "one"].map((step) => ({
      step,
      tag: step,
      images: [image("linux/amd64", `${step}-amd64`), image("linux/arm64", `${step}-arm64`)],
    })),
    services: [
      service("grader", { kind: "workshop" }, "start-amd64"),
      service("db", { kind: "image", image: "db:1" }, "db-id"),
      {
        ...service("mail", { kind: "image", image: "mail:1" }, "mail-amd64"),
        images: [
          { platform: "linux/amd64", imageId: "mail-amd64" },
          { platform: "linux/arm64", imageId: "mail-arm64" },
        ],
      },
    ],
  });
  const seen = (platform: string): readonly unknown[] => {
    const { steps, services } = withFirst(record, platform);
    return [steps.map(({ images }) => images[0]?.configDigest), services.map(({ imageId }) => imageId)];
  };
  assert.deepEqual(seen("linux/arm64"), [
    ["start-arm64", "one-arm64"],
    ["start-arm64", "db-id", "mail-arm64"],
  ]);
  assert.deepEqual(seen("linux/amd64"), [
    ["start-amd64", "one-amd64"],
    ["start-amd64", "db-id", "mail-amd64"],
  ]);
});
