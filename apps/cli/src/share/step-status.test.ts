import assert from "node:assert/strict";
import { test } from "node:test";
import { type BuildRecord, type ImagePlan, parseWorkshop, planImages } from "@atelier/domain";
import { sourceTreeOf } from "@atelier/testkit";
import { sha256 } from "../context.ts";
import { type FoundImage, stepStatus } from "./step-status.ts";

const planOf = (texts: { readonly one?: string; readonly two?: string; readonly page?: string } = {}): ImagePlan => {
  const tree = sourceTreeOf({
    "workshop.yaml":
      'version: v1\nworkshop:\n  name: lab\n  version: "1"\n  title: Lab\nbase:\n  image: debian:12\nsteps: [one, two, three]\n',
    ...Object.fromEntries(
      ["one", "two", "three"].flatMap((id) => [
        [
          `steps/${id}/step.yaml`,
          `title: ${id}\ncommands:\n  - run: echo ${(id === "three" ? undefined : texts[id as "one" | "two"]) ?? id}\n`,
        ],
        [`steps/${id}/content.md`, `# ${(id === "three" ? texts.page : undefined) ?? id}\n`],
      ]),
    ),
  });
  const { value } = parseWorkshop(tree);
  assert.ok(value);
  return planImages(value, tree, sha256);
};

const idOf = (step: string): string => `sha256:${sha256(step)}`;

/** As if this plan had been built and its first two images pushed. */
const builtOf = (plan: ImagePlan): { record: BuildRecord; find: (id: string) => FoundImage | undefined } => ({
  record: {
    v: 1,
    workshop: "lab",
    version: "1",
    title: "Lab",
    image: "atelier/lab",
    navigation: "linear",
    next: "swap",
    platformContract: 1,
    planDigest: plan.digest,
    steps: plan.published.map(({ step }) => ({
      step,
      tag: `1-${step}`,
      images: [
        {
          platform: "linux/amd64",
          configDigest: idOf(step),
          layers: [],
          pushed: step === "start" ? [{ repository: "registry.test/lab", manifestDigest: "sha256:x" }] : [],
        },
      ],
    })),
    services: [],
    requirements: [],
  },
  find: (id) => {
    const published = plan.published.find(({ step }) => idOf(step) === id);
    return published && { id, labels: { ...published.labels, "dev.atelier.plan-digest": published.digest } };
  },
});

const shown = (plan: ImagePlan, before: ReturnType<typeof builtOf> | undefined, find = before?.find) =>
  stepStatus(plan, before?.record, find ?? (() => undefined)).map(({ step, state, why }) => [step, state, why]);

test("what was built and not touched since is built; pushes are remembered", () => {
  const before = builtOf(planOf());
  assert.deepEqual(
    shown(planOf(), before),
    ["start", "one", "two", "three"].map((step) => [step, "built", undefined]),
  );
  assert.deepEqual(stepStatus(planOf(), before.record, before.find)[0]?.pushed, ["registry.test/lab"]);
});

test("a text makes all images stale by their texts only, a recipe its own step and those behind it", () => {
  const before = builtOf(planOf());
  assert.deepEqual(
    shown(planOf({ page: "new words" }), before),
    ["start", "one", "two", "three"].map((step) => [step, "stale", "its texts or settings changed"]),
  );
  assert.deepEqual(shown(planOf({ two: "other" }), before), [
    ["start", "built", undefined],
    ["one", "built", undefined],
    ["two", "stale", "its recipe changed"],
    ["three", "stale", "the recipe of two before it changed"],
  ]);
});

test("nothing built, a new step and an image that is gone are told apart", () => {
  assert.deepEqual(shown(planOf(), undefined)[0], ["start", "missing", "never built"]);
  const before = builtOf(planOf());
  const fewer = { ...before, record: { ...before.record, steps: before.record.steps.slice(0, 3) } };
  assert.deepEqual(shown(planOf(), fewer)[3], ["three", "missing", "new since the last build"]);
  assert.deepEqual(shown(planOf(), before, () => undefined)[1], [
    "one",
    "missing",
    "its image is gone from the engine",
  ]);
});

test("of several platforms one that is gone or was not pushed is named", () => {
  const before = builtOf(planOf());
  const [start, ...others] = before.record.steps;
  assert.ok(start?.images[0]);
  const arm64 = { ...start.images[0], platform: "linux/arm64", configDigest: idOf("start-arm64"), pushed: [] };
  const record = { ...before.record, steps: [{ ...start, images: [start.images[0], arm64] }, ...others] };
  const seen = (find: (id: string) => FoundImage | undefined): unknown => {
    const { state, why, platforms, pushed } = stepStatus(planOf(), record, find)[0] ?? assert.fail();
    return [state, why, platforms, pushed];
  };
  const both = ["linux/amd64", "linux/arm64"];
  const pushed = ["registry.test/lab (linux/amd64)"];
  const findBoth = (id: string): FoundImage | undefined => before.find(id === arm64.configDigest ? idOf("start") : id);
  assert.deepEqual(seen(findBoth), ["built", undefined, both, pushed]);
  assert.deepEqual(seen(before.find), ["missing", "its image for linux/arm64 is gone from the engine", both, pushed]);
});
