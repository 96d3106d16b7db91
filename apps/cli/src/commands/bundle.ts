import { stat } from "node:fs/promises";
import { writeBundle } from "@atelier/build";
import type { Context } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { buildToShare, type ShareOptions } from "../share/build-to-share.ts";
import { serviceImages, stepImages } from "../share/images-of-record.ts";
import { tellPlatforms } from "../share/push-record.ts";
import { saveLayout } from "../share/save-layout.ts";

interface BundleOptions extends ShareOptions {
  readonly output?: string;
  readonly json?: boolean;
}

export default async (context: Context, [folder = "."]: readonly string[], options: BundleOptions): Promise<number> => {
  const { reporter } = context;
  const { record } = await buildToShare(context, await requireWorkshop(context, folder), options);
  tellPlatforms(context, record);
  const file = context.path(options.output ?? `${record.workshop}-${record.version}.atelier.tar`);
  reporter.progress("Packing the images");
  await using layout = await saveLayout(context, [...stepImages(record, record.image), ...serviceImages(record)]);
  await writeBundle(file, { layout: layout.folder, record, atelier: context.version });
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
