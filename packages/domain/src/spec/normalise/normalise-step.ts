import { readQuizzes } from "../../quiz/read-quizzes.ts";
import { parseStepId, type StepId } from "../../workshop/ids.ts";
import { type BuildCommand, type HelpLevel, type Step, type StepFile, studentHome } from "../../workshop/workshop.ts";
import { readPage } from "../content/markdown.ts";
import type { StepDraft } from "../draft.ts";
import { parseDuration } from "../duration.ts";
import type { StepInput } from "../schema/step-schema.ts";
import type { SourceTree } from "../source-tree.ts";
import type { TextFile } from "../text/read-text.ts";
import { entryAt, fileAt, filesBelow, nameOf, normalizePath } from "../tree/tree-view.ts";
import type { YamlFile } from "../yaml/read-yaml.ts";
import { normaliseEnv } from "./env.ts";
import { expandPath, isInside, targetPath } from "./places.ts";
import { normaliseStartCommands } from "./start-commands.ts";

/** What a step's defaults depend on. */
export interface StepSurroundings {
  readonly tree: SourceTree;
  readonly number: number;
  /** The workshop's, absolute. */
  readonly workdir: string;
}

const asStepId = (id: string): StepId => {
  const parsed = parseStepId(id);
  if (parsed === undefined) throw new Error(`"${id}" passed validation but is no step id`);
  return parsed;
};

const normaliseFile = (
  file: NonNullable<StepInput["files"]>[number],
  draft: StepDraft,
  { tree, workdir }: StepSurroundings,
): StepFile => {
  const source = normalizePath(`${draft.folder}/${file.source}`) ?? draft.folder;
  const target = targetPath(file.target, { isFile: fileAt(tree, source) !== undefined, name: nameOf(source) });
  const isStudents = isInside(target, studentHome) || (workdir !== "/" && isInside(target, workdir));
  return {
    // A link (its end is inside the step's folder, rules saw to that) stands for what it leads to.
    source: entryAt(tree, source)?.path ?? source,
    target,
    owner: file.owner ?? (isStudents ? "student" : "root"),
    ...(file.mode === undefined ? {} : { mode: Number.parseInt(file.mode, 8) }),
  };
};

const normaliseCommand = (command: NonNullable<StepInput["commands"]>[number], workdir: string): BuildCommand => ({
  run: command.run,
  user: command.user ?? "root",
  cwd: command.cwd === undefined ? workdir : expandPath(command.cwd),
  secrets: command.secrets ?? [],
});

export const helpByLevel = (texts: ReadonlyMap<string, TextFile>): Partial<Record<HelpLevel, string>> =>
  Object.fromEntries([...texts].map(([level, file]) => [level, file.text]));

/** The check of a step: there is one when there is a `goss.yaml`. */
const normaliseCheck = (draft: StepDraft, input: StepInput): Pick<Step, "check"> =>
  draft.goss === undefined
    ? {}
    : { check: { goss: draft.goss.text, user: input.check?.user ?? "student", auto: input.check?.auto ?? false } };

const normaliseQuizzes = ({ content }: StepDraft): Pick<Step, "quizzes"> => {
  const quizzes = content === undefined ? [] : readQuizzes(readPage(content)).quizzes;
  return quizzes.length === 0 ? {} : { quizzes: quizzes.map(({ quiz }) => quiz) };
};

/** A step with its defaults. `input` is the whole of a valid `step.yaml`. */
export const normaliseStep = (draft: StepDraft, input: StepInput, surroundings: StepSurroundings): Step => {
  const { tree, number, workdir } = surroundings;
  const yaml = draft.yaml as YamlFile;
  const seconds = input.duration === undefined ? undefined : parseDuration(input.duration);
  return {
    id: asStepId(draft.id),
    number,
    title: input.title,
    requires: (input.requires ?? []).map(asStepId),
    files: (input.files ?? []).map((file, index) => ({
      ...normaliseFile(file, draft, surroundings),
      at: yaml.valueAt(["files", index]),
    })),
    env: normaliseEnv(input.env),
    commands: (input.commands ?? []).map((command, index) => ({
      ...normaliseCommand(command, workdir),
      at: yaml.valueAt(["commands", index]),
    })),
    onStart: normaliseStartCommands(yaml, ["onStart"], input.onStart),
    content: draft.content?.text ?? "",
    help: helpByLevel(draft.help),
    assets: filesBelow(tree, `${draft.folder}/assets`),
    llmDocs: filesBelow(tree, `${draft.folder}/llm-docs`),
    ...normaliseCheck(draft, input),
    ...normaliseQuizzes(draft),
    ...(input.group === undefined ? {} : { group: input.group }),
    ...(seconds === undefined ? {} : { durationSeconds: seconds }),
    ...(input.help?.context === undefined ? {} : { helpContext: input.help.context }),
  };
};
