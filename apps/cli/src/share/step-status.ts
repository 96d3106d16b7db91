import { type BuildRecord, type ImagePlan, labels } from "@atelier/domain";

/** What is known of a step's image in the engine. */
export interface FoundImage {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface StepStatus {
  /** `start` or a step's id. */
  readonly step: string;
  readonly state: "built" | "stale" | "missing";
  /** Why it is not `built`; for people. */
  readonly why?: string;
  readonly image?: string;
  /** What it was built for. */
  readonly platforms: readonly string[];
  /** Repositories that have it; with the platforms in brackets where one has not all of them. */
  readonly pushed: readonly string[];
}

/**
 * Holds what is built against what the folder would build now. Pure.
 * @param record the newest build of this workshop, if any
 * @param find the engine's image behind an id
 */
export const stepStatus = (
  plan: ImagePlan,
  record: BuildRecord | undefined,
  find: (configDigest: string) => FoundImage | undefined,
): readonly StepStatus[] => {
  const chainDigests = new Map(plan.chain.map(({ step, digest }) => [step, digest]));
  /** The first step whose recipe is another one now: it makes all that follow stale. */
  let firstChanged: string | undefined;
  return plan.published.map((published): StepStatus => {
    const { step } = published;
    const built = record?.steps.find((entry) => entry.step === step)?.images ?? [];
    const pushed = pushesOf(built);
    const platforms = built.map(({ platform }) => platform);
    if (built.length === 0)
      return {
        step,
        state: "missing",
        why: record === undefined ? "never built" : "new since the last build",
        platforms,
        pushed,
      };
    const image = find(built[0]?.configDigest ?? "");
    const gone = built.filter(({ configDigest }) => find(configDigest) === undefined).map(({ platform }) => platform);
    if (image === undefined || gone.length > 0) {
      const which = built.length > 1 ? ` for ${gone.join(" and ")}` : "";
      return { step, state: "missing", why: `its image${which} is gone from the engine`, platforms, pushed };
    }
    const base = { step, image: image.id, platforms, pushed };
    if (image.labels[labels.planDigest] === published.digest) return { ...base, state: "built" };
    const recipe = image.labels[labels.recipeDigest];
    const now = chainDigests.get(step);
    if (now === undefined || recipe === now) return { ...base, state: "stale", why: "its texts or settings changed" };
    firstChanged ??= step;
    return {
      ...base,
      state: "stale",
      why: firstChanged === step ? "its recipe changed" : `the recipe of ${firstChanged} before it changed`,
    };
  });
};

const pushesOf = (images: BuildRecord["steps"][number]["images"]): readonly string[] => {
  const places = new Map<string, string[]>();
  for (const { platform, pushed } of images)
    for (const { repository } of pushed) places.set(repository, [...(places.get(repository) ?? []), platform]);
  return [...places].map(([repository, platforms]) =>
    platforms.length === images.length ? repository : `${repository} (${platforms.join(", ")})`,
  );
};
