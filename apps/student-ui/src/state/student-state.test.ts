import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckView, StepView, WorkspaceView } from "@atelier/contract";
import { sampleWorkspace } from "../testing/sample-workspace.ts";
import { neighbours, stageOf } from "./select.ts";
import { initialState, reduce, type StudentState } from "./student-state.ts";
import { homeView, mayView, parseHash, viewHash } from "./view.ts";

const check = (at: string, outcome: CheckView["outcome"] = "failed"): CheckView => ({
  step: "files",
  outcome,
  at,
  durationMs: 5,
  assertions: [],
});
const withWorkspace = (workspace: WorkspaceView = sampleWorkspace()): StudentState =>
  reduce(initialState, { type: "event", event: { type: "workspace", workspace }, now: 7 });
const stepView = (change: Partial<StepView> = {}): StepView => ({
  ...(sampleWorkspace().steps[0] as StepView),
  html: "<p>text</p>",
  help: [],
  ...change,
});

test("a check runs, then shows its result, and an older result never replaces a newer", () => {
  let state = reduce(withWorkspace(), {
    type: "event",
    event: { type: "check-started", step: "files", trigger: "student" },
    now: 10,
  });
  assert.deepEqual(state.checks.files, { runningSince: 10 });
  state = reduce(state, {
    type: "event",
    event: { type: "check-started", step: "files", trigger: "student" },
    now: 12,
  });
  assert.deepEqual(state.checks.files, { runningSince: 10 }, "our own start and its event are one");
  const newer = check("2026-01-01T00:00:02Z", "passed");
  state = reduce(state, { type: "event", event: { type: "check", check: newer }, now: 13 });
  state = reduce(state, { type: "event", event: { type: "check", check: check("2026-01-01T00:00:01Z") }, now: 14 });
  assert.deepEqual(state.checks.files, { last: newer });
});

test("a result that came by itself is shown, and does not end the wait for the one that was asked for", () => {
  const auto = { ...check("2026-01-01T00:00:02Z"), trigger: "auto" as const };
  let state = reduce(withWorkspace(), { type: "event", event: { type: "check", check: auto }, now: 1 });
  assert.deepEqual(state.checks.files, { last: auto });
  state = reduce(state, {
    type: "event",
    event: { type: "check-started", step: "files", trigger: "student" },
    now: 10,
  });
  state = reduce(state, { type: "event", event: { type: "check", check: auto }, now: 11 });
  assert.deepEqual(state.checks.files, { last: auto, runningSince: 10 });
});

test("a check that could not start keeps the last result beside the reason", () => {
  const last = check("2026-01-01T00:00:02Z");
  let state = reduce(withWorkspace(), { type: "event", event: { type: "check", check: last }, now: 1 });
  const problem = { code: "x", message: "no", fields: [] };
  state = reduce(state, { type: "check-failed-to-start", step: "files", problem });
  assert.deepEqual(state.checks.files, { last, problem });
});

test("a text on screen survives a failed refresh", () => {
  const ready = reduce(withWorkspace(), { type: "step", id: "files", step: { state: "ready", value: stepView() } });
  assert.equal(
    reduce(ready, {
      type: "step",
      id: "files",
      step: { state: "failed", problem: { code: "x", message: "no", fields: [] } },
    }),
    ready,
  );
});

test("the last check of a step view is shown, but not while another runs", () => {
  const lastCheck = check("2026-01-01T00:00:02Z");
  const step = { state: "ready", value: stepView({ lastCheck }) } as const;
  assert.deepEqual(reduce(withWorkspace(), { type: "step", id: "files", step }).checks.files, { last: lastCheck });
  const running = reduce(withWorkspace(), {
    type: "event",
    event: { type: "check-started", step: "files", trigger: "auto" },
    now: 1,
  });
  assert.deepEqual(reduce(running, { type: "step", id: "files", step }).checks.files, { runningSince: 1 });
});

test("an outstanding request ends with the view that follows it, a refused one stays to be read", () => {
  const asked = reduce(withWorkspace(), { type: "request", request: { kind: "next", state: "outstanding" } });
  assert.equal(
    reduce(asked, { type: "event", event: { type: "workspace", workspace: sampleWorkspace() }, now: 8 }).request,
    undefined,
  );
  const refused = reduce(asked, { type: "request", request: { kind: "next", state: "refused", cause: "jobs" } });
  assert.equal(
    reduce(refused, { type: "event", event: { type: "workspace", workspace: sampleWorkspace() }, now: 8 }).request
      ?.cause,
    "jobs",
  );
});

test("addresses and pages are one", () => {
  for (const view of [
    { page: "intro" },
    { page: "finish" },
    { page: "print" },
    { page: "step", step: "a step/ü" },
  ] as const)
    assert.deepEqual(parseHash(viewHash(view)), view);
  for (const hash of ["", "#", "#/steps/", "#/steps/%E0%A4%A", "#/steps/a/b", "#heading"])
    assert.equal(parseHash(hash), undefined, hash);
});

test("locked and unknown steps are not shown, the student's own place is", () => {
  const workspace = sampleWorkspace();
  assert.equal(mayView({ page: "step", step: "services" }, workspace), false);
  assert.equal(mayView({ page: "step", step: "nope" }, workspace), false);
  assert.deepEqual(homeView(workspace), { page: "step", step: "files" });
  const { currentStep: _none, ...fresh } = workspace;
  assert.deepEqual(homeView(fresh), { page: "intro" });
});

test("the neighbours follow the workshop, with the reason why the next is locked", () => {
  const workspace = sampleWorkspace();
  assert.deepEqual(neighbours(workspace, { page: "step", step: "files" }), {
    previous: { page: "step", step: "look-around" },
    next: { page: "step", step: "permissions" },
    nextLocked: "Finish “Make files and folders” first.",
  });
  assert.deepEqual(neighbours(workspace, { page: "step", step: "services" }).next, { page: "finish" });
  assert.deepEqual(neighbours(workspace, { page: "step", step: "look-around" }).previous, { page: "intro" });
});

test("the stage says what there is to show at all", () => {
  const boot = { phase: "onStart", elapsedMs: 5 } as const;
  assert.equal(stageOf(initialState), "loading");
  assert.equal(stageOf(reduce(initialState, { type: "event", event: { type: "boot", boot }, now: 1 })), "booting");
  assert.equal(stageOf({ ...initialState, connection: { phase: "waiting", attempt: 1, retryAt: 9 } }), "unreachable");
  assert.equal(stageOf({ ...withWorkspace(), connection: { phase: "waiting", attempt: 9, retryAt: 9 } }), "open");
  assert.equal(stageOf({ ...withWorkspace(), connection: { phase: "refused" } }), "refused");
});
