import type { Diagnostic } from "../problem/diagnostic.ts";
import type { Draft, StepDraft } from "./draft.ts";
import { readGoss } from "./goss/read-goss.ts";
import { stepSchema } from "./schema/step-schema.ts";
import { explainTemplateKey } from "./schema/template-keys.ts";
import { type WorkshopInput, workshopSchema } from "./schema/workshop-schema.ts";
import { checkShape } from "./shape/check-shape.ts";
import type { Loose } from "./shape/salvage.ts";
import type { SourceTree } from "./source-tree.ts";
import { readText, type TextFile } from "./text/read-text.ts";
import { fileAt, hasFolder } from "./tree/tree-view.ts";
import { readYaml, tooLargeYaml, type YamlFile } from "./yaml/read-yaml.ts";

export const helpLevels = ["hints", "explain", "solve"] as const;

/** Collects while reading: every reader adds to one list. */
class Reader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #tree: SourceTree;

  constructor(tree: SourceTree) {
    this.#tree = tree;
  }

  text(file: string): TextFile | undefined {
    const entry = fileAt(this.#tree, file);
    if (entry === undefined) return undefined;
    const { value, diagnostics } = readText(file, entry);
    this.diagnostics.push(...diagnostics);
    return value;
  }

  yaml(file: string, read: (file: string, bytes: Uint8Array) => YamlFile = readYaml): YamlFile | undefined {
    const entry = fileAt(this.#tree, file);
    if (entry === undefined) return undefined;
    const yaml = entry.truncated ? tooLargeYaml(file, entry.size) : read(file, entry.bytes);
    this.diagnostics.push(...yaml.diagnostics);
    return yaml;
  }

  /** Those of `hints.md`, `explain.md`, `solve.md` that a folder has, by level. */
  helpTexts(folder: string): ReadonlyMap<string, TextFile> {
    const texts = new Map<string, TextFile>();
    for (const level of helpLevels) {
      const text = this.text(`${folder}/${level}.md`);
      if (text !== undefined) texts.set(level, text);
    }
    return texts;
  }
}

const readStep = (
  reader: Reader,
  tree: SourceTree,
  place: { readonly id: string; readonly index: number },
): StepDraft => {
  const folder = `steps/${place.id}`;
  const yaml = reader.yaml(`${folder}/step.yaml`);
  const shape = yaml === undefined ? undefined : checkShape(yaml, stepSchema, explainTemplateKey);
  reader.diagnostics.push(...(shape?.diagnostics ?? []));
  const content = reader.text(`${folder}/content.md`);
  const goss = reader.yaml(`${folder}/goss.yaml`, readGoss);
  return {
    ...place,
    folder,
    exists: hasFolder(tree, folder),
    step: shape?.loose ?? {},
    help: reader.helpTexts(folder),
    ...(yaml === undefined ? {} : { yaml }),
    ...(content === undefined ? {} : { content }),
    ...(goss === undefined ? {} : { goss }),
  };
};

/** The ids that are proper, each once, with their place in the list. */
const listedSteps = (workshop: Loose<WorkshopInput>): readonly { readonly id: string; readonly index: number }[] => {
  const seen = new Set<string>();
  return (workshop.steps ?? []).flatMap((id, index) => {
    if (id === undefined || seen.has(id)) return [];
    seen.add(id);
    return [{ id, index }];
  });
};

/** Reads every file of the format, as far as each can be read. */
export const readDraft = (
  tree: SourceTree,
): { readonly draft?: Draft; readonly diagnostics: readonly Diagnostic[] } => {
  const reader = new Reader(tree);
  const yaml = reader.yaml("workshop.yaml");
  if (yaml === undefined) return { diagnostics: reader.diagnostics };
  const shape = checkShape(yaml, workshopSchema, explainTemplateKey);
  reader.diagnostics.push(...shape.diagnostics);
  const workshop = shape.loose ?? {};
  const steps = listedSteps(workshop).map((place) => readStep(reader, tree, place));
  const intro = reader.text("intro.md");
  const finish = reader.text("finish.md");
  const draft: Draft = {
    tree,
    yaml,
    workshop,
    steps,
    prompts: reader.helpTexts("prompts"),
    ...(intro === undefined ? {} : { intro }),
    ...(finish === undefined ? {} : { finish }),
  };
  return { draft, diagnostics: reader.diagnostics };
};
