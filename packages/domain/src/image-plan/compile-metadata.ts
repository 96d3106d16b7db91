import type { CompiledStep, CompiledWorkshop } from "../compiled/compiled-workshop.ts";
import { readQuizzes } from "../quiz/read-quizzes.ts";
import { withoutAnswers } from "../quiz/without-answers.ts";
import { readPage } from "../spec/content/markdown.ts";
import { textFile } from "../spec/text/read-text.ts";
import type { SourceTree } from "../spec/source-tree.ts";
import type { Step, Workshop } from "../workshop/workshop.ts";
import type { PlannedFile } from "./image-plan.ts";

/**
 * Compiles the workshop into what stands below `/workshop/` in every published image: YAML becomes
 * JSON, pages and checks are copied. All steps are in every image, so that a text can be read before
 * its step is reached. Everything is root's and closed to the student.
 */
export const compileMetadata = (workshop: Workshop, tree: SourceTree): readonly PlannedFile[] => [
  json("/workshop/workshop.json", compileWorkshop(workshop)),
  ...optionalText("/workshop/intro.md", workshop.intro),
  ...optionalText("/workshop/finish.md", workshop.finish),
  ...Object.entries(workshop.prompts).flatMap(([level, text]) => optionalText(`/workshop/prompts/${level}.md`, text)),
  ...workshop.assets.flatMap((source) => copied(tree, source, `/workshop/${source}`)),
  ...workshop.steps.flatMap((step) => compileStepFiles(step, tree)),
];

const compileStepFiles = (step: Step, tree: SourceTree): readonly PlannedFile[] => {
  const folder = `/workshop/steps/${step.id}`;
  return [
    json(`${folder}/meta.json`, compileStep(step)),
    text(`${folder}/content.md`, contentOf(step)),
    ...optionalText(`${folder}/goss.yaml`, step.check?.goss),
    ...Object.entries(step.help).flatMap(([level, page]) => optionalText(`${folder}/${level}.md`, page)),
    ...[...step.assets, ...step.llmDocs].flatMap((source) => copied(tree, source, `/workshop/${source}`)),
  ];
};

/** Answers move to `meta.json`: a page, and what is made of it, holds none. */
const contentOf = ({ content }: Step): string =>
  withoutAnswers(content, readQuizzes(readPage(textFile("content.md", content))).quizzes);

/** The JSON of `workshop.json`. */
export const compileWorkshop = (workshop: Workshop): CompiledWorkshop => {
  const { steps, base: _base, assets: _assets, prompts: _prompts, intro, finish, ...rest } = workshop;
  return structuredCopy({
    v: 1,
    ...rest,
    steps: steps.map(({ id }) => id),
    hasIntro: intro !== undefined,
    hasFinish: finish !== undefined,
  });
};

/** The JSON of a step's `meta.json`. */
export const compileStep = (step: Step): CompiledStep =>
  structuredCopy({
    v: 1,
    id: step.id,
    number: step.number,
    title: step.title,
    ...(step.group === undefined ? {} : { group: step.group }),
    requires: step.requires,
    ...(step.durationSeconds === undefined ? {} : { durationSeconds: step.durationSeconds }),
    env: step.env,
    onStart: step.onStart,
    ...(step.helpContext === undefined ? {} : { helpContext: step.helpContext }),
    help: (["hints", "explain", "solve"] as const).filter((level) => step.help[level] !== undefined),
    ...(step.check || step.quizzes
      ? { check: { user: step.check?.user ?? "student", auto: step.check?.auto ?? false } }
      : {}),
    ...(step.quizzes ? { quizzes: step.quizzes } : {}),
  });

/** Through JSON: turns the model's readonly arrays into the schema's plain ones and drops nothing. */
const structuredCopy = <T>(value: unknown): T => JSON.parse(JSON.stringify(value)) as T;

const meta = { mode: 0o600, owner: "root" } as const;
const text = (target: string, content: string): PlannedFile => ({ kind: "text", target, ...meta, text: content });
const json = (target: string, value: unknown): PlannedFile => text(target, `${JSON.stringify(value, null, 2)}\n`);
const optionalText = (target: string, content: string | undefined): readonly PlannedFile[] =>
  content === undefined ? [] : [text(target, content)];

const copied = (tree: SourceTree, source: string, target: string): readonly PlannedFile[] => {
  const entry = tree.entries.get(source);
  return entry?.kind === "file" ? [{ kind: "source", target, ...meta, source, digest: entry.digest }] : [];
};
