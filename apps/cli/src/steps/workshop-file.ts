import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError, parseStepId, reservedStepIds } from "@atelier/domain";
import { type Document, isScalar, isSeq, parseDocument, type Scalar, type YAMLSeq } from "yaml";
import type { Context } from "../context.ts";

/** `workshop.yaml` as a document that keeps its comments and layout when it is written again. */
export interface WorkshopFile {
  readonly folder: string;
  readonly document: Document;
  readonly steps: YAMLSeq<Scalar<string>>;
  ids(): readonly string[];
  save(): void;
}

/** Throws `AppError` `no-workshop` or `invalid-workshop`. */
export const openWorkshopFile = (context: Context, path: string): WorkshopFile => {
  const folder = context.path(path);
  const file = join(folder, "workshop.yaml");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new AppError("no-workshop", `${folder} has no workshop.yaml.`, {
      hint: "Go into the workshop's folder, or name it with --folder.",
      cause,
    });
  }
  const document = parseDocument(text);
  const steps = document.get("steps");
  if (
    document.errors.length > 0 ||
    !isSeq(steps) ||
    !steps.items.every((item) => isScalar(item) && typeof item.value === "string")
  )
    throw new AppError("invalid-workshop", `${file} cannot be edited as long as it has mistakes.`, {
      hint: "See them all: atelier validate",
    });
  const list = steps as YAMLSeq<Scalar<string>>;
  return {
    folder,
    document,
    steps: list,
    ids: () => list.items.map(({ value }) => value),
    save: () => {
      writeFileSync(`${file}.new`, document.toString({ lineWidth: 0 }));
      renameSync(`${file}.new`, file);
    },
  };
};

export const stepFolder = (file: WorkshopFile, id: string): string => join(file.folder, "steps", id);

/** Throws `AppError` `bad-name` when the id cannot name a new step. */
export const refuseBadId = (file: WorkshopFile, id: string): void => {
  if (parseStepId(id) === undefined)
    throw new AppError("bad-name", `"${id}" is not a step id.`, {
      hint: "Use lower-case letters, digits and hyphens, at most 63.",
    });
  if ((reservedStepIds as readonly string[]).includes(id))
    throw new AppError("bad-name", `"${id}" means something to Atelier itself and cannot name a step.`, {
      hint: "Take another name.",
    });
  if (file.ids().includes(id))
    throw new AppError("bad-name", `There is a step "${id}" already.`, { hint: "Take another name." });
};

/** Throws `AppError` `no-such-step`. */
export const requireStep = (file: WorkshopFile, id: string): number => {
  const index = file.ids().indexOf(id);
  if (index === -1)
    throw new AppError("no-such-step", `There is no step "${id}".`, { hint: `Steps: ${file.ids().join(", ")}` });
  return index;
};

export interface PlaceOptions {
  readonly after?: string;
  readonly first?: boolean;
}

/** Where a step is to stand, as an index; default the end. */
export const placeOf = (file: WorkshopFile, { after, first }: PlaceOptions): number =>
  first ? 0 : after === undefined ? file.steps.items.length : requireStep(file, after) + 1;
