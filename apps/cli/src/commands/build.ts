import type { BuilderChoice } from "@atelier/build";
import { AppError, isAppError } from "@atelier/domain";
import { buildAgain, buildWorkshop, type BuildWish } from "../build-workshop.ts";
import { compareBuilds } from "../compare-builds.ts";
import type { Context } from "../context.ts";
import { watchFolder } from "../dev/watch-folder.ts";
import { readWorkshopFolder, requireWorkshop } from "../load-workshop.ts";
import { readSecretFiles } from "../name-values.ts";
import { parsePlatforms } from "../parse-platforms.ts";
import { countOf, renderDiagnostics, renderError } from "../render-error.ts";
import { pushBuilt, repositoryToPush, tellPushed } from "../share/push-build.ts";
import { requireImagesFolder, writeImages } from "../write-images.ts";

interface BuildOptions {
  readonly builder: BuilderChoice;
  readonly secret?: readonly string[];
  readonly fromStep?: string;
  readonly only?: string;
  readonly platform?: string;
  readonly output?: string;
  readonly push?: boolean;
  readonly to?: string;
  readonly check?: boolean;
  readonly shellOnFailure?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

export default async (context: Context, [folder = "."]: readonly string[], options: BuildOptions): Promise<number> => {
  if (options.watch !== true) return buildOnce(context, folder, options);
  // A folder that is no workshop at all is no beginning; one with mistakes is.
  await readWorkshopFolder(context, folder);
  return watchAndBuild(context, folder, options);
};

/** Builds now and after every change of the folder. What fails is said, and the next change is another try. */
const watchAndBuild = async (context: Context, folder: string, options: BuildOptions): Promise<number> => {
  const { reporter, signal } = context;
  reporter.info(`Watching ${context.path(folder)}; Ctrl-C ends this.`);
  for await (const _change of watchFolder(context.path(folder), { signal })) {
    try {
      await buildOnce(context, folder, options);
    } catch (error) {
      if (signal.aborted) break;
      if (!isAppError(error)) throw error;
      reporter.progressDone();
      reporter.warn(renderError(error, reporter.paint).text);
    }
  }
  return 0;
};

const buildOnce = async (context: Context, folder: string, options: BuildOptions): Promise<number> => {
  const { reporter } = context;
  // An engine takes its time to answer; whether one does at all is said when it is needed.
  context.engine().catch(() => undefined);
  const workshop = await requireWorkshop(context, folder);
  if (workshop.diagnostics.length > 0)
    reporter.warn(`${renderDiagnostics(workshop.diagnostics, reporter.paint)}\n${countOf(workshop.diagnostics)}`);
  const wish = await wishOf(context, options);
  // Before the long work: a name that is none is known at once, and so is where nothing can be written.
  if (options.output !== undefined) requireImagesFolder(context.path(options.output));
  const repository = options.push ? await repositoryToPush(options.to, workshop.workshop.image) : undefined;
  const { record, ms } = await buildWorkshop(context, workshop, wish);
  if (options.check) {
    const again = await buildAgain(context, workshop, wish);
    return compareBuilds(context, { workshop: workshop.workshop, first: record, again, isJson: options.json === true });
  }
  if (options.output !== undefined) await writeImages(context, record, context.path(options.output));
  if (options.json) {
    reporter.json(repository ? await pushBuilt(context, record, repository) : record);
    return 0;
  }
  reporter.info(`Built ${record.workshop} ${record.version} in ${(ms / 1000).toFixed(1)} s:`);
  for (const { step, images } of record.steps) {
    const platforms =
      images.length > 1 || wish.platforms ? ` (${images.map(({ platform }) => platform).join(", ")})` : "";
    reporter.result(`${record.image}:${record.version}-${step}${platforms}`);
  }
  if (options.output !== undefined) reporter.info(`Written to ${options.output} as an OCI layout.`);
  if (repository) tellPushed(context, await pushBuilt(context, record, repository), repository);
  else if (options.only === undefined) reporter.info(`Try it: atelier run ${folder}`);
  return 0;
};

const wishOf = async (context: Context, options: BuildOptions): Promise<BuildWish> => {
  if (options.shellOnFailure && !process.stdin.isTTY)
    throw new AppError("usage", "--shell-on-failure needs a terminal to open the shell on.", {
      hint: "Run it in a terminal, without redirecting its input.",
    });
  return {
    builder: options.builder,
    secrets: readSecretFiles(context, options.secret ?? []),
    ...(options.platform === undefined ? {} : { platforms: await parsePlatforms(options.platform) }),
    ...(options.fromStep === undefined ? {} : { fromStep: options.fromStep }),
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.shellOnFailure ? { shellOnFailure: true } : {}),
  };
};
