import type { WorkspaceView } from "@atelier/contract";

/** Whether a transition leaves the container alone: its image is the one that runs, or the workshop keeps it. */
export const staysInPlace = (
  { kind, step }: { readonly kind: string; readonly step?: string },
  { steps, workshop }: Pick<WorkspaceView, "steps" | "workshop">,
  image: string,
): boolean => {
  if (kind === "next") return workshop.next === "keep" || image === step;
  const index = steps.findIndex(({ id }) => id === step);
  return kind === "goto" && index >= 0 && image === (steps[index - 1]?.id ?? "start");
};
