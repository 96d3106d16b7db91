import type { Diagnostic } from "../../problem/diagnostic.ts";
import { reservedStepIds } from "../../workshop/ids.ts";
import type { Draft } from "../draft.ts";
import { error, warning } from "../report.ts";
import { suggest } from "../suggest.ts";
import { hasFolder, pathsBelow } from "../tree/tree-view.ts";

/** Names of the folders directly below `steps/`. */
const stepFolders = (draft: Draft): readonly string[] => [
  ...new Set(
    pathsBelow(draft.tree, "steps").flatMap((path) => {
      const name = path.split("/")[1] ?? "";
      return hasFolder(draft.tree, `steps/${name}`) ? [name] : [];
    }),
  ),
];

const isReserved = (id: string): boolean => (reservedStepIds as readonly string[]).includes(id);

export function* reservedIds({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  for (const [index, id] of (workshop.steps ?? []).entries())
    if (id !== undefined && isReserved(id))
      yield error({
        code: "reserved-id",
        path: `steps[${index}]`,
        at: yaml.valueAt(["steps", index]),
        message: `"${id}" cannot name a step: ${id === "start" ? "it is the image before the first step" : "it is the newest version of an image"}.`,
        remedy: "Choose another id and rename the folder.",
      });
}

export function* duplicateStepIds({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  const first = new Map<string, number>();
  for (const [index, id] of (workshop.steps ?? []).entries()) {
    if (id === undefined) continue;
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, index);
    else
      yield error({
        code: "duplicate-id",
        path: `steps[${index}]`,
        at: yaml.valueAt(["steps", index]),
        message: `The step "${id}" is listed a second time (first as steps[${earlier}]).`,
        remedy: "Remove one of the two, or give the second its own folder and id.",
      });
  }
}

export function* missingStepFolders(draft: Draft): Iterable<Diagnostic> {
  const listed = new Set<string | undefined>(draft.workshop.steps);
  const spare = stepFolders(draft).filter((name) => !listed.has(name));
  for (const { id, index, exists } of draft.steps) {
    if (exists || isReserved(id)) continue;
    const meant = suggest(id, spare);
    yield error({
      code: "missing-step-folder",
      path: `steps[${index}]`,
      at: draft.yaml.valueAt(["steps", index]),
      message: `The step "${id}" has no folder steps/${id}.`,
      remedy: meant === undefined ? `Make the folder with: atelier step add ${id}` : `Did you mean "${meant}"?`,
    });
  }
}

export function* unlistedSteps(draft: Draft): Iterable<Diagnostic> {
  const listed = new Set<string | undefined>(draft.workshop.steps);
  // Where the list could not be read, nobody can tell what is missing in it.
  if (draft.workshop.steps === undefined || listed.has(undefined)) return;
  for (const name of stepFolders(draft))
    if (!listed.has(name))
      yield warning({
        code: "unlisted-step",
        path: "steps",
        at: draft.yaml.keyAt(["steps"]),
        message: `The folder steps/${name} is not listed in steps, so it is not part of the workshop.`,
        remedy: `Add "- ${name}" to steps, remove the folder, or name it in .atelierignore.`,
      });
}
