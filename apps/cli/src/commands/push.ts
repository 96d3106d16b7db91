import { AppError, type BuildRecord } from "@atelier/domain";
import { type BlobStore, openBundle, openLayout, parseRepository, textOfRepository } from "@atelier/build";
import { buildWorkshop } from "../build-workshop.ts";
import type { Context } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { readSecretFiles } from "../name-values.ts";
import { serviceImages, stepImages } from "../share/images-of-record.ts";
import { pushRecord, tellPlatforms } from "../share/push-record.ts";
import { saveLayout } from "../share/save-layout.ts";

interface PushOptions {
  readonly to: string;
  readonly fromBundle?: string;
  readonly secret?: readonly string[];
  readonly json?: boolean;
}

export default async (context: Context, [folder]: readonly string[], options: PushOptions): Promise<number> => {
  const { reporter } = context;
  const repository = parseRepository(options.to);
  if (options.fromBundle !== undefined && folder !== undefined)
    throw new AppError("usage", "Either a folder is built and pushed, or a bundle; not both.", {
      hint: "Leave out the folder, or --from-bundle.",
    });
  const push = async (store: BlobStore, record: BuildRecord): Promise<number> => {
    tellPlatforms(context, record);
    const pushed = await pushRecord(context, store, { record, repository });
    (await context.state()).saveRecord(pushed.record);
    if (options.json) reporter.json(pushed.record);
    else {
      reporter.info(
        `Pushed ${record.workshop} ${record.version}, ${record.steps.length} images. Anybody who may pull runs it with:`,
      );
      reporter.result(`atelier run ${textOfRepository(repository)}:${record.version}-start`);
    }
    return 0;
  };
  if (options.fromBundle !== undefined) {
    reporter.progress("Reading the bundle whole, to be sure of it");
    const opened = await openBundle(context.path(options.fromBundle), context.signal);
    reporter.progressDone();
    return push(opened, opened.bundle.record);
  }
  const workshop = await requireWorkshop(context, folder ?? ".");
  const { record } = await buildWorkshop(context, workshop, {
    secrets: readSecretFiles(context, options.secret ?? []),
  });
  reporter.progress("Packing the images");
  await using layout = await saveLayout(context, [...stepImages(record, options.to), ...serviceImages(record)]);
  reporter.progressDone();
  // Waited for here: the layout goes with the end of this function.
  return await push(await openLayout(layout.folder), record);
};
