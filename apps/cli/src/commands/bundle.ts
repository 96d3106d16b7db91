import { statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeBundle } from "@atelier/build";
import { AppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { buildToShare, type ShareOptions } from "../share/build-to-share.ts";
import { serviceImages, stepImages } from "../share/images-of-record.ts";
import { tellPlatforms, tellServices } from "../share/push-record.ts";
import { saveLayout } from "../share/save-layout.ts";

interface BundleOptions extends ShareOptions {
  readonly output?: string;
  readonly json?: boolean;
}

export default async (context: Context, [folder = "."]: readonly string[], options: BundleOptions): Promise<number> => {
  const { reporter } = context;
  const checked = await requireWorkshop(context, folder);
  // Before the long work: where nothing can be written is known at once.
  const { name, version } = checked.workshop;
  const file = requirePlace(context.path(options.output ?? `${name}-${version}.atelier.tar`));
  const { record } = await buildToShare(context, checked, options);
  tellPlatforms(context, record);
  reporter.progress("Packing the images");
  await using layout = await saveLayout(context, [...stepImages(record, record.image), ...serviceImages(record)]);
  tellServices(context, record, layout.index);
  await writeBundle(file, { layout: layout.folder, record, atelier: context.version, signal: context.signal });
  reporter.progressDone();
  const { size } = await stat(file);
  if (options.json) reporter.json({ file, bytes: size, workshop: record.workshop, version: record.version });
  else {
    reporter.info(
      `Bundled ${record.workshop} ${record.version}: ${record.steps.length} images, ${(size / 1024 ** 2).toFixed(0)} MiB in`,
    );
    reporter.result(file);
    reporter.info(`On a machine without any registry: atelier run --offline ${file.slice(file.lastIndexOf("/") + 1)}`);
  }
  return 0;
};

/** A path at which a file can come to be. Throws `AppError` `bundle-not-written`. */
const requirePlace = (file: string): string => {
  const folder = statSync(dirname(file), { throwIfNoEntry: false });
  const why = !folder?.isDirectory()
    ? `there is no folder ${dirname(file)}`
    : statSync(file, { throwIfNoEntry: false })?.isDirectory()
      ? "it is a folder"
      : undefined;
  if (why === undefined) return file;
  throw new AppError("bundle-not-written", `${file} cannot be written: ${why}.`, {
    hint: "Name a file in a folder that is there: --output <folder>/lab.atelier.tar",
  });
};
