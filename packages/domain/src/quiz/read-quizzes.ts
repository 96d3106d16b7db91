import { readFenceInfo } from "../content-blocks/fence-info.ts";
import type { Diagnostic } from "../problem/diagnostic.ts";
import type { Fence, Page } from "../spec/content/markdown.ts";
import { parseDuration } from "../spec/duration.ts";
import { error } from "../spec/report.ts";
import { checkShape } from "../spec/shape/check-shape.ts";
import { readYamlText } from "../spec/yaml/read-yaml.ts";
import type { Quiz } from "./quiz.ts";
import { type QuizInput, quizSchema } from "./quiz-schema.ts";

/** A question with the block that asks it. */
export interface PlacedQuiz {
  readonly fence: Fence;
  readonly quiz: Quiz;
}

export interface ReadQuizzes {
  /** Those without a mistake, in order. */
  readonly quizzes: readonly PlacedQuiz[];
  readonly diagnostics: readonly Diagnostic[];
}

export const isQuiz = ({ info }: Fence): boolean => readFenceInfo(info).info.kind === "quiz";

/** Reads every `quiz` block of a page. */
export const readQuizzes = (page: Page): ReadQuizzes => {
  const quizzes: PlacedQuiz[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  page.fences.filter(isQuiz).forEach((fence, index) => {
    const read = readOne(page, fence, `quiz-${index + 1}`);
    diagnostics.push(...read.diagnostics);
    if (read.quiz === undefined) return;
    if (seen.has(read.quiz.id))
      diagnostics.push(
        fault(page, fence, {
          message: `This page has another question with the id "${read.quiz.id}".`,
          remedy: "Give each question an id of its own.",
        }),
      );
    seen.add(read.quiz.id);
    quizzes.push({ fence, quiz: read.quiz });
  });
  return { quizzes, diagnostics };
};

const fault = (page: Page, fence: Fence, what: Pick<Diagnostic, "message" | "remedy">): Diagnostic =>
  error({ code: "quiz-answers", path: "", at: page.file.at(fence.infoOffset), ...what });

/** The block's lines are the page's lines, so a place in its YAML is a place in the page some lines further down. */
const readOne = (
  page: Page,
  fence: Fence,
  id: string,
): { readonly quiz?: Quiz; readonly diagnostics: readonly Diagnostic[] } => {
  const above = page.file.at(fence.offset).line;
  const body = fence.lines.map(({ text }) => text).join("\n");
  const moved = (diagnostic: Diagnostic): Diagnostic =>
    diagnostic.at === undefined
      ? diagnostic
      : { ...diagnostic, at: { ...diagnostic.at, line: diagnostic.at.line + above } };
  if (body.trim() === "")
    return {
      diagnostics: [
        fault(page, fence, {
          message: "This quiz block is empty.",
          remedy: "Write question: and options: or answer: into it, see docs/manual/pages.md.",
        }),
      ],
    };
  const yaml = readYamlText(page.file.file, body);
  const shape = checkShape(yaml, quizSchema);
  const read = [...yaml.diagnostics, ...shape.diagnostics].map(moved);
  if (shape.value === undefined || read.some(({ severity }) => severity === "error")) return { diagnostics: read };
  const faults = [...faultsOf(shape.value)].map((what) => fault(page, fence, what));
  return faults.length > 0
    ? { diagnostics: [...read, ...faults] }
    : { quiz: normalise(shape.value, id), diagnostics: read };
};

const typeOf = ({ type, options }: QuizInput): Quiz["type"] =>
  type ?? (options === undefined ? "text" : rightOnes(options) > 1 ? "multiple" : "single");

const rightOnes = (options: QuizInput["options"]): number =>
  (options ?? []).filter(({ right }) => right === true).length;

function* faultsOf(input: QuizInput): Iterable<Pick<Diagnostic, "message" | "remedy">> {
  const { options, answer, pattern } = input;
  const type = typeOf(input);
  if (type === "text") {
    if (options !== undefined) yield { message: "A text question has no options.", remedy: "Remove type or options." };
    if (answer === undefined && pattern === undefined)
      yield { message: "Nothing says what is right.", remedy: "Add options:, answer: or pattern:." };
    if (answer === undefined && pattern !== undefined)
      yield {
        message: "Only a pattern says what is right, so no machine can try a right answer.",
        remedy: "Add answer: with one that the pattern matches.",
      };
    if (pattern !== undefined && !isPattern(pattern))
      yield { message: `"${pattern}" is no regular expression.`, remedy: "Write it as in JavaScript with the v flag." };
    return;
  }
  for (const key of ["answer", "pattern", "matchCase"] as const)
    if (input[key] !== undefined)
      yield { message: `"${key}" belongs to a question without options.`, remedy: `Remove ${key} or the options.` };
  if (options === undefined)
    return yield { message: `A ${type} question needs options.`, remedy: "Add options: with two or more." };
  const right = rightOnes(options);
  if (right === 0) yield { message: "No option is right.", remedy: "Write right: true under one of them." };
  if (type === "single" && right > 1)
    yield { message: `${right} options are right, but only one can be chosen.`, remedy: "Write type: multiple." };
  if (new Set(options.map(({ text }) => String(text).trim())).size < options.length)
    yield { message: "Two options say the same.", remedy: "Change or remove one of them." };
}

const isPattern = (pattern: string): boolean => {
  try {
    new RegExp(`^(?:${pattern})$`, "v");
    return true;
  } catch {
    return false;
  }
};

const normalise = (input: QuizInput, id: string): Quiz => {
  const base = {
    id: input.id ?? id,
    question: input.question,
    ...(input.explanation === undefined ? {} : { explanation: input.explanation }),
    retryAfterSeconds: (input.retryAfter === undefined ? undefined : parseDuration(input.retryAfter)) ?? 0,
  };
  const type = typeOf(input);
  if (type !== "text")
    return {
      type,
      ...base,
      options: (input.options ?? []).map(({ text, right, feedback }) => ({
        text: String(text),
        isRight: right === true,
        ...(feedback === undefined ? {} : { feedback }),
      })),
    };
  return {
    type,
    ...base,
    answers: [input.answer ?? []].flat().map(String),
    ...(input.pattern === undefined ? {} : { pattern: input.pattern }),
    matchCase: input.matchCase ?? false,
  };
};
