import type { CheckpointView, NewRequest, RestoreOrder } from "@atelier/contract";
import type { TransitionLabel } from "@atelier/backend-docker";

/** Where a student is, as far as a transition needs to know it. */
export interface Standing {
  /** `start` and the steps' ids, in order. */
  readonly images: readonly string[];
  /** What `next` does in this workshop. */
  readonly next: "swap" | "keep";
  /** Image they stand on. */
  readonly image: string;
  /** Step they work on. */
  readonly step: string | undefined;
  /** Build they are pinned to. */
  readonly record: string;
  /** What brought them here; undefined: nothing yet. */
  readonly last: Pick<TransitionLabel, "from"> | undefined;
  /** Newest first. */
  readonly checkpoints: readonly CheckpointView[];
}

export type TransitionPlan =
  | { readonly kind: "refuse"; readonly cause: string }
  /** The container stays; the student goes on at this step. `image`: what another one would begin on, were it lost. */
  | { readonly kind: "stay"; readonly step: string | undefined; readonly image: string }
  | {
      readonly kind: "swap";
      readonly image: string;
      readonly step: string | undefined;
      readonly record: string;
      readonly restore: RestoreOrder;
      /** Whether services with `onReset: restart` start anew. */
      readonly resetsServices: boolean;
    };

/**
 * What a request means. To work on step N a student gets the image of step N-1, to see it solved the image
 * of N; next brings their files along, goto, reset and solve start clean, undo and restore bring one saved
 * state back as it was. Pure.
 */
export const planTransition = (request: NewRequest, standing: Standing): TransitionPlan => {
  const { images, image, record } = standing;
  const refuse = (cause: string): TransitionPlan => ({ kind: "refuse", cause });
  const known = (step: string | undefined): boolean => step !== undefined && images.indexOf(step) > 0;
  const before = (step: string): string => images[images.indexOf(step) - 1] ?? "start";
  const clean = (target: string, step: string | undefined, resetsServices: boolean): TransitionPlan => ({
    kind: "swap",
    image: target,
    step,
    record,
    restore: { kind: "none" },
    resetsServices,
  });
  if (request.step !== undefined && !known(request.step))
    return refuse(`There is no step "${request.step}". There are: ${images.slice(1).join(", ")}.`);
  if (request.image !== undefined && !images.includes(request.image))
    return refuse(`There is no image of "${request.image}" in this build.`);
  const own = request.step ?? standing.step;

  switch (request.kind) {
    case "next": {
      // The step named is the one that is done; without one, the one the student works on.
      const own = request.image ?? request.step ?? standing.step;
      if (own === undefined || !known(own)) return refuse("There is no step to go on from.");
      const step = images[images.indexOf(own) + 1] ?? own;
      if (standing.next === "keep") return { kind: "stay", step, image: before(step) };
      if (image === own) return { kind: "stay", step, image };
      return { kind: "swap", image: own, step, record, restore: { kind: "carry-over" }, resetsServices: false };
    }
    case "goto": {
      if (request.step === undefined) return refuse("Say which step to go to.");
      const target = request.image ?? before(request.step);
      return target === image ? { kind: "stay", step: request.step, image } : clean(target, request.step, true);
    }
    case "reset":
      if (own === undefined || !known(own)) return refuse("There is no step to begin again.");
      return clean(request.image ?? before(own), own, true);
    case "solve":
      if (own === undefined || !known(own)) return refuse("There is no step to show solved.");
      return clean(request.image ?? own, own, false);
    case "undo": {
      const from = standing.last?.from;
      // A server that keeps checkpoints says which one and on which image; else the newest of leaving.
      const target = request.image ?? from?.image;
      if (target === undefined) return refuse("There is nothing to undo.");
      const saved =
        request.checkpoint ??
        standing.checkpoints.find(({ step, reason }) => step === target && (reason === "swap" || reason === "undo"))
          ?.id;
      const isBack = from?.image === target;
      return {
        kind: "swap",
        image: target,
        step: request.step ?? (isBack ? from.step : standing.step),
        record: isBack ? from.record : record,
        restore: saved === undefined ? { kind: "none" } : { kind: "exact", checkpoint: saved },
        resetsServices: false,
      };
    }
    case "restore": {
      const saved = standing.checkpoints.find(({ id }) => id === request.checkpoint);
      if (saved === undefined) return refuse("There is no such checkpoint (any more).");
      return {
        kind: "swap",
        image: request.image ?? (images.includes(saved.step) ? saved.step : image),
        step: request.step ?? standing.step,
        record,
        restore: { kind: "exact", checkpoint: saved.id },
        resetsServices: false,
      };
    }
    case "extend":
      return refuse("Extending replaces nothing.");
  }
};
