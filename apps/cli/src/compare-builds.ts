import { type BuildRecord, layersOfStep, layersOnTop, type Workshop } from "@atelier/domain";
import type { Context } from "./context.ts";

export interface LayerDifference {
  readonly step: string;
  readonly platform: string;
  /** Counted from the bottom, from 1. */
  readonly layer: number;
  /** `author`: what a command left. Everything else is ours. */
  readonly by: "author" | "atelier";
}

/** Layers that one of us made, next to each other. */
interface Part {
  readonly by: LayerDifference["by"];
  readonly layers: readonly string[];
}

/**
 * An image's layers by who made them, bottom first: what every step stands on, each step's own, the two on top.
 * Where a record has all steps, their images say where each one's end; else the recipes do.
 */
const partsOf = (
  workshop: Workshop,
  record: BuildRecord,
  image: { step: string; platform: string },
): readonly Part[] => {
  const layersAt = (id: string): readonly string[] =>
    record.steps.find(({ step }) => step === id)?.images.find(({ platform }) => platform === image.platform)?.layers ??
    [];
  const layers = layersAt(image.step);
  const inner = layers.length - layersOnTop;
  const steps = workshop.steps.slice(0, workshop.steps.findIndex(({ id }) => id === image.step) + 1);
  const isWhole = ["start", ...steps.map(({ id }) => id)].every((id) => layersAt(id).length > 0);
  const ground = isWhole
    ? layersAt("start").length - layersOnTop
    : inner - steps.reduce((sum, step) => sum + layersOfStep(step), 0);
  let end = ground;
  const own = steps.map((step): Part => {
    const start = end;
    end = isWhole ? layersAt(step.id).length - layersOnTop : start + layersOfStep(step);
    return { by: step.commands.length > 0 ? "author" : "atelier", layers: layers.slice(start, end) };
  });
  return [{ by: "atelier", layers: layers.slice(0, ground) }, ...own, { by: "atelier", layers: layers.slice(inner) }];
};

/** Layers that two builds of the same input do not share. What a step with commands made is its author's. */
export const layerDifferences = (
  workshop: Workshop,
  first: BuildRecord,
  again: BuildRecord,
): readonly LayerDifference[] =>
  first.steps.flatMap(({ step, images }) =>
    images.flatMap(({ platform }) => {
      const others = partsOf(workshop, again, { step, platform });
      let below = 0;
      // Part by part: a command that left nothing one time must not make what is above it differ.
      return partsOf(workshop, first, { step, platform }).flatMap(({ by, layers }, part) => {
        const other = others[part]?.layers ?? [];
        const start = below;
        below += layers.length;
        return Array.from({ length: Math.max(layers.length, other.length) }, (_, index) => index)
          .filter((index) => layers[index] !== other[index])
          .map((index): LayerDifference => ({ step, platform, layer: start + index + 1, by }));
      });
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
