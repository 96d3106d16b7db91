import type { Diagnostic } from "../../problem/diagnostic.ts";
import { studentHome } from "../../workshop/workshop.ts";
import type { Draft } from "../draft.ts";
import { expandPath, isInside, targetPath } from "../normalise/places.ts";
import { error, warning } from "../report.ts";
import { hasFolder, nameOf, normalizePath } from "../tree/tree-view.ts";
import { checkPlace } from "./image-places.ts";
import { checkSource } from "./source-path.ts";

export function* sources({ tree, steps }: Draft): Iterable<Diagnostic> {
  for (const { yaml, step, folder } of steps)
    for (const [index, file] of (step.files ?? []).entries())
      if (yaml !== undefined && file?.source !== undefined)
        yield* checkSource({
          tree,
          yaml,
          path: ["files", index, "source"],
          written: file.source,
          folder,
          mustBe: "file or folder",
        });
}

export function* targets({ steps }: Draft): Iterable<Diagnostic> {
  for (const { yaml, step } of steps) {
    if (yaml === undefined) continue;
    for (const [index, file] of (step.files ?? []).entries())
      yield* checkPlace(yaml, ["files", index, "target"], file?.target);
  }
}

/** Two files of one step on the same target. Folders may share one: they are merged. */
export function* duplicateTargets({ tree, steps }: Draft): Iterable<Diagnostic> {
  for (const { yaml, step, folder } of steps) {
    const seen = new Map<string, number>();
    for (const [index, file] of (step.files ?? []).entries()) {
      if (yaml === undefined || file?.target === undefined || file.source === undefined) continue;
      if (hasFolder(tree, normalizePath(`${folder}/${file.source}`) ?? "")) continue;
      const target = targetPath(file.target, { isFile: true, name: nameOf(file.source) });
      const first = seen.get(target);
      if (first === undefined) seen.set(target, index);
      else
        yield error({
          code: "duplicate-target",
          path: `files[${index}].target`,
          at: yaml.valueAt(["files", index, "target"]),
          message: `${target} is written a second time; files[${first}] writes it already.`,
          remedy: "Remove one of the two, or change its target.",
        });
    }
  }
}

export function* rootOwnedInHome({ steps, workshop }: Draft): Iterable<Diagnostic> {
  if (workshop.workshop?.user === "root") return;
  for (const { yaml, step } of steps)
    for (const [index, file] of (step.files ?? []).entries())
      if (
        yaml !== undefined &&
        file?.owner === "root" &&
        file.target !== undefined &&
        isInside(expandPath(file.target), studentHome)
      )
        yield warning({
          code: "root-owned-in-home",
          path: `files[${index}].owner`,
          at: yaml.valueAt(["files", index, "owner"]),
          message: `${file.target} lies in the student's home but belongs to root, so the student cannot edit it.`,
          remedy: "Remove owner (the student is the default there), or put the file outside the home.",
        });
}

export function* setuidModes({ steps }: Draft): Iterable<Diagnostic> {
  for (const { yaml, step } of steps)
    for (const [index, file] of (step.files ?? []).entries())
      if (yaml !== undefined && file?.mode !== undefined && (Number.parseInt(file.mode, 8) & 0o6000) !== 0)
        yield warning({
          code: "setuid-mode",
          path: `files[${index}].mode`,
          at: yaml.valueAt(["files", index, "mode"]),
          message: `The mode ${file.mode} sets the set-user-id or set-group-id bit, which students' shells run without.`,
          remedy: `Write "0${file.mode.slice(-3)}".`,
        });
}

export function* commandPlaces({ steps }: Draft): Iterable<Diagnostic> {
  for (const { yaml, step } of steps)
    for (const [index, command] of (step.commands ?? []).entries()) {
      if (yaml === undefined || command?.cwd === undefined || expandPath(command.cwd) === "/") continue;
      yield* checkPlace(yaml, ["commands", index, "cwd"], command.cwd);
    }
}
