import { type AppError, compareDiagnostics, hasErrors, type ImagePlan, isAppError, planImages } from "@atelier/domain";
import { buildWorkshop } from "../build-workshop.ts";
import { type Context, sha256 } from "../context.ts";
import { authorDiagnostics, failureDiagnostics } from "../dev/author-diagnostics.ts";
import { changedContent, metadataFiles, recipeOf } from "../dev/metadata-files.ts";
import { watchFolder } from "../dev/watch-folder.ts";
import { followProgress } from "../follow-progress.ts";
import { readWorkshopFolder, type WorkshopFolder } from "../load-workshop.ts";
import { readSecretFiles } from "../name-values.ts";
import { countOf, renderDiagnostics, renderError } from "../render-error.ts";
import run from "./run.ts";

interface DevOptions {
  readonly name?: string;
  readonly template?: string;
  readonly set?: readonly string[];
  readonly secret?: readonly string[];
  readonly open?: boolean;
}

type Checked = WorkshopFolder & { readonly workshop: NonNullable<WorkshopFolder["workshop"]> };

/** Runs the folder and keeps the workspace like it: texts at once, recipes by building what changed. */
export default async (context: Context, [folder = "."]: readonly string[], options: DevOptions): Promise<number> => {
  const { reporter } = context;
  const first = await beginWith(context, folder, options);
  if (typeof first === "number") return first;
  const name = options.name ?? first.workshop.name;
  let standing = planOf(first);
  let recipe = recipeOf(standing, first.workshop);
  reporter.info(`Watching ${first.folder}; Ctrl-C ends this, and the workspace goes on.`);

  const follow = async (): Promise<void> => {
    const started = performance.now();
    const read = await readWorkshopFolder(context, folder);
    const supervisor = await context.supervisor();
    const diagnostics = authorDiagnostics(read.diagnostics.toSorted(compareDiagnostics));
    if (!isSound(read)) {
      await supervisor.overlay(name, { ...nothing, diagnostics });
      reporter.warn(`${renderDiagnostics(read.diagnostics, reporter.paint)}\n${countOf(read.diagnostics)}`);
      return;
    }
    const plan = planOf(read);
    const newRecipe = recipeOf(plan, read.workshop);
    if (newRecipe === recipe) {
      const changed = await changedContent(metadataFiles(standing), metadataFiles(plan), read);
      await supervisor.overlay(name, { ...(changed ?? nothing), diagnostics });
      standing = plan;
      if (changed) reporter.info(`${reporter.paint.green("✓")} ${summaryOf(changed)} ${tookSince(started, reporter)}`);
      return;
    }
    // A build takes its time, and what was wrong before may be mended.
    await supervisor.overlay(name, { ...nothing, diagnostics });
    const { digest } = await buildWorkshop(context, read, {
      secrets: readSecretFiles(context, options.secret ?? []),
    }).catch(async (error: unknown) => {
      if (isAppError(error))
        await supervisor.overlay(name, { ...nothing, diagnostics: [...diagnostics, ...failureDiagnostics(error)] });
      throw error;
    });
    await supervisor.transition(
      name,
      { order: "move", record: digest },
      { onProgress: followProgress(context), signal: context.signal },
    );
    reporter.progressDone();
    [standing, recipe] = [plan, newRecipe];
    await supervisor.overlay(name, { ...nothing, diagnostics });
    reporter.info(`${reporter.paint.green("✓")} built, and ${name} moved to it ${tookSince(started, reporter)}`);
  };

  for await (const _change of watchFolder(first.folder, { signal: context.signal })) {
    try {
      await follow();
    } catch (error) {
      if (context.signal.aborted) break;
      // The author goes on writing: what failed is said, and the next change is another try.
      if (!isAppError(error)) throw error;
      reporter.progressDone();
      reporter.warn(renderError(error, reporter.paint).text);
    }
  }
  return 0;
};

/** What only an edit of the folder mends: reason to wait for one. */
const mendable = new Set(["invalid-workshop", "command-failed", "container-file-failed", "base-without-shell"]);

/**
 * Starts the workspace as soon as the folder can be built: until then what is wrong is said after every change.
 * Answers the exit code when there is nothing to follow.
 */
const beginWith = async (context: Context, folder: string, options: DevOptions): Promise<Checked | number> => {
  const { reporter, signal } = context;
  let lastSaid = "";
  for await (const _change of watchFolder(context.path(folder), { signal })) {
    const read = await readWorkshopFolder(context, folder);
    try {
      // Throws what is wrong with it.
      const code = await run(context, [folder], { ...options, backend: "docker", onEdit: "move" });
      return code === 0 && isSound(read) ? read : code;
    } catch (error) {
      if (signal.aborted) break;
      if (!isAppError(error) || !mendable.has(error.code)) throw error;
      reporter.progressDone();
      const { text } = renderError(error, reporter.paint);
      if (text !== lastSaid) reporter.warn(text);
      lastSaid = text;
      reporter.info(`Watching ${read.folder}: it starts when this is mended; Ctrl-C ends this.`);
      await showWhereItRuns(context, read, error);
    }
  }
  return 0;
};

/** Shows what keeps a folder from being built over the pages of workspaces that run from it already. */
const showWhereItRuns = async (context: Context, read: WorkshopFolder, error: AppError): Promise<void> => {
  const warnings = error.code === "invalid-workshop" ? [] : authorDiagnostics(read.diagnostics);
  const diagnostics = [...warnings, ...failureDiagnostics(error)];
  const running = (await (await context.workspaces()).list()).filter(
    ({ state, settings }) => state === "running" && settings?.folder === read.folder,
  );
  for (const { name } of running)
    await (await context.supervisor()).overlay(name, { ...nothing, diagnostics }).catch((cause: Error) => {
      context.reporter.warn(`The page of "${name}" does not show this: ${cause.message}`);
    });
};

const nothing = { files: {}, assets: {}, removed: [] };

const isSound = (read: WorkshopFolder): read is Checked => read.workshop !== undefined && !hasErrors(read.diagnostics);

const planOf = ({ workshop, tree }: Checked): ImagePlan => planImages(workshop, tree, sha256);

const summaryOf = ({
  files,
  assets,
  removed,
}: {
  readonly files: object;
  readonly assets: object;
  readonly removed: readonly string[];
}): string => {
  const names = [...Object.keys(files), ...Object.keys(assets), ...removed.map((path) => `${path} (gone)`)];
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
};

const tookSince = (started: number, { paint }: Context["reporter"]): string =>
  paint.dim(`in ${Math.round(performance.now() - started)} ms`);
