import type { BuildEvent } from "@atelier/build";
import { type BuildRecord, planImages } from "@atelier/domain";
import { type Context, sha256 } from "./context.ts";
import type { WorkshopFolder } from "./load-workshop.ts";
import type { Workshop } from "@atelier/domain";

export interface Built {
  readonly record: BuildRecord;
  /** Digest under which the state directory keeps it. */
  readonly digest: string;
  readonly ms: number;
}

/** Plans and builds a checked workshop, telling people how it goes, and keeps the record. */
export const buildWorkshop = async (
  context: Context,
  { folder, tree, workshop }: WorkshopFolder & { readonly workshop: Workshop },
  secrets: Readonly<Record<string, Uint8Array>>,
): Promise<Built> => {
  const { reporter } = context;
  const started = performance.now();
  const plan = planImages(workshop, tree, sha256);
  const builder = await context.builder();
  const built = await builder.build({
    plan,
    workshop,
    tree,
    folder,
    secrets,
    onProgress: (event) => tell(event, context),
    signal: context.signal,
  });
  reporter.progressDone();
  const state = await context.state();
  const record = withPushes(
    built,
    state.listRecords().map((entry) => entry.record),
  );
  return { record, digest: state.saveRecord(record), ms: performance.now() - started };
};

/** What was pushed stays pushed: an image that an earlier record knows at a registry is noted there again. */
const withPushes = (record: BuildRecord, earlier: readonly BuildRecord[]): BuildRecord => {
  const pushes = new Map<string, BuildRecord["steps"][number]["images"][number]["pushed"]>();
  // Newest first: what it says of a repository counts.
  for (const { steps } of earlier)
    for (const { images } of steps)
      for (const { configDigest, pushed } of images)
        if (pushed.length > 0 && !pushes.has(configDigest)) pushes.set(configDigest, pushed);
  return {
    ...record,
    steps: record.steps.map((step) => ({
      ...step,
      images: step.images.map((image) =>
        image.pushed.length > 0 ? image : { ...image, pushed: pushes.get(image.configDigest) ?? [] },
      ),
    })),
  };
};

const tell = (event: BuildEvent, { reporter }: Context): void => {
  const { paint } = reporter;
  switch (event.kind) {
    case "notice":
      reporter.info(event.message);
      break;
    case "step-started":
      reporter.progress(`Building step ${event.number} of ${event.of}: ${event.step}`);
      break;
    case "output":
      reporter.progress(paint.dim(`  ${event.step} | ${event.line}`));
      break;
    case "step-finished":
      if (!event.cached)
        reporter.info(`${paint.green("✓")} ${event.step} ${paint.dim(`built in ${(event.ms / 1000).toFixed(1)} s`)}`);
      break;
    default:
  }
};
