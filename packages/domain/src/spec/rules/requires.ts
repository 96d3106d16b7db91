import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft, StepDraft } from "../draft.ts";
import { error } from "../report.ts";
import { suggest } from "../suggest.ts";
import { isMapping } from "../yaml/plain-value.ts";

export function* unknownRequires({ steps }: Draft): Iterable<Diagnostic> {
  const ids = steps.map((step) => step.id);
  for (const { yaml, step, id } of steps)
    for (const [index, wanted] of (step.requires ?? []).entries()) {
      if (yaml === undefined || wanted === undefined || ids.includes(wanted)) continue;
      const meant = suggest(
        wanted,
        ids.filter((other) => other !== id),
      );
      yield error({
        code: "requires-unknown",
        path: `requires[${index}]`,
        at: yaml.valueAt(["requires", index]),
        message: `"${id}" requires the step "${wanted}", which does not exist.`,
        remedy: meant === undefined ? "Name one of the steps in workshop.yaml." : `Did you mean "${meant}"?`,
      });
    }
}

const requiredOf = (step: StepDraft): readonly string[] => (step.step.requires ?? []).filter((id) => id !== undefined);

/** The ids on the way from a step back to itself, or undefined. Breadth first, so the way is short. */
const wayBack = (from: StepDraft, byId: ReadonlyMap<string, StepDraft>): readonly string[] | undefined => {
  const seen = new Set<string>();
  let ways: readonly (readonly string[])[] = [[from.id]];
  while (ways.length > 0) {
    const longer: (readonly string[])[] = [];
    for (const way of ways)
      for (const next of requiredOf(byId.get(way.at(-1) ?? "") ?? from)) {
        if (next === from.id) return [...way, next];
        if (seen.has(next) || !byId.has(next)) continue;
        seen.add(next);
        longer.push([...way, next]);
      }
    ways = longer;
  }
  return undefined;
};

/** One report per circle, at its first step. */
export function* requiresCycles({ steps }: Draft): Iterable<Diagnostic> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const reported = new Set<string>();
  for (const step of steps) {
    const way = reported.has(step.id) ? undefined : wayBack(step, byId);
    if (way === undefined || step.yaml === undefined) continue;
    for (const id of way) reported.add(id);
    const index = (step.step.requires ?? []).indexOf(way[1]);
    yield error({
      code: "requires-cycle",
      path: `requires[${index}]`,
      at: step.yaml.valueAt(["requires", index]),
      message:
        way.length === 2 ? `"${step.id}" requires itself.` : `These steps wait for each other: ${way.join(" → ")}.`,
      remedy: "Remove one of these requires.",
    });
  }
}

/** The navigation as it was written; undefined where it cannot be told, linear where nothing is written. */
const navigationOf = ({ yaml, workshop }: Draft): string | undefined => {
  const written = isMapping(yaml.value) ? yaml.value.workshop : undefined;
  if (!isMapping(written)) return undefined;
  return Object.hasOwn(written, "navigation") ? workshop.workshop?.navigation : "linear";
};

export function* linearNavigation(draft: Draft): Iterable<Diagnostic> {
  if (navigationOf(draft) !== "linear") return;
  for (const { yaml, step } of draft.steps)
    for (const key of ["group", "requires"] as const)
      if (yaml !== undefined && step[key] !== undefined)
        yield error({
          code: "linear-navigation",
          path: key,
          at: yaml.keyAt([key]),
          message: `${key} means nothing with linear navigation, where every step follows the one before.`,
          remedy: `Remove ${key}, or set workshop.navigation to guided or free in workshop.yaml.`,
        });
}
