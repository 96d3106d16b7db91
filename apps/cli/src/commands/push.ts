import { openBundle } from "@atelier/build";
import { AppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { buildToShare, type ShareOptions } from "../share/build-to-share.ts";
import { notePushes } from "../share/note-pushes.ts";
import { pushBuilt, repositoryToPush, tellPushed } from "../share/push-build.ts";
import { pushRecord, tellPlatforms, tellServices } from "../share/push-record.ts";

interface PushOptions extends ShareOptions {
  readonly to?: string;
  readonly fromBundle?: string;
  readonly json?: boolean;
}

export default async (context: Context, [folder]: readonly string[], options: PushOptions): Promise<number> => {
  const { reporter } = context;
  if (options.fromBundle !== undefined) {
    if (folder !== undefined)
      throw new AppError("usage", "Either a folder is built and pushed, or a bundle; not both.", {
        hint: "Leave out the folder, or --from-bundle.",
      });
    return pushBundle(context, options.fromBundle, options);
  }
  // Before the long work: a name that is none is known at once.
  const checked = await requireWorkshop(context, folder ?? ".");
  const repository = await repositoryToPush(options.to, checked.workshop.image);
  const built = await buildToShare(context, checked, options);
  const record = await pushBuilt(context, built.record, repository);
  if (options.json) reporter.json(record);
  else tellPushed(context, record, repository);
  return 0;
};

/** Sends what is in a file. The builds of this machine stay what they are. */
const pushBundle = async (context: Context, target: string, options: PushOptions): Promise<number> => {
  const { reporter } = context;
  if (options.to !== undefined) await repositoryToPush(options.to, "");
  reporter.progress("Reading the bundle whole, to be sure of it");
  const opened = await openBundle(context.path(target), context.signal);
  reporter.progressDone();
  const { record } = opened.bundle;
  const repository = await repositoryToPush(options.to, record.image);
  tellPlatforms(context, record);
  tellServices(context, record, opened.index);
  const pushed = await pushRecord(context, opened, { record, repository });
  notePushes(await context.state(), pushed.record);
  if (options.json) reporter.json(pushed.record);
  else tellPushed(context, pushed.record, repository);
  return 0;
};
