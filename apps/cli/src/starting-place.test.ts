import assert from "node:assert/strict";
import { test } from "node:test";
import { type BuildRecord, isAppError } from "@atelier/domain";
import { startingPlace } from "./starting-place.ts";

const record: BuildRecord = {
  v: 1,
  workshop: "lab",
  version: "1",
  title: "Lab",
  image: "lab",
  navigation: "linear",
  next: "swap",
  platformContract: 1,
  planDigest: "d",
  // One id ends like another one.
  steps: ["start", "script", "a-script"].map((step) => ({ step, tag: step, images: [] })),
  services: [],
  requirements: [],
};

test("a workspace begins before its step, and on an image that was named with that one's step done", () => {
  const at = (step?: string, named?: string) => startingPlace(record, { step, named });
  assert.deepEqual(at(), { image: "start", step: "script" });
  assert.deepEqual(at(undefined, "start"), { image: "start", step: "script" });
  assert.deepEqual(at(undefined, "script"), { image: "script", step: "a-script" });
  assert.deepEqual(at(undefined, "a-script"), { image: "a-script", step: "a-script" });
  assert.deepEqual(at("a-script", "start"), { image: "script", step: "a-script" });
  for (const step of ["start", "nowhere"])
    assert.throws(
      () => at(step),
      (error) => isAppError(error) && error.code === "no-such-step" && error.hint === "Steps: script, a-script",
    );
});
