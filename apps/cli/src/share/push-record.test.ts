import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuildRecord } from "@atelier/domain";
import type { Context } from "../context.ts";
import { platformsByWorkshop, tellNarrowing, tellPlatforms, tellServices } from "./push-record.ts";
import { recordForTests } from "../testing/build-record.ts";

const recordFor = (platforms: readonly string[]): BuildRecord =>
  recordForTests({
    steps: [
      {
        step: "start",
        tag: "t",
        images: platforms.map((platform) => ({ platform, configDigest: platform, layers: [], pushed: [] })),
      },
    ],
    services: [
      {
        name: "db",
        source: { kind: "image", image: "db:1" },
        command: [],
        env: {},
        ports: [],
        resources: {},
        onReset: "keep",
        imageId: "i",
      },
    ],
  });

/** What people read, without colours. */
const said = (tell: (context: Context) => void): readonly string[] => {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  tell({ reporter: { info: note, warn: note, paint: { yellow: (text: string) => text } } } as unknown as Context);
  return lines;
};

test("a push names its architectures and warns of what others do not get", () => {
  const [amd64, arm64] = ["linux/amd64", "linux/arm64"];
  assert.deepEqual(
    said((context) => tellPlatforms(context, recordFor([amd64, arm64]))),
    ["For linux/amd64 and linux/arm64."],
  );
  assert.deepEqual(
    said((context) => tellPlatforms(context, recordFor([amd64]))),
    ["For linux/amd64.", "! Only for linux/amd64: on machines of another architecture it runs emulated or not at all."],
  );
  const service = {
    mediaType: "m",
    digest: "d",
    size: 1,
    platform: { os: "linux", architecture: "amd64" },
    annotations: { "dev.atelier.service": "db" },
  };
  const services = (platforms: readonly string[]): readonly string[] =>
    said((context) => tellServices(context, recordFor(platforms), { schemaVersion: 2, manifests: [service] }));
  assert.deepEqual(services([amd64]), []);
  assert.deepEqual(services([amd64, arm64]), [
    '! The service "db" is only for linux/amd64: on linux/arm64 it runs emulated or not at all.',
  ]);
});

test("a push that takes a version from machines that had it says so", () => {
  const [amd64, arm64] = ["linux/amd64", "linux/arm64"];
  const narrowing = (own: readonly string[], there: readonly string[]): readonly string[] =>
    said((context) => tellNarrowing(context, recordFor(own), there));
  assert.deepEqual(narrowing([amd64], []), []);
  assert.deepEqual(narrowing([amd64, arm64], [amd64]), []);
  assert.deepEqual(narrowing([amd64], [amd64, arm64]), [
    "! Version 1 was there for linux/arm64, too; its tags lead to linux/amd64 alone from now on. For all of them: --platform linux/amd64,linux/arm64",
  ]);
});

test("a build for a foreign machine does not hide the one before it that runs here", () => {
  const records = [["linux/arm64"], ["linux/amd64"]].map((platforms) => ({ record: recordFor(platforms) }));
  assert.deepEqual(
    [...platformsByWorkshop(records)].map(([workshop, platforms]) => [workshop, [...platforms].toSorted()]),
    [["lab", ["linux/amd64", "linux/arm64"]]],
  );
});
