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
  const record = await builder.build({
    plan,
    workshop,
    tree,
    folder,
    secrets,
    onProgress: (event) => tell(event, context),
    signal: context.signal,
  });
  reporter.progressDone();
  return { record, digest: (await context.state()).saveRecord(record), ms: performance.now() - started };
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
