import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import type {
  BootView,
  CheckView,
  NewRequest,
  RuntimeConfig,
  StepSummary,
  StepView,
  WorkspaceView,
} from "@atelier/contract";
import {
  AppError,
  type NavigableStep,
  type Navigation,
  nextLockedReason,
  nextStep,
  type StepStanding,
  standings,
} from "@atelier/domain";
import type { StudentFiles } from "../checkpoints/student-files.ts";
import type { Checker } from "../checks/checker.ts";
import { contentValues, previewAddress } from "../content/content-values.ts";
import type { Disputes } from "../checks/evidence.ts";
import { variableViews } from "../content/variables.ts";
import { createContentService } from "../content/content-service.ts";
import type { SaverOptions } from "../content/save-file/run-saver.ts";
import { readBlock, renderMarkdown } from "../content/render-markdown.ts";
import type { ControlHub } from "../control/control-hub.ts";
import { createAskStream } from "../help/ask-stream.ts";
import type { LlmHelp } from "../help/create-llm-help.ts";
import type { StudentDisk } from "../files/open-student-disk.ts";
import type { EventLog } from "../events/event-log.ts";
import type { StudentService, ViewerRole } from "../http/app.ts";
import type { EventStream } from "../http/event-stream.ts";
import { limitNotices } from "../limits/limit-notices.ts";
import { lostNotice } from "../progress/lost-notice.ts";
import type { History } from "../progress/progress.ts";
import type { StorageNotices } from "../recording/storage-notices.ts";
import type { Quizzes } from "../quizzes/quizzes.ts";
import { leavingView } from "./leaving-view.ts";
import type { Terminals } from "../terminal/terminals.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";

export interface StudentServiceOptions {
  readonly loaded: LoadedWorkshop;
  readonly config: RuntimeConfig;
  readonly history: History;
  readonly events: EventLog;
  readonly storage: StorageNotices;
  readonly stream: EventStream;
  readonly checker: Checker;
  readonly disputes: Disputes;
  readonly terminals: () => Terminals | undefined;
  readonly openPorts: () => readonly number[];
  readonly control: ControlHub;
  readonly disk: StudentDisk;
  readonly files: Pick<StudentFiles, "changes" | "list" | "prepare" | "replaced" | "take">;
  /** Home, workdir and the author's `keep[]`. */
  readonly savedFolders: readonly string[];
  readonly boot: () => BootView;
  readonly contentVersion: () => number;
  readonly newId: () => string;
  readonly quizzes: Quizzes;
  /** How files are written as the student. */
  readonly saving: SaverOptions;
  /** Absent: the template names no provider. */
  readonly llm: LlmHelp | undefined;
  /** Instructors who look on right now. */
  readonly watchers: () => number;
  /** Failures that nobody waits for. */
  readonly onError: (error: unknown) => void;
}

/** The last swap, as far as the student still has something to see of it. */
const arrivalOf = ({ arrival, taken }: History): Pick<WorkspaceView, "arrival"> => {
  const replaced = arrival?.replaced.filter((unit) => !taken.has(unit)) ?? [];
  return arrival && replaced.length + arrival.skipped.length > 0 ? { arrival: { ...arrival, replaced } } : {};
};

const undoOf = ({ undo }: History): Pick<WorkspaceView, "undo"> =>
  undo === undefined ? {} : { undo: { reason: undo.reason, at: undo.at, image: undo.image } };

/** Joins workshop, history and machine into what the page shows, and enforces the navigation. */
export const createStudentService = (options: StudentServiceOptions): StudentService => {
  const { loaded, config, history, events, stream, checker, control, newId, quizzes } = options;
  const { workshop, steps } = loaded;
  const lookUp = contentValues(config, workshop, history.variables);
  const previews = previewAddress(config);

  /** Read anew each time: an author at work changes both. */
  const rules = (): { readonly navigation: Navigation; readonly steps: readonly NavigableStep[] } =>
    config.unlocked
      ? { navigation: "free", steps: steps.map((step) => ({ ...step, requires: [] })) }
      : { navigation: workshop.navigation, steps };
  const standing = (): readonly StepStanding[] => {
    const { navigation, steps: all } = rules();
    return standings(navigation, all, history);
  };
  const stepOf = (id: string): LoadedWorkshop["steps"][number] => {
    const step = steps.find((candidate) => candidate.id === id);
    if (step === undefined)
      throw new AppError("not-found", `There is no step "${id}".`, {
        hint: `Steps: ${steps.map((one) => one.id).join(", ")}.`,
      });
    return step;
  };
  const summary = (id: string, all = standing()): StepSummary => {
    const step = stepOf(id);
    const own = all.find((candidate) => candidate.id === id);
    return {
      id,
      number: step.number,
      title: step.title,
      ...(step.group === undefined ? {} : { group: step.group }),
      state: stateOf(id, own),
      ...(own?.lockedReason === undefined ? {} : { lockedReason: own.lockedReason }),
      hasCheck: step.check !== undefined,
      ...(step.check?.auto ? { checksItself: true } : {}),
      ...(step.durationSeconds === undefined ? {} : { durationSeconds: step.durationSeconds }),
    };
  };
  const stateOf = (id: string, own: StepStanding | undefined): StepSummary["state"] => {
    if (history.passed.has(id)) return "passed";
    if (history.completed.has(id)) return "completed";
    if (history.solved.has(id)) return "solved";
    if (history.current === id) return "current";
    return own?.lockedReason === undefined ? "open" : "locked";
  };
  const refuseLocked = (id: string): void => {
    const { lockedReason, title } = summary(id);
    if (lockedReason !== undefined) throw new AppError("step-locked", `“${title}” is still locked. ${lockedReason}`);
  };
  /** Where the student works: what they entered, else where the manager put them, else what their image is for. */
  const working = (): string | undefined => {
    const ahead = steps[steps.findIndex(({ id }) => id === loaded.image.step) + 1] ?? steps.at(-1);
    return history.current ?? config.step ?? ahead?.id;
  };
  /** What was asked, as the manager is to understand it: nothing left open that this server knows. */
  const meant = ({ image: _ours, ...asked }: NewRequest): NewRequest => {
    const { undo } = history;
    if (asked.kind === "undo" && asked.checkpoint === undefined && undo !== undefined)
      return { ...asked, checkpoint: undo.checkpoint, image: undo.image };
    const step = asked.step ?? working();
    const isOfWorking = asked.kind === "next" || asked.kind === "reset" || asked.kind === "solve";
    return isOfWorking && step !== undefined ? { ...asked, step } : asked;
  };
  /** A request leads a student no further than the page does. */
  const refuseAhead = ({ kind, step }: NewRequest): void => {
    if (step === undefined) return;
    // Who was put at a step may work on it.
    if (kind === "goto" || step !== working()) refuseLocked(step);
    const reason = kind === "next" ? nextLockedReason({ ...rules(), progress: history }, step) : undefined;
    if (reason !== undefined)
      throw new AppError("step-locked", `There is no going on from “${stepOf(step).title}” yet. ${reason}`, {
        hint: "What is not done yet can also be solved for you (a command: atelier solve).",
      });
  };
  const page = (name: string, base: string): Promise<string> =>
    readFile(join(loaded.folder, name), "utf8").then((text) => renderMarkdown(text, { base, lookUp }));

  const workspace = (role: ViewerRole): WorkspaceView => {
    const all = standing();
    const { status } = control;
    return {
      workspaceId: config.workspaceId,
      workspaceName: config.workspaceName,
      displayName: config.displayName,
      role,
      workshop: {
        name: workshop.name,
        version: workshop.version,
        title: workshop.title,
        description: workshop.description,
        language: workshop.language,
        authors: workshop.authors,
        ...(workshop.difficulty === undefined ? {} : { difficulty: workshop.difficulty }),
        ...(workshop.durationSeconds === undefined ? {} : { durationSeconds: workshop.durationSeconds }),
        navigation: workshop.navigation,
        next: workshop.next,
        ...(workshop.feedbackUrl === undefined ? {} : { feedbackUrl: workshop.feedbackUrl }),
        hasIntro: workshop.hasIntro,
        hasFinish: workshop.hasFinish,
        tabs: workshop.tabs,
        editor: workshop.editor,
        privileged: workshop.user === "root" || workshop.sudo,
      },
      boot: options.boot(),
      ...(workshop.variables === undefined ? {} : { variables: variableViews(workshop.variables, history.variables) }),
      steps: steps.map(({ id }) => summary(id, all)),
      ...(history.current === undefined ? {} : { currentStep: history.current }),
      finished: all.every(({ isDone }) => isDone),
      recording: config.recording,
      webTerminal: config.webTerminal,
      watchers: options.watchers(),
      ...(previews === undefined ? {} : { previewAddress: previews }),
      ...(status?.deadline === undefined ? {} : { deadline: status.deadline }),
      ...(status?.retainUntil === undefined ? {} : { retainUntil: status.retainUntil }),
      extendable: status?.extendable ?? false,
      openPorts: [...options.openPorts()],
      ...(options.contentVersion() === 0 ? {} : { contentVersion: options.contentVersion() }),
      ...(control.diagnostics.length === 0 ? {} : { diagnostics: [...control.diagnostics] }),
      notices: [
        ...lostNotice(history, { roots: options.savedFolders, now: new Date() }),
        ...limitNotices(history.limits, new Date()),
        ...(status?.notices ?? []),
        ...options.storage.list(),
      ],
      ...arrivalOf(history),
      transitions: control.isConnected,
      ...(control.isConnected ? undoOf(history) : {}),
      ...(options.llm === undefined ? {} : { llm: { provider: options.llm.provider, model: options.llm.model } }),
    };
  };
  const requireLlm = (): LlmHelp => {
    if (options.llm === undefined)
      throw new AppError("no-llm", "Nobody answers questions in this workspace.", {
        hint: "The hints, the explanation and the solution of a step are there where its author wrote them.",
      });
    return options.llm;
  };

  const requireTerminals = (): Terminals => {
    if (!config.webTerminal) throw new AppError("terminal-off", "The web terminal is switched off for this workspace.");
    const terminals = options.terminals();
    if (terminals === undefined) throw new AppError("not-ready", "The terminal is still starting.");
    return terminals;
  };

  const check = async (id: string, by: ViewerRole): Promise<CheckView> => {
    refuseLocked(id);
    stream.send({ type: "check-started", step: id, trigger: by });
    control.send({ t: "activity", at: new Date().toISOString(), kind: "check" });
    const result = await checker.check(id, { trigger: by });
    stream.send({ type: "check", check: result });
    return result;
  };

  return {
    disk: options.disk,
    boot: options.boot,
    workspace,
    step: async (id): Promise<StepView> => {
      const step = stepOf(id);
      const all = standing();
      const own = summary(id, all);
      const last = history.lastChecks.get(id);
      const index = steps.indexOf(step);
      const next = nextStep(steps, all, id);
      const previous = steps[index - 1]?.id;
      return {
        ...own,
        html: own.state === "locked" ? "" : await page(join("steps", id, "content.md"), `/content/steps/${id}/`),
        help: step.help,
        ...(last === undefined ? {} : { lastCheck: last }),
        ...(next === undefined ? {} : { next }),
        ...(previous === undefined ? {} : { previous }),
        ...(own.state === "locked" || step.quizzes === undefined ? {} : { quizzes: await quizzes.views(id) }),
      };
    },
    page: async (name) => {
      if (!(name === "intro" ? workshop.hasIntro : workshop.hasFinish))
        throw new AppError("not-found", `This workshop has no ${name} page.`);
      return { html: await page(`${name}.md`, "/content/") };
    },
    check,
    dispute: (id, note) => {
      refuseLocked(id);
      return options.disputes.make(id, note);
    },
    evidence: (id) => options.disputes.read(id),
    complete: async (id) => {
      refuseLocked(id);
      if (stepOf(id).check) throw new AppError("has-check", `“${stepOf(id).title}” is completed by its check.`);
      if (!history.solved.has(id)) events.append({ type: "step-completed", step: id, how: "self" });
      return summary(id);
    },
    enter: (id, by) => {
      refuseLocked(id);
      if (history.current !== id) {
        events.append({ type: "step-entered", step: id, by });
        options.terminals()?.enterStep(id);
      }
      return workspace(by);
    },
    help: async (id, level) => {
      refuseLocked(id);
      if (!stepOf(id).help.includes(level)) throw new AppError("not-found", `“${stepOf(id).title}” has no ${level}.`);
      events.append({ type: "help-opened", step: id, level });
      return { level, html: await page(join("steps", id, `${level}.md`), `/content/steps/${id}/`) };
    },
    helpContext: async (id, level) => {
      const llm = requireLlm();
      refuseLocked(id);
      return llm.context(id, level);
    },
    ask: async (id, question) => {
      const llm = requireLlm();
      refuseLocked(id);
      const { body, signal, send, close } = createAskStream();
      const { done } = await llm.ask(id, question, { signal, onEvent: send });
      done.then(close, (error: unknown) => {
        options.onError(error);
        send({ type: "end", outcome: "failed", code: "internal", cause: "Something went wrong in the workspace." });
        close();
      });
      return body;
    },
    request: (asked, by) => {
      const request = meant(asked);
      if (!control.isConnected)
        throw new AppError("no-manager", "Nobody who can change the workspace is connected right now.", {
          hint: "Keep working; type `atelier open` on your machine and try again.",
        });
      if (request.step !== undefined) stepOf(request.step);
      if (by === "student") refuseAhead(request);
      const jobs = request.kind === "extend" || request.confirmed ? [] : (options.terminals()?.jobs() ?? []);
      if (jobs.length > 0)
        throw new AppError("jobs-running", `Still running in your terminals: ${jobs.join(", ")}.`, {
          hint: "End them first, or go on without them (a command: --yes): they do not come along.",
        });
      const id = newId();
      events.append({
        type: "request",
        id,
        kind: request.kind,
        by,
        ...(request.checkpoint === undefined ? {} : { checkpoint: request.checkpoint }),
        ...(request.image === undefined ? {} : { image: request.image }),
        ...(request.step === undefined ? {} : { step: request.step }),
      });
      control.send({ t: "request", id, request, by });
      // The next container starts meanwhile.
      if (request.kind !== "extend") void options.files.prepare().catch(options.onError);
      return { id, state: "outstanding" };
    },
    checkpoints: () => options.files.list(),
    leaving: async (likely) => {
      if (likely) control.send({ t: "activity", at: new Date().toISOString(), kind: "request", likely });
      return leavingView(await options.files.changes(), {
        image: loaded.image.step,
        jobs: [...(options.terminals()?.jobs() ?? [])],
        folders: [...options.savedFolders],
      });
    },
    replaced: () => options.files.replaced(history.arrival, history.taken),
    take: async (unit) => {
      if (history.arrival?.replaced.includes(unit) !== true)
        throw new AppError("not-found", `Nothing of yours was replaced at ${unit}.`);
      await options.files.take(history.arrival.checkpoint, unit);
      return options.files.replaced(history.arrival, history.taken);
    },
    terminals: () => options.terminals()?.list() ?? [],
    openTerminal: (name) => requireTerminals().open(name),
    closeTerminal: (name) => requireTerminals().close(name),
    content: createContentService({
      ...options.saving,
      loaded,
      events,
      refuseLocked,
      quizzes,
      onAnswered: (step, quiz) => stream.send({ type: "quiz", step, quiz }),
      hasGoss: (step) =>
        access(join(loaded.folder, "steps", step, "goss.yaml")).then(
          () => true,
          () => false,
        ),
      check,
      readBlock: async (step, name, block) =>
        readBlock(await readFile(join(loaded.folder, "steps", step, `${name}.md`), "utf8"), block, {
          base: `/content/steps/${step}/`,
          lookUp,
        }),
    }),
  };
};
