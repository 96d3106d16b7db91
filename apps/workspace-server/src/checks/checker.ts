import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckTrigger, CheckView, CommandRecord } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { EventLog } from "../events/event-log.ts";
import type { Identity } from "../identity/identity.ts";
import { lacksProcesses, type MakeRoom } from "../limits/start-with-room.ts";
import { endProcessesOf } from "../limits/student-processes.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import { noFinding, withQuizzes } from "../quizzes/quiz-assertions.ts";
import { answerBounds, boundAssertions, recordBounds } from "./bound-assertions.ts";
import { createLoginEnvironment } from "./login-environment.ts";
import { readGossResult } from "./read-goss-result.ts";
import { rootEnvironment } from "./root-environment.ts";
import { runProcess } from "./run-process.ts";
import type { CommandSetting } from "./wrap-commands.ts";

export interface CheckerOptions {
  readonly loaded: LoadedWorkshop;
  readonly student: Identity;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  /** Secret parameters by name: commands find them as a terminal does, templates do not. */
  readonly secretEnv?: Readonly<Record<string, string>>;
  readonly goss: string;
  readonly events: EventLog;
  /** What the check may look at besides the machine. */
  readonly context: () => { readonly cwd?: string; readonly commands: readonly CommandRecord[] };
  readonly now: () => Date;
  /** What the questions of a step add to its check. */
  readonly quizzes?: (step: string) => CheckView["assertions"];
  /** Whether a step was solved for the student: then its check passes and the step does not. */
  readonly isSolved?: (step: string) => boolean;
  /** Must not be told by a result: neither by what was found nor by what was expected. */
  readonly secrets: KnownSecrets;
  readonly timeoutMs?: number;
  readonly asIdentity?: CommandSetting["asIdentity"];
  /** Ends the student's processes where there is none left for a check. */
  readonly makeRoom?: MakeRoom;
}

export interface Checker {
  /**
   * Runs the check of a step. One at a time: throws `AppError` `check-running` while another runs, and
   * `no-check` for a step without one. An automatic one makes way for one that somebody asked for.
   * `goss` replaces the image's text for this run.
   */
  check(
    step: string,
    options: { readonly trigger: CheckTrigger; readonly goss?: string; readonly signal?: AbortSignal },
  ): Promise<CheckView>;
  readonly running: string | undefined;
  /** The step changes: a check that runs now is refused with `step-changed`, and nothing of it is written down. */
  giveUp(): void;
}

/** Bytes of goss's answer, which is one line of JSON: it repeats in full the files and outputs it compared. */
const mostOfGoss = 16 << 20;
/** Characters; Linux takes 128 KiB for one variable. */
const mostEnvironment = 30_000;
/** Of what a YAML parser quotes. */
const longestCause = 2000;
const root: Identity = { name: "root", uid: 0, gid: 0, groups: [], home: "/root" };

/** Real goss: itself as root, its `command` assertions as the student unless the author says otherwise. */
export const createChecker = (options: CheckerOptions): Checker => {
  const { loaded, student, shell, env, goss, events, now, timeoutMs = 60_000 } = options;
  // Templates may ask for what the image has; nothing is run then.
  const forTemplates = { ...rootEnvironment(env), HOME: "/root" };
  const { PATH = "", LANG = "C.UTF-8", TZ = "UTC" } = rootEnvironment(env);
  // Goss is root and runs package managers and service tools by name.
  const forGoss = { PATH, LANG, TZ, HOME: "/root" };
  const hide = options.secrets.maskStart;
  const all = { ...env, ...options.secretEnv };
  const login = createLoginEnvironment({
    identity: student,
    shell,
    env: all,
    ...(options.asIdentity ? { asIdentity: options.asIdentity } : {}),
  });
  const makeRoom = options.makeRoom ?? (() => endProcessesOf(student.uid));
  let running:
    | {
        readonly step: string;
        readonly isAuto: boolean;
        readonly end: AbortController;
        readonly ended: Promise<unknown>;
      }
    | undefined;

  const validate = async (step: string, text: string, signal: AbortSignal | undefined): Promise<CheckFinding> => {
    const meta = loaded.steps.find(({ id }) => id === step);
    const folder = await mkdtemp(join(tmpdir(), "atelier-check-"));
    try {
      const original = join(folder, "goss.yaml");
      await writeFile(original, text, { mode: 0o600 });
      const { cwd, commands } = options.context();
      const vars = JSON.stringify({
        // The student names folders and types commands: a template that shows one must stay one line of YAML.
        cwd: oneLine(cwd ?? loaded.workshop.workdir),
        commands: commands.map(({ command }) => oneLine(command)),
        step,
      });
      const run = async (argv: readonly string[], environment: Readonly<Record<string, string>> = forGoss) => {
        const order = {
          argv,
          env: environment,
          cwd: folder,
          timeoutMs,
          makeRoom,
          keep: mostOfGoss,
          ...(signal ? { signal } : {}),
        };
        const answer = await runProcess(order);
        if (!lacksProcesses(answer.stderr) && !lacksProcesses(answer.stdout)) return answer;
        // Goss itself was started with the last one there was.
        await makeRoom();
        return runProcess(order);
      };
      let rendered = text;
      if (text.includes("{{") || /^gossfile:/m.test(text)) {
        const answer = await run([goss, "--gossfile", original, "--vars-inline", vars, "render"], forTemplates);
        if (answer.isTimeout)
          return { outcome: "timeout", assertions: [], cause: `The check did not end within ${timeoutMs / 1000} s.` };
        if (answer.exitCode !== 0)
          return {
            ...asView(readGossResult({ stdout: "", stderr: answer.stderr || answer.stdout, exitCode: 78 }, hide)),
          };
        rendered = answer.stdout;
      }
      const identity = meta?.check?.user === "root" ? root : student;
      const prepared = join(folder, "prepared.yaml");
      let forCommands: Readonly<Record<string, string>> = {};
      // Root never runs what the student wrote, and where there is no command nobody needs it.
      const commandEnv = identity === student && rendered.includes("command") ? await login.read(signal) : all;
      try {
        const setting = {
          identity,
          // What lies in the student's folder decides what many a program loads or takes for an option.
          workdir: identity === root && student.uid !== 0 ? "/" : loaded.workshop.workdir,
          ...(options.asIdentity ? { asIdentity: options.asIdentity } : {}),
        };
        // With the YAML library, which an idle server does not need.
        const { environmentText, environmentVariable, wrapCommands } = await import("./wrap-commands.ts");
        const place = { ...setting, shell };
        const text =
          identity === root ? environmentText(rootEnvironment(all), place) : environmentText(commandEnv, place);
        // What start-up files make of it may be more than the system takes.
        forCommands = { [environmentVariable]: text.length < mostEnvironment ? text : environmentText(all, place) };
        await writeFile(prepared, wrapCommands(rendered, setting), { mode: 0o600 });
      } catch (error) {
        return {
          outcome: "error",
          assertions: [],
          cause: hide(`The check's goss file is not valid: ${(error as Error).message}`, longestCause),
        };
      }
      const answer = await run([goss, "--gossfile", prepared, "--vars-inline", vars, "validate", "--format", "json"], {
        ...forGoss,
        ...forCommands,
      });
      if (answer.isTimeout)
        return { outcome: "timeout", assertions: [], cause: `The check did not end within ${timeoutMs / 1000} s.` };
      return asView(readGossResult(answer, hide));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  /** Of an automatic run only what is new is worth a line of the log. */
  const isNews = (step: string, { outcome, assertions }: Pick<CheckView, "outcome" | "assertions">): boolean => {
    const text = findingOf({ outcome, assertions });
    const known = findings.get(step);
    findings.set(step, text);
    return known !== text;
  };
  const findings = new Map<string, string>();

  const run = async (
    step: string,
    { trigger, goss: replacement, signal }: { trigger: CheckTrigger; goss?: string; signal: AbortSignal },
  ): Promise<CheckView> => {
    const started = now();
    const text = replacement ?? (await gossOf(loaded.folder, step));
    const found = text === undefined ? noFinding : await validate(step, text, signal);
    const whole = replacement === undefined ? withQuizzes(found, options.quizzes?.(step) ?? []) : found;
    const result = { ...whole, assertions: [...boundAssertions(whole.assertions, answerBounds)] };
    // What runs no process, or whose last one ended just before, is of the step that was left as well.
    signal.throwIfAborted();
    const durationMs = now().getTime() - started.getTime();
    const count = (status: string): number =>
      whole.assertions.filter((assertion) => assertion.status === status).length;
    const isNew = replacement !== undefined || isNews(step, whole);
    const event =
      trigger === "auto" && !isNew
        ? undefined
        : events.append({
            type: "check-finished",
            step,
            outcome: result.outcome,
            trigger,
            durationMs,
            passed: count("passed"),
            failed: count("failed") + count("error"),
            skipped: count("skipped"),
            assertions: [...boundAssertions(whole.assertions, recordBounds)],
            ...(result.cause === undefined ? {} : { cause: result.cause }),
          });
    if (result.outcome === "passed" && replacement === undefined && options.isSolved?.(step) !== true)
      events.append({ type: "step-completed", step, how: "checked" });
    return { step, at: event?.ts ?? now().toISOString(), trigger, durationMs, ...result };
  };

  return {
    get running() {
      return running?.step;
    },
    giveUp: () =>
      running?.end.abort(
        new AppError("step-changed", `The workspace moved on while the check of step "${running.step}" ran.`, {
          hint: "Check again.",
        }),
      ),
    check: async (step, { trigger, goss: replacement, signal }) => {
      const meta = loaded.steps.find(({ id }) => id === step);
      if (!meta?.check && replacement === undefined) throw new AppError("no-check", `Step "${step}" has no check.`);
      if (trigger !== "auto" && running?.isAuto) {
        running.end.abort(new AppError("check-running", "Somebody asked for a check meanwhile."));
        await running.ended;
      }
      if (running !== undefined)
        throw new AppError("check-running", `The check of step "${running.step}" is still running.`, {
          hint: "Wait for its result.",
        });
      const end = new AbortController();
      const work = run(step, {
        trigger,
        ...(replacement === undefined ? {} : { goss: replacement }),
        signal: signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]),
      });
      const own = { step, isAuto: trigger === "auto", end, ended: work.catch(() => undefined) };
      running = own;
      try {
        return await work;
      } finally {
        if (running === own) running = undefined;
      }
    },
  };
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through.
const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, " ");

/** Equal for two results that say the same about the same assertions. */
export const findingOf = ({ outcome, assertions }: Pick<CheckView, "outcome" | "assertions">): string =>
  JSON.stringify([outcome, assertions.map(({ id, status, found }) => [id, status, found])]);

/** The text of a step's goss file; a step that only asks questions has none. */
const gossOf = (folder: string, step: string): Promise<string | undefined> =>
  readFile(join(folder, "steps", step, "goss.yaml"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });

export type CheckFinding = Omit<CheckView, "step" | "at" | "durationMs">;

const asView = (reading: ReturnType<typeof readGossResult>): CheckFinding => ({
  outcome: reading.outcome,
  assertions: [...reading.assertions],
  ...(reading.cause === undefined ? {} : { cause: reading.cause }),
});
