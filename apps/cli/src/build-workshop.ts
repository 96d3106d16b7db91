import type { BuildEvent, BuilderChoice, BuildRequest, FailureScene, Platform } from "@atelier/build";
import { AppError, type BuildRecord, planImages, type Workshop } from "@atelier/domain";
import { attachTerminal } from "./attach-terminal.ts";
import { type Context, sha256 } from "./context.ts";
import { renderDiagnostic } from "./render-error.ts";
import type { WorkshopFolder } from "./load-workshop.ts";
import { revisionOf } from "./revision-of.ts";

export interface Built {
  readonly record: BuildRecord;
  /** Digest under which the state directory keeps it. */
  readonly digest: string;
  readonly ms: number;
}

/** What may be asked of a build beyond building everything that is missing. */
export interface BuildWish {
  /** By name. Asked for always, so that they are not taken for a wish themselves. */
  readonly secrets: Readonly<Record<string, Uint8Array>>;
  readonly builder?: BuilderChoice;
  readonly platforms?: readonly Platform[];
  readonly fromStep?: string;
  /** The record is not kept then: it is not whole. */
  readonly only?: string;
  readonly shellOnFailure?: boolean;
}

export type CheckedFolder = WorkshopFolder & { readonly workshop: Workshop };

/** Plans and builds a checked workshop, telling people how it goes, and keeps the record. */
export const buildWorkshop = async (context: Context, checked: CheckedFolder, wish: BuildWish): Promise<Built> => {
  const started = performance.now();
  const request = await buildRequest(context, checked, wish);
  const built = await (await context.builder(wish.builder)).build(request);
  context.reporter.progressDone();
  const state = await context.state();
  const record = withPushes(
    built,
    state.listRecords().map((entry) => entry.record),
  );
  const digest = wish.only === undefined ? state.saveRecord(record) : "";
  return { record, digest, ms: performance.now() - started };
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

/** Builds once more as if nothing had been built before, under no name. */
export const buildAgain = async (context: Context, checked: CheckedFolder, wish: BuildWish): Promise<BuildRecord> => {
  const request = await buildRequest(context, checked, wish);
  const record = await (await context.builder(wish.builder)).build({ ...request, isTrial: true });
  context.reporter.progressDone();
  return record;
};

const buildRequest = async (
  context: Context,
  { folder, tree, workshop }: CheckedFolder,
  wish: BuildWish,
): Promise<BuildRequest> => {
  for (const step of [wish.fromStep, wish.only])
    if (step !== undefined && !workshop.steps.some(({ id }) => id === step))
      throw new AppError("no-such-step", `There is no step "${step}".`, {
        hint: `Steps: ${workshop.steps.map(({ id }) => id).join(", ")}`,
      });
  const places = [wish.fromStep, wish.only].map((step) => workshop.steps.findIndex(({ id }) => id === step));
  if (wish.only !== undefined && (places[0] ?? -1) > (places[1] ?? -1))
    throw new AppError(
      "usage",
      `--from-step ${wish.fromStep} lies behind --only ${wish.only}: nothing would run again.`,
      {
        hint: "Name an earlier step, or leave one of the two out.",
      },
    );
  const asked = revisionOf(folder);
  // Meanwhile: git is a process of its own.
  const plan = planImages(workshop, tree, sha256);
  const revision = await asked;
  return {
    plan,
    workshop,
    tree,
    folder,
    secrets: wish.secrets,
    ...(revision === undefined ? {} : { revision }),
    ...(wish.platforms ? { platforms: wish.platforms } : {}),
    ...(wish.fromStep === undefined ? {} : { fromStep: wish.fromStep }),
    ...(wish.only === undefined ? {} : { only: wish.only }),
    ...(wish.shellOnFailure ? { onFailedCommand: (scene) => openShell(context, scene) } : {}),
    onProgress: (event) => tell(event, context),
    signal: context.signal,
  };
};

const openShell = async (context: Context, { container, step, error }: FailureScene): Promise<void> => {
  const { reporter } = context;
  reporter.progressDone();
  reporter.warn(error.message);
  reporter.info(`A shell in step "${step}", right before this command. What you do here is gone when you leave it.`);
  await attachTerminal(await context.engine(), container, { input: process.stdin, output: process.stdout });
};

const tell = (event: BuildEvent, { reporter }: Context): void => {
  const { paint } = reporter;
  switch (event.kind) {
    case "warning":
      reporter.warn(renderDiagnostic(event.diagnostic, paint));
      break;
    case "notice":
      reporter.info(event.message);
      break;
    case "step-started":
      reporter.progress(`Step ${event.number} of ${event.of}: ${event.step}`);
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
