import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { CheckView, StepView, WorkspaceView } from "@atelier/contract";
import type { ConnectionClock } from "@atelier/ui/connection";
import { RequestFailed } from "../api/problem.ts";
import type { StudentClient } from "../api/student-client.ts";
import { sampleWorkspace } from "../testing/sample-workspace.ts";
import { createStudentSession } from "./student-session.ts";

/** The event stream is the browser's; here it only must exist and open when told to. */
class SilentEventSource {
  static opened: SilentEventSource[] = [];
  onopen: (() => void) | undefined;
  constructor() {
    SilentEventSource.opened.push(this);
  }
  addEventListener(): void {}
  close(): void {}
}
const original = Reflect.get(globalThis, "EventSource");
beforeEach(() => {
  SilentEventSource.opened = [];
  Reflect.set(globalThis, "EventSource", SilentEventSource);
});
afterEach(() => Reflect.set(globalThis, "EventSource", original));

const refuse = (code: string, status = 409): Promise<never> =>
  Promise.reject(new RequestFailed(status, { code, message: `no: ${code}`, fields: [] }));

const play = (change: Partial<StudentClient> = {}) => {
  const calls: string[] = [];
  const workspace = sampleWorkspace();
  const step = (id: string): StepView => ({
    ...(workspace.steps.find((each) => each.id === id) as StepView),
    html: `<p>${id}</p>`,
    help: [],
  });
  const client: StudentClient = {
    boot: async () => ({ phase: "ready", elapsedMs: 1 }),
    workspace: async () => workspace,
    step: async (id) => step(id),
    page: async () => ({ html: "" }),
    check: async (id) => ({ step: id, outcome: "passed", at: "2026-01-01T00:00:00Z", durationMs: 1, assertions: [] }),
    dispute: async () => ({ id: "d", path: "/api/disputes/d", fileName: "d.json", bytes: 9 }),
    complete: async (id) => ({ ...step(id), state: "completed" }),
    enter: async (id) => {
      calls.push(`enter ${id}`);
      return { ...workspace, currentStep: id };
    },
    help: async (_step, level) => ({ level, html: "" }),
    helpContext: () => refuse("no-llm", 404),
    ask: () => refuse("no-llm", 404),
    request: async ({ kind }) => ({ id: kind, state: "outstanding" }),
    checkpoints: async () => [],
    leaving: () => refuse("not-ready", 503),
    replaced: async () => ({ units: [] }),
    takeReplaced: async () => ({ units: [] }),
    terminals: async () => [],
    openTerminal: () => refuse("too-many-terminals", 429),
    closeTerminal: async () => {},
    ...change,
  };
  const later: (() => void)[] = [];
  const clock: ConnectionClock = {
    now: () => 5,
    random: () => 0.5,
    after: (_ms, task) => {
      later.push(task);
      return () => {};
    },
    onWake: () => () => {},
  };
  const session = createStudentSession({ client, clock });
  return { session, calls, later };
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("the page opens where the student is, or where the address says if that may be seen", async () => {
  for (const [wanted, shown] of [
    [undefined, "files"],
    ["look-around", "look-around"],
    ["services", "files"],
  ] as const) {
    const { session } = play();
    session.start(wanted === undefined ? undefined : { page: "step", step: wanted });
    await settled();
    assert.deepEqual(session.snapshot().view, { page: "step", step: shown });
    session.close();
  }
});

test("a workspace that is ready is shown without hearing of its start, and asked for once", async () => {
  const asked: string[] = [];
  const workspace = sampleWorkspace();
  const { session } = play({
    boot: () => new Promise(() => {}),
    workspace: async () => {
      asked.push("workspace");
      return workspace;
    },
    step: async (id) => {
      asked.push(id);
      return { ...(workspace.steps.find((each) => each.id === id) as StepView), html: "", help: [] };
    },
  });
  session.start(undefined);
  await settled();
  assert.deepEqual(session.snapshot().view, { page: "step", step: "files" });
  assert.deepEqual(asked, ["workspace", "files"]);
  session.close();
});

test("the stream opens after the page is drawn, and what it begins with is not asked for again", async () => {
  const asked: string[] = [];
  const { session, later } = play({
    workspace: async () => {
      asked.push("workspace");
      return sampleWorkspace();
    },
    terminals: async () => {
      asked.push("terminals");
      return [];
    },
  });
  await session.start(undefined);
  assert.ok(session.snapshot().workspace && session.snapshot().terminals, "all is there to be drawn");
  assert.equal(SilentEventSource.opened.length, 0);
  await settled();
  for (const task of later.splice(0)) task();
  for (const stream of SilentEventSource.opened) stream.onopen?.();
  await settled();
  assert.deepEqual([SilentEventSource.opened.length, asked], [1, ["workspace", "terminals"]]);
  session.close();
});

test("without a first answer the stream is dialled at once, and the page asks again when it opens", async () => {
  let asked = 0;
  const { session } = play({
    workspace: () => {
      asked++;
      return asked === 1 ? refuse("not-ready", 503) : Promise.resolve(sampleWorkspace());
    },
    boot: () => new Promise(() => {}),
  });
  await session.start(undefined);
  await settled();
  assert.deepEqual([SilentEventSource.opened.length, session.snapshot().workspace], [1, undefined]);
  SilentEventSource.opened[0]?.onopen?.();
  await settled();
  assert.equal(session.snapshot().workspace?.workspaceId, sampleWorkspace().workspaceId);
  session.close();
});

test("a page that is left before it is drawn opens no stream", async () => {
  const { session, later } = play();
  await session.start(undefined);
  session.close();
  for (const task of later) task();
  assert.equal(SilentEventSource.opened.length, 0);
});

test("showing a step enters it, unless a manager moves containers", async () => {
  for (const [transitions, expected] of [
    [false, ["enter look-around"]],
    [true, []],
  ] as const) {
    const { session, calls } = play({ workspace: async () => sampleWorkspace({ transitions }) });
    session.start(undefined);
    await settled();
    session.show({ page: "step", step: "look-around" });
    await settled();
    assert.deepEqual(calls, expected);
    assert.deepEqual(session.snapshot().view, { page: "step", step: "look-around" });
    session.close();
  }
});

test("the first step is entered when it is shown, also on arrival: nothing has to be moved for it", async () => {
  const beginning = (change: Partial<WorkspaceView> = {}): WorkspaceView => {
    const { currentStep: _none, ...workspace } = sampleWorkspace({ transitions: true, ...change });
    return { ...workspace, steps: workspace.steps.map((step) => ({ ...step, state: "open" })) };
  };
  const entered = async (workspace: WorkspaceView, arrive: string | undefined, show: string): Promise<unknown> => {
    const { session, calls } = play({ workspace: async () => workspace });
    session.start(arrive === undefined ? undefined : { page: "step", step: arrive });
    await settled();
    const onArrival = calls.splice(0);
    session.show({ page: "step", step: show });
    await settled();
    session.close();
    return [onArrival, calls];
  };
  const first = ["enter look-around"];
  assert.deepEqual(await entered(beginning(), undefined, "look-around"), [[], first]);
  assert.deepEqual(await entered(beginning(), "look-around", "look-around"), [first, []]);
  assert.deepEqual(await entered(beginning(), "files", "permissions"), [[], []]);
  assert.deepEqual(await entered(beginning({ role: "instructor" }), "look-around", "look-around"), [[], []]);
  assert.deepEqual(await entered(sampleWorkspace({ transitions: true }), "look-around", "look-around"), [[], []]);
});

test("who reads the step that they worked on goes along when the container has moved on, who reads another stays", async () => {
  for (const [reads, expected] of [
    ["files", "permissions"],
    ["look-around", "look-around"],
  ] as const) {
    const workspace = sampleWorkspace({ transitions: true });
    const steps = workspace.steps.map((step) => ({ ...step, state: "open" as const }));
    const { session } = play({
      workspace: async () => ({ ...workspace, steps }),
      // What a check brings is looked at as everything else that comes.
      check: async (step) => {
        workspace.currentStep = "permissions";
        return { step, outcome: "passed", at: "2026-01-01T00:00:00Z", durationMs: 1, assertions: [] };
      },
    });
    session.start({ page: "step", step: reads });
    await settled();
    await session.check("files");
    await settled();
    assert.deepEqual(session.snapshot().view, { page: "step", step: expected });
    session.close();
  }
});

test("a check that another tab has started goes on being shown as running", async () => {
  const { session } = play({ check: () => refuse("check-running") });
  session.start(undefined);
  await settled();
  await session.check("files");
  assert.deepEqual(session.snapshot().checks.files, { runningSince: 5 });
  session.close();
});

test("a check that cannot start says why", async () => {
  const { session } = play({ check: (): Promise<CheckView> => refuse("not-ready", 503) });
  session.start(undefined);
  await settled();
  await session.check("files");
  assert.equal(session.snapshot().checks.files?.problem?.message, "no: not-ready");
  session.close();
});

test("only running programs may be insisted upon", async () => {
  for (const [code, mayInsist] of [
    ["jobs-running", true],
    ["no-manager", false],
  ] as const) {
    const { session } = play({ request: () => refuse(code) });
    session.start(undefined);
    await settled();
    await session.request("reset", { step: "files" });
    assert.deepEqual(session.snapshot().request, {
      kind: "reset",
      step: "files",
      state: "refused",
      cause: `no: ${code}`,
      mayInsist,
    });
    session.close();
  }
});

test("a terminal that cannot be opened is told, not thrown", async () => {
  const { session } = play();
  session.start(undefined);
  await settled();
  assert.equal(await session.openTerminal(), undefined);
  assert.equal(session.snapshot().failure?.problem.code, "too-many-terminals");
  session.dismissFailure();
  assert.equal(session.snapshot().failure, undefined);
  session.close();
});

test("a question that was not taken leaves the list, and its words and the time to come again stay", async () => {
  const { session } = play({
    ask: () =>
      Promise.reject(
        new RequestFailed(429, { code: "rate-limited", message: "no", fields: [] }, { retryAfterSeconds: 3 }),
      ),
  });
  session.start(undefined);
  await settled();
  await session.ask("files", { question: "Why?", level: "hints" });
  const { exchanges, refusal } = session.snapshot().asks["files"] ?? { exchanges: undefined };
  assert.deepEqual([exchanges, refusal?.question, refusal?.retryAt], [[], "Why?", 3005]);
  session.close();
});

test("an answer whose connection breaks is cut off, not lost", async () => {
  const { session } = play({
    ask: async (_step, _question, { onEvent }) => {
      onEvent({ type: "start", id: "1", messages: { system: "s", message: "m" } });
      onEvent({ type: "text", text: "Half " });
      return refuse("unreachable", 0);
    },
  });
  session.start(undefined);
  await settled();
  await session.ask("files", { question: "Why?", level: "hints" });
  assert.deepEqual(
    session.snapshot().asks["files"]?.exchanges.map(({ answer, end }) => [answer, end?.outcome]),
    [["Half ", "cut"]],
  );
  session.close();
});
