import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckView, CommandRecord } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { EventLog } from "../events/event-log.ts";
import type { Identity } from "../identity/identity.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import { readGossResult } from "./read-goss-result.ts";
import { runProcess } from "./run-process.ts";
import type { CommandSetting } from "./wrap-commands.ts";

export type CheckTrigger = "student" | "auto" | "instructor" | "manager";

export interface CheckerOptions {
  readonly loaded: LoadedWorkshop;
  readonly student: Identity;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly goss: string;
  readonly events: EventLog;
  /** What the check may look at besides the machine. */
  readonly context: () => { readonly cwd?: string; readonly commands: readonly CommandRecord[] };
  readonly now: () => Date;
  readonly timeoutMs?: number;
  readonly asIdentity?: CommandSetting["asIdentity"];
}

export interface Checker {
  /**
   * Runs the check of a step. One at a time: throws `AppError` `check-running` while another runs, and
   * `no-check` for a step without one. `goss` replaces the image's text for this run.
   */
  check(
    step: string,
    options: { readonly trigger: CheckTrigger; readonly goss?: string; readonly signal?: AbortSignal },
  ): Promise<CheckView>;
  readonly running: string | undefined;
}

const root: Identity = { name: "root", uid: 0, gid: 0, groups: [], home: "/root" };

/** Real goss: itself as root, its `command` assertions as the student unless the author says otherwise. */
export const createChecker = (options: CheckerOptions): Checker => {
  const { loaded, student, shell, env, goss, events, now, timeoutMs = 60_000 } = options;
  let running: string | undefined;

  const validate = async (
    step: string,
    text: string,
    signal: AbortSignal | undefined,
  ): Promise<Omit<CheckView, "step" | "at" | "durationMs">> => {
    const meta = loaded.steps.find(({ id }) => id === step);
    const folder = await mkdtemp(join(tmpdir(), "atelier-check-"));
    try {
      const original = join(folder, "goss.yaml");
      await writeFile(original, text, { mode: 0o600 });
      const { cwd, commands } = options.context();
      const vars = JSON.stringify({
        cwd: cwd ?? loaded.workshop.workdir,
        commands: commands.map(({ command }) => command),
        step,
      });
      const run = (argv: readonly string[]) =>
        runProcess({ argv, env: { ...env, HOME: "/root" }, cwd: folder, timeoutMs, ...(signal ? { signal } : {}) });
      let rendered = text;
      if (text.includes("{{") || /^gossfile:/m.test(text)) {
        const answer = await run([goss, "--gossfile", original, "--vars-inline", vars, "render"]);
        if (answer.isTimeout)
          return { outcome: "timeout", assertions: [], cause: `The check did not end within ${timeoutMs / 1000} s.` };
        if (answer.exitCode !== 0) return { ...asView(readGossResult("", answer.stderr || answer.stdout, 78)) };
        rendered = answer.stdout;
      }
      const identity = meta?.check?.user === "root" ? root : student;
      const prepared = join(folder, "prepared.yaml");
      try {
        const setting = {
          identity,
          workdir: loaded.workshop.workdir,
          shell,
          ...(options.asIdentity ? { asIdentity: options.asIdentity } : {}),
        };
        // With the YAML library, which an idle server does not need.
        const { wrapCommands } = await import("./wrap-commands.ts");
        await writeFile(prepared, wrapCommands(rendered, setting), { mode: 0o600 });
      } catch (error) {
        return {
          outcome: "error",
          assertions: [],
          cause: `The check's goss file is not valid: ${(error as Error).message}`,
        };
      }
      const answer = await run([goss, "--gossfile", prepared, "--vars-inline", vars, "validate", "--format", "json"]);
      if (answer.isTimeout)
        return { outcome: "timeout", assertions: [], cause: `The check did not end within ${timeoutMs / 1000} s.` };
      return asView(readGossResult(answer.stdout, answer.stderr, answer.exitCode));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  return {
    get running() {
      return running;
    },
    check: async (step, { trigger, goss: replacement, signal }) => {
      const meta = loaded.steps.find(({ id }) => id === step);
      if (!meta?.check && replacement === undefined) throw new AppError("no-check", `Step "${step}" has no check.`);
      if (running !== undefined)
        throw new AppError("check-running", `The check of step "${running}" is still running.`, {
          hint: "Wait for its result.",
        });
      running = step;
      const started = now();
      try {
        const text = replacement ?? (await readFile(join(loaded.folder, "steps", step, "goss.yaml"), "utf8"));
        const result = await validate(step, text, signal);
        const durationMs = now().getTime() - started.getTime();
        const count = (status: string): number =>
          result.assertions.filter((assertion) => assertion.status === status).length;
        const event = events.append({
          type: "check-finished",
          step,
          outcome: result.outcome,
          trigger,
          durationMs,
          passed: count("passed"),
          failed: count("failed") + count("error"),
          skipped: count("skipped"),
          assertions: [...result.assertions],
          ...(result.cause === undefined ? {} : { cause: result.cause }),
        });
        if (result.outcome === "passed" && replacement === undefined)
          events.append({ type: "step-completed", step, how: "checked" });
        return { step, at: event.ts, durationMs, ...result, assertions: [...result.assertions] };
      } finally {
        running = undefined;
      }
    },
  };
};

const asView = (reading: ReturnType<typeof readGossResult>): Omit<CheckView, "step" | "at" | "durationMs"> => ({
  outcome: reading.outcome,
  assertions: [...reading.assertions],
  ...(reading.cause === undefined ? {} : { cause: reading.cause }),
});
