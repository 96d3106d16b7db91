import { layersOfStep, roomForSteps, tooManyLayers } from "../../image-plan/layer-limit.ts";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";

/** The engine would say so only when it has run the commands before. What a base has of its own is for the builder to count. */
export function* layerLimit({ steps }: Draft): Iterable<Diagnostic> {
  const made = steps.reduce((sum, { step }) => sum + layersOfStep(step), 0);
  let below = 0;
  for (const { yaml, step } of steps) {
    below += layersOfStep(step);
    if (below <= roomForSteps || yaml === undefined) continue;
    const path = (step.commands ?? []).length > 0 ? "commands" : "files";
    yield tooManyLayers({ made, room: roomForSteps }, { path, at: yaml.keyAt([path]) });
    return;
  }
}
