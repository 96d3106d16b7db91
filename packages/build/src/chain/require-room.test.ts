import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError, type PlanLayer } from "@atelier/domain";
import { requireRoomForLayers } from "./require-room.ts";

const commands = (count: number): readonly PlanLayer[] =>
  Array.from({ length: count }, (_, line) => ({
    kind: "command",
    run: "make",
    user: "root",
    cwd: "/",
    secrets: [],
    digest: "sha256:of-the-plan",
    at: { file: "steps/one/step.yaml", line: line + 1, column: 1 },
  }));

const refusal = (count: number, below: number): string | undefined => {
  const request = {
    plan: { chain: [{ step: "one", layers: commands(count), digest: "sha256:one" }] },
    workshop: { steps: [] },
  } as unknown as Parameters<typeof requireRoomForLayers>[0];
  try {
    requireRoomForLayers(request, Array.from({ length: below }, String));
    return undefined;
  } catch (error) {
    if (!isAppError(error)) throw error;
    const [diagnostic] = error.diagnostics;
    return [error.code, diagnostic?.at?.line, diagnostic?.message, diagnostic?.remedy].join("; ");
  }
};

test("more layers than the engine stacks are refused before one is made, at the first command beyond", () => {
  assert.equal(refusal(113, 10), undefined);
  assert.equal(
    refusal(115, 10),
    "too-many-layers; 114; The steps make 115 layers, and the engine takes 113 of them on this base.; " +
      "Join at least 2 commands with their neighbours: several lines below one `run: |` are one layer.",
  );
  assert.match(refusal(1, 124) ?? "", /takes 0 of them on this base.; Choose a base with fewer layers/);
});
