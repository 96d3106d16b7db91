import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type {
  Assertion,
  BootView,
  CheckTrigger,
  CheckView,
  StepSummary,
  StepView,
  WorkspaceView,
} from "@atelier/contract";
import { fakeTexts } from "./fake-content.ts";
import { sampleWorkspace } from "./sample-workspace.ts";

export const scenarios = [
  "working",
  "fresh",
  "booting",
  "boot-failed",
  "refused",
  "finished",
  "transitions",
  "moved",
  "hostile",
  "asking",
  "tools",
  "self-checking",
  "offering",
  "unrecorded",
  "everything",
] as const;
export type Scenario = (typeof scenarios)[number];

/** The state of a pretended workspace: steps open as the ones before them are done. */
export interface FakeWorkshop {
  workspace(): WorkspaceView;
  step(id: string): StepView | undefined;
  enter(id: string): void;
  finish(id: string, state: "passed" | "completed" | "solved"): void;
  check(id: string, trigger?: CheckTrigger): Promise<CheckView>;
  setBoot(boot: BootView): void;
}

const bootOf: Partial<Record<Scenario, BootView>> = {
  booting: {
    phase: "onStart",
    elapsedMs: 4200,
    deadlineMs: 60_000,
    progress: { done: 1, of: 3, label: "python3 -m http.server 8000" },
  },
  "boot-failed": {
    phase: "failed",
    elapsedMs: 31_000,
    cause: "onStart command 2 of 3 was not ready within 30 s: nothing listens on port 8000.",
    output:
      "Traceback (most recent call last):\n  File \"/opt/app/serve.py\", line 3, in <module>\n    import flask\nModuleNotFoundError: No module named 'flask'\n",
  },
};

const assertionsFor = async (home: string): Promise<Assertion[]> => {
  const text = await readFile(join(home, "notes/todo.txt"), "utf8").catch(() => undefined);
  const exists = text !== undefined;
  const right = text?.includes("learn the shell") === true;
  return [
    { id: "command: shell", title: "You have a shell", status: "passed" },
    {
      id: "file: ~/notes/todo.txt: exists",
      title: "The file ~/notes/todo.txt exists",
      status: exists ? "passed" : "failed",
      ...(exists
        ? {}
        : {
            message: "Make the folder with mkdir first, then write the note into it.",
            expected: "true",
            found: "false",
          }),
    },
    {
      id: "file: ~/notes/todo.txt: contents",
      title: "It holds the line “learn the shell”",
      status: right ? "passed" : exists ? "failed" : "skipped",
      ...(right || !exists
        ? {}
        : {
            message: "Mind the spelling: the line must be there as it stands in the text.",
            expected: "learn the shell",
            found: text.trim() || "(nothing)",
          }),
    },
  ];
};

/** @param place where its files are, and the port of its page to preview */
export const createFakeWorkshop = (
  scenario: Scenario,
  { home, previewPort }: { readonly home: string; readonly previewPort: number },
): FakeWorkshop => {
  const base = sampleWorkspace();
  const isOneOf = (...names: readonly Scenario[]): boolean => scenario === "everything" || names.includes(scenario);
  const done = new Map<string, StepSummary["state"]>(scenario === "fresh" ? [] : [["look-around", "passed"]]);
  // So that the step which students mark themselves is open.
  if (scenario === "everything") done.set("permissions", "passed");
  if (scenario === "finished")
    for (const { id } of base.steps)
      done.set(id, id === "permissions" ? "solved" : id === "processes" ? "completed" : "passed");
  let current: string | undefined = scenario === "fresh" ? undefined : scenario === "finished" ? "services" : "files";
  let boot: BootView = bootOf[scenario] ?? base.boot;
  const lastChecks = new Map<string, CheckView>();

  const steps = (): StepSummary[] =>
    base.steps.map(({ lockedReason: _reason, ...step }, index) => {
      const before = base.steps[index - 1];
      const state =
        done.get(step.id) ??
        (before !== undefined && !done.has(before.id) ? "locked" : step.id === current ? "current" : "open");
      const itself = scenario === "self-checking" && step.id === "files" ? { checksItself: true } : {};
      return {
        ...step,
        ...itself,
        state,
        ...(state === "locked" ? { lockedReason: `Finish “${before?.title}” first.` } : {}),
      };
    });

  const workspace = (): WorkspaceView => {
    const { currentStep: _step, ...rest } = base;
    return {
      ...rest,
      boot,
      steps: steps(),
      ...(current === undefined ? {} : { currentStep: current }),
      finished: done.size === base.steps.length,
      transitions: isOneOf("transitions", "moved"),
      ...(isOneOf("moved")
        ? {
            arrival: {
              reason: "next",
              checkpoint: "c2",
              replaced: ["/home/student/app/server.py", "/home/student/logo.png"],
              skipped: ["/home/student/big.iso: larger than 50 MiB (5 GiB)"],
            },
          }
        : {}),
      ...(isOneOf("tools")
        ? {
            workshop: { ...base.workshop, editor: true, tabs: [{ title: "Web app", port: previewPort, path: "/" }] },
            previewAddress: "http://127.0.0.1:{port}/",
            watchers: 1,
          }
        : {}),
      ...(scenario === "unrecorded" ? { recording: { commands: "on", terminal: "off" } as const } : {}),
      ...(isOneOf("offering") ? { previewAddress: "http://127.0.0.1:{port}/", openPorts: [previewPort, 5432] } : {}),
      ...(isOneOf("asking") ? { llm: { provider: "anthropic", model: "fake-1" } } : {}),
      ...(isOneOf("transitions")
        ? {
            extendable: true,
            deadline: new Date(Date.now() + 47 * 60_000).toISOString(),
            undo: { reason: "reset", at: new Date().toISOString(), image: "look-around" },
          }
        : {}),
    };
  };

  return {
    workspace,
    step: (id) => {
      const list = steps();
      const index = list.findIndex((step) => step.id === id);
      const summary = list[index];
      if (summary === undefined) return undefined;
      const lastCheck = lastChecks.get(id);
      const next = list[index + 1]?.id;
      const previous = list[index - 1]?.id;
      return {
        ...summary,
        html: (scenario === "hostile" ? fakeTexts.hostile : "") + (fakeTexts[id] ?? ""),
        help: id === "files" ? ["hints", "explain", "solve"] : [],
        ...(lastCheck === undefined ? {} : { lastCheck }),
        ...(next === undefined ? {} : { next }),
        ...(previous === undefined ? {} : { previous }),
      };
    },
    enter: (id) => {
      current = id;
    },
    finish: (id, state) => {
      done.set(id, state);
    },
    check: async (id, trigger = "student") => {
      const started = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 400));
      const assertions: Assertion[] =
        id === "files"
          ? await assertionsFor(home)
          : [{ id: "fine", title: "All is as it should be", status: "passed" }];
      const outcome = assertions.every(({ status }) => status === "passed") ? "passed" : "failed";
      const check: CheckView = {
        step: id,
        outcome,
        trigger,
        at: new Date().toISOString(),
        durationMs: performance.now() - started,
        assertions,
      };
      lastChecks.set(id, check);
      if (outcome === "passed") done.set(id, "passed");
      return check;
    },
    setBoot: (next) => {
      boot = next;
    },
  };
};
