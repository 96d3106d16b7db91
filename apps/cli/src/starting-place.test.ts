import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@atelier/domain";
import { startingPlace } from "./starting-place.ts";
import { recordForTests } from "./testing/build-record.ts";

const record = recordForTests({
  // One id ends like another one.
  steps: ["start", "script", "a-script"].map((step) => ({ step, tag: step, images: [] })),
});

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
