import { compareDiagnostics, hasErrors, type ImagePlan, isAppError, planImages } from "@atelier/domain";
import { buildWorkshop } from "../build-workshop.ts";
import { type Context, sha256 } from "../context.ts";
import { authorDiagnostics } from "../dev/author-diagnostics.ts";
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
  const first = await readWorkshopFolder(context, folder);
  const code = await run(context, [folder], { ...options, backend: "docker", onEdit: "move" });
  if (code !== 0 || first.workshop === undefined) return code;
  const name = options.name ?? first.workshop.name;
  let standing = planOf(first as Checked);
  let recipe = recipeOf(standing, first.tree);
  reporter.info(`Watching ${first.folder}; Ctrl-C ends this, and the workspace goes on.`);

  const follow = async (): Promise<void> => {
    const started = performance.now();
    const read = await readWorkshopFolder(context, folder);
    const supervisor = await context.supervisor();
    const diagnostics = authorDiagnostics(read.diagnostics.toSorted(compareDiagnostics));
    if (read.workshop === undefined || hasErrors(read.diagnostics)) {
      await supervisor.overlay(name, { files: {}, assets: {}, removed: [], diagnostics });
      reporter.warn(`${renderDiagnostics(read.diagnostics, reporter.paint)}\n${countOf(read.diagnostics)}`);
      return;
    }
    const plan = planOf(read as Checked);
    const newRecipe = recipeOf(plan, read.tree);
    if (newRecipe === recipe) {
      const changed = await changedContent(metadataFiles(standing), metadataFiles(plan), read.folder);
      await supervisor.overlay(name, { ...(changed ?? { files: {}, assets: {}, removed: [] }), diagnostics });
      standing = plan;
      if (changed) reporter.info(`${reporter.paint.green("✓")} ${summaryOf(changed)} ${tookSince(started, reporter)}`);
      return;
    }
    const { digest } = await buildWorkshop(context, read as Checked, {
      secrets: readSecretFiles(context, options.secret ?? []),
    });
    await supervisor.transition(
      name,
      { order: "move", record: digest },
      { onProgress: followProgress(context), signal: context.signal },
    );
    reporter.progressDone();
    [standing, recipe] = [plan, newRecipe];
    await supervisor.overlay(name, { files: {}, assets: {}, removed: [], diagnostics });
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
