import type { BuildRecord, Workshop } from "@atelier/domain";
import type { Context } from "./context.ts";

export interface LayerDifference {
  readonly step: string;
  readonly platform: string;
  /** Counted from the bottom, from 1. */
  readonly layer: number;
  /** `author`: what a command left. Everything else is ours. */
  readonly by: "author" | "atelier";
}

/** Layers on top that are ours: the pages, and what an image says of itself. */
const topLayers = 2;

/**
 * Layers that two builds of the same input do not share. Layers below the first step and the two on top are
 * ours, and those between are the author's commands, except where a step has none.
 */
export const layerDifferences = (
  workshop: Workshop,
  first: BuildRecord,
  again: BuildRecord,
): readonly LayerDifference[] =>
  first.steps.flatMap(({ step, images }) =>
    images.flatMap(({ platform, layers }) => {
      const others = again.steps
        .find((other) => other.step === step)
        ?.images.find((other) => other.platform === platform)?.layers;
      const ground =
        (first.steps[0]?.images.find((other) => other.platform === platform)?.layers.length ?? 0) - topLayers;
      const hasCommands = workshop.steps.some(({ commands }) => commands.length > 0);
      return Array.from({ length: Math.max(layers.length, others?.length ?? 0) }, (_, index) => index).flatMap(
        (index): readonly LayerDifference[] => {
          if (layers[index] === others?.[index]) return [];
          const isOurs = index < ground || index >= layers.length - topLayers || !hasCommands;
          return [{ step, platform, layer: index + 1, by: isOurs ? "atelier" : "author" }];
        },
      );
    }),
  );

/** Says which layers differ. What an author's command makes may differ; what we make must not. */
export const compareBuilds = (
  { reporter }: Context,
  { workshop, first, again, isJson }: { workshop: Workshop; first: BuildRecord; again: BuildRecord; isJson: boolean },
): number => {
  const differences = layerDifferences(workshop, first, again);
  const ours = differences.filter(({ by }) => by === "atelier");
  if (isJson) {
    reporter.json({ workshop: first.workshop, version: first.version, reproducible: ours.length === 0, differences });
    return ours.length === 0 ? 0 : 1;
  }
  const layers = first.steps.flatMap(({ images }) => images.flatMap((image) => image.layers));
  reporter.result(`Built twice: ${first.steps.length} images, ${new Set(layers).size} layers.`);
  for (const { step, layer } of ours) reporter.result(`✗ ${step}: layer ${layer} is Atelier's own and differs`);
  const steps = [...new Set(differences.filter(({ by }) => by === "author").map(({ step }) => step))];
  if (steps.length > 0)
    reporter.info(
      `The commands of steps leave something else each time (a clock, a download, an order), so images differ from ${steps[0]} on. That is theirs to mend, if it matters: pin versions, and set times.`,
    );
  reporter.info(
    ours.length === 0
      ? "Every layer of Atelier's own is the same, byte for byte."
      : "Layers of Atelier's own differ. Please report this.",
  );
  return ours.length === 0 ? 0 : 1;
};
