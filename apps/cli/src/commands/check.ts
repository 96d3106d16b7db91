import { existsSync } from "node:fs";
import { getFromServer, type WorkspaceSettings } from "@atelier/backend-docker";
import { type CheckView, workspaceViewSchema } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import type { Paint } from "../reporter/reporter.ts";

interface CheckOptions {
  readonly folder?: string;
  readonly image?: boolean;
  readonly json?: boolean;
}

export default async (
  context: Context,
  [name = "", wanted]: readonly string[],
  options: CheckOptions,
): Promise<number> => {
  const { reporter } = context;
  const { settings, state, publishedAt } = await (await context.workspaces()).find(name);
  if (settings === undefined || state !== "running" || publishedAt === undefined)
    throw new AppError("workspace-stopped", `The workspace "${name}" does not run, so nothing can be checked in it.`, {
      hint: `Start it: atelier start ${name}`,
    });
  // Through it the workspace's address answers, too.
  const supervisor = await context.supervisor();
  const folder = options.image === true ? undefined : folderOf(context, settings, options.folder);
  const step = wanted ?? (await currentStep(context, settings, publishedAt));
  const goss = folder === undefined ? undefined : await gossOf(context, folder, step);
  // The line to the workspace is the supervisor's: a second one would take it from it.
  const check = await supervisor.check(name, { step, ...(goss === undefined ? {} : { goss }) });
  const source = folder === undefined ? "image" : "folder";
  if (options.json) reporter.json({ workspace: name, source, ...(folder === undefined ? {} : { folder }), ...check });
  else {
    for (const line of linesOf(check, reporter.paintResult)) reporter.result(line);
    reporter.info(
      `${step}: ${check.outcome} in ${check.durationMs} ms, by the check in ${folder ?? "the workspace's image"}.`,
    );
  }
  return check.outcome === "passed" ? 0 : 1;
};

/** The folder that was named, else the one the workspace was made from while that is still there. */
const folderOf = (context: Context, settings: WorkspaceSettings, named: string | undefined): string | undefined => {
  if (named !== undefined) return context.path(named);
  return settings.folder !== undefined && existsSync(settings.folder) ? settings.folder : undefined;
};

/** @param port where the server listens now; the one of its settings may be somebody else's */
const currentStep = async (context: Context, settings: WorkspaceSettings, port: number): Promise<string> => {
  const token = (await context.state()).token(settings.id, "instructor");
  const { status, text } = await getFromServer(port, "/api/workspace", { Authorization: `Bearer ${token}` });
  const view = status === 200 ? workspaceViewSchema.safeParse(JSON.parse(text)).data : undefined;
  const step = view?.currentStep ?? settings.step ?? view?.steps[0]?.id;
  if (step === undefined)
    throw new AppError("usage", "The workspace does not say on which step the student is.", {
      hint: `Name the step: atelier check ${settings.name} <step>`,
    });
  return step;
};

const gossOf = async (context: Context, folder: string, step: string): Promise<string> => {
  const { workshop } = await requireWorkshop(context, folder);
  const found = workshop.steps.find(({ id }) => id === step);
  if (found === undefined)
    throw new AppError("no-such-step", `There is no step "${step}" in ${folder}.`, {
      hint: `Steps: ${workshop.steps.map(({ id }) => id).join(", ")}. The workspace's own check: --image`,
    });
  if (found.check === undefined)
    throw new AppError("no-check", `Step "${step}" has no check in ${folder}.`, {
      hint: found.quizzes
        ? "Its questions are its check; the workspace knows the answers: atelier check <workspace> --image"
        : `Draft one: atelier checks draft ${step}`,
    });
  return found.check.goss;
};

const marks = { passed: "✓", failed: "✗", error: "✗", skipped: "–" } as const;

const linesOf = ({ assertions, cause }: CheckView, paint: Paint): readonly string[] => [
  ...(cause === undefined ? [] : [`${paint.red("✗")} ${cause}`]),
  ...assertions.flatMap(({ title, status, message, expected, found }) => {
    const color = status === "passed" ? paint.green : status === "skipped" ? paint.yellow : paint.red;
    const isWrong = status === "failed" || status === "error";
    return [
      `${color(marks[status])} ${visible(title)}`,
      ...(isWrong && expected !== undefined ? [`    expected: ${visible(expected)}`] : []),
      ...(isWrong && found !== undefined ? [`    found: ${visible(found)}`] : []),
      ...(isWrong && message !== undefined ? [`    ${paint.dim(message)}`] : []),
    ];
  }),
];

/** What a student's machine says goes to the author's terminal as text, never as control. */
const visible = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
  text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "�").replaceAll("\n", "\n      ");
