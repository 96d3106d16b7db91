import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckpointView, NewRequest } from "@atelier/contract";
import { planTransition, type Standing } from "./plan-transition.ts";

const checkpoint = (id: string, step: string, reason: CheckpointView["reason"]): CheckpointView => ({
  id,
  at: "2026-01-01T00:00:00Z",
  step,
  reason,
  files: 1,
  bytes: 1,
  skipped: [],
});
const standing: Standing = {
  images: ["start", "one", "two", "three"],
  next: "swap",
  image: "one",
  step: "two",
  record: "r1",
  last: { from: { image: "start", step: "one", record: "r0" } },
  checkpoints: [
    checkpoint("c4", "start", "auto"),
    checkpoint("c3", "one", "auto"),
    checkpoint("c2", "start", "swap"),
    checkpoint("c1", "start", "swap"),
  ],
};
/** `swap image step restore services`, so that a row is a line. */
const said = (request: NewRequest, more: Partial<Standing> = {}): string => {
  const plan = planTransition(request, { ...standing, ...more });
  if (plan.kind === "refuse") return `refuse: ${plan.cause}`;
  if (plan.kind === "stay") return `stay ${plan.step}`;
  const { kind, checkpoint: saved } = plan.restore;
  return `swap ${plan.record} ${plan.image} ${plan.step} ${kind}${saved ? `:${saved}` : ""}${plan.resetsServices ? " services" : ""}`;
};

test("what each request means, from the middle of a workshop", () => {
  const rows: readonly (readonly [NewRequest, string])[] = [
    [{ kind: "next" }, "swap r1 two three carry-over"],
    [{ kind: "next", step: "three" }, "swap r1 three three carry-over"],
    [{ kind: "next", step: "one" }, "stay two"],
    [{ kind: "goto", step: "three" }, "swap r1 two three none services"],
    [{ kind: "goto", step: "two" }, "stay two"],
    [{ kind: "goto" }, "refuse: Say which step to go to."],
    [{ kind: "goto", step: "start" }, 'refuse: There is no step "start". There are: one, two, three.'],
    [{ kind: "goto", step: "nine" }, 'refuse: There is no step "nine". There are: one, two, three.'],
    [{ kind: "reset" }, "swap r1 one two none services"],
    [{ kind: "reset", step: "one" }, "swap r1 start one none services"],
    [{ kind: "solve" }, "swap r1 two two none"],
    [{ kind: "undo" }, "swap r0 start one exact:c2"],
    [{ kind: "restore", checkpoint: "c3" }, "swap r1 one two exact:c3"],
    [{ kind: "restore", checkpoint: "c9" }, "refuse: There is no such checkpoint (any more)."],
  ];
  for (const [request, want] of rows) assert.equal(said(request), want, JSON.stringify(request));
});

test("a workshop that keeps its container swaps nothing on next, and all on the others", () => {
  assert.equal(said({ kind: "next" }, { next: "keep" }), "stay three");
  assert.equal(said({ kind: "reset" }, { next: "keep" }), "swap r1 one two none services");
});

test("what the server has filled in wins over what we would work out", () => {
  const rows: readonly (readonly [NewRequest, string])[] = [
    [{ kind: "next", step: "three", image: "two" }, "swap r1 two three carry-over"],
    [{ kind: "goto", step: "three", image: "start" }, "swap r1 start three none services"],
    [{ kind: "reset", image: "start" }, "swap r1 start two none services"],
    [{ kind: "undo", image: "start", checkpoint: "c1" }, "swap r0 start one exact:c1"],
    [{ kind: "undo", image: "three", checkpoint: "c7", step: "three" }, "swap r1 three three exact:c7"],
    [{ kind: "goto", step: "two", image: "nine" }, 'refuse: There is no image of "nine" in this build.'],
  ];
  for (const [request, want] of rows) assert.equal(said(request), want, JSON.stringify(request));
});

test("at the very beginning there is nothing to undo, and no step to go on from", () => {
  const first = { image: "start", step: undefined, last: undefined, checkpoints: [] };
  assert.equal(said({ kind: "undo" }, first), "refuse: There is nothing to undo.");
  assert.equal(said({ kind: "next" }, first), "refuse: There is no step to go on from.");
  assert.equal(said({ kind: "undo" }, { checkpoints: [] }), "swap r0 start one none");
});
