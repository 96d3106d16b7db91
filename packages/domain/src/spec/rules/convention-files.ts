import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft, StepDraft } from "../draft.ts";
import { error, warning } from "../report.ts";
import type { SourceTree } from "../source-tree.ts";
import { suggest } from "../suggest.ts";
import { fileAt, filesBelow, hasFolder, nameOf, parentOf } from "../tree/tree-view.ts";

const requiredInStep = ["step.yaml", "content.md"] as const;
const optionalInStep = ["goss.yaml", "hints.md", "explain.md", "solve.md", "files", "assets", "llm-docs"] as const;
const optionalAtTop = ["intro.md", "finish.md", "assets", "prompts", "steps"] as const;
const known: ReadonlySet<string> = new Set([...requiredInStep, ...optionalInStep, ...optionalAtTop, "workshop.yaml"]);

const namesIn = (tree: SourceTree, folder: string): readonly string[] =>
  [...tree.entries.keys()].filter((path) => parentOf(path) === folder).map(nameOf);

export function* requiredFiles(draft: Draft): Iterable<Diagnostic> {
  for (const step of draft.steps) {
    if (!step.exists) continue;
    const strangers = namesIn(draft.tree, step.folder).filter((name) => !known.has(name));
    for (const name of requiredInStep) {
      if (fileAt(draft.tree, `${step.folder}/${name}`) !== undefined) continue;
      const meant = suggest(name, strangers);
      yield error({
        code: "missing-file",
        path: "",
        at: { file: `${step.folder}/${name}`, line: 1, column: 1 },
        message: `The step "${step.id}" has no ${name}.`,
        remedy:
          meant !== undefined
            ? `Rename ${meant} to ${name}.`
            : name === "step.yaml"
              ? 'Write one; it needs a title at least: "title: …".'
              : "Write one: it is what the student reads.",
      });
    }
  }
}

function* misspelt(tree: SourceTree, folder: string, names: readonly string[]): Iterable<Diagnostic> {
  const present = namesIn(tree, folder);
  const missing = names.filter((name) => !present.includes(name));
  for (const name of present) {
    const meant = known.has(name) ? undefined : suggest(name, missing);
    if (meant === undefined) continue;
    const file = folder === "" ? name : `${folder}/${name}`;
    yield warning({
      code: "unknown-file",
      path: "",
      at: { file, line: 1, column: 1 },
      message: `${file} means nothing to Atelier and is ignored.`,
      remedy: `Rename it to ${meant} if that is what it is, else name it in .atelierignore.`,
    });
  }
}

export function* misspeltFiles(draft: Draft): Iterable<Diagnostic> {
  yield* misspelt(draft.tree, "", optionalAtTop);
  for (const step of draft.steps) yield* misspelt(draft.tree, step.folder, optionalInStep);
}

export function* emptyDocs({ tree, steps }: Draft): Iterable<Diagnostic> {
  for (const step of steps) {
    const folder = `${step.folder}/llm-docs`;
    if (hasFolder(tree, folder) && filesBelow(tree, folder).length === 0)
      yield warning({
        code: "empty-llm-docs",
        path: "",
        at: { file: folder, line: 1, column: 1 },
        message: `${folder} is empty, so the help gets no documents.`,
        remedy: "Put documents into it, or remove the folder.",
      });
  }
}

const hasCheckSettings = (step: StepDraft): boolean => step.step.check !== undefined;

export function* checkWithoutGoss({ tree, steps }: Draft): Iterable<Diagnostic> {
  for (const step of steps)
    if (hasCheckSettings(step) && step.yaml !== undefined && fileAt(tree, `${step.folder}/goss.yaml`) === undefined)
      yield warning({
        code: "check-without-goss",
        path: "check",
        at: step.yaml.keyAt(["check"]),
        message: `step.yaml says how the check of "${step.id}" runs, but there is no ${step.folder}/goss.yaml, so nothing is checked.`,
        remedy: "Write goss.yaml, or remove check.",
      });
}

export function* emptyContent({ steps }: Draft): Iterable<Diagnostic> {
  for (const { content, id } of steps)
    if (content !== undefined && content.text.trim() === "")
      yield error({
        code: "empty-content",
        path: "",
        at: content.at(0),
        message: `${content.file} is empty: the student of "${id}" would see nothing.`,
        remedy: "Write what the student shall read and do.",
      });
}
