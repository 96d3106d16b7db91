import type { ImageRepository } from "@atelier/build";
import { AppError, type BuildRecord, isAppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import { serviceImages, stepImages } from "./images-of-record.ts";
import { notePushes } from "./note-pushes.ts";
import { pushRecord, tellPlatforms, tellServices } from "./push-record.ts";
import { saveLayout } from "./save-layout.ts";

/**
 * Where a push goes: what was typed, else the workshop's own `image`.
 * Throws `AppError` `bad-repository`.
 */
export const repositoryToPush = async (to: string | undefined, image: string): Promise<ImageRepository> => {
  const { parseRepository } = await import("@atelier/build");
  if (to !== undefined) return parseRepository(to);
  try {
    return parseRepository(image);
  } catch (cause) {
    if (!isAppError(cause)) throw cause;
    throw new AppError(
      "bad-repository",
      `It is not said where to push: the workshop's image is "${image}", which is at no registry.`,
      {
        hint: "Say where with --to <registry/name>, or write `image: <registry/name>` under `workshop:` in workshop.yaml.",
        cause,
      },
    );
  }
};

/** Sends what was just built, and notes in its record where it lies now. Answers that record. */
export const pushBuilt = async (
  context: Context,
  record: BuildRecord,
  repository: ImageRepository,
): Promise<BuildRecord> => {
  const { reporter } = context;
  const [{ openLayout, textOfRepository }, state] = [await import("@atelier/build"), await context.state()];
  tellPlatforms(context, record);
  reporter.progress("Packing the images");
  await using layout = await saveLayout(context, [
    ...stepImages(record, textOfRepository(repository)),
    ...serviceImages(record),
  ]);
  reporter.progressDone();
  const store = await openLayout(layout.folder);
  tellServices(context, record, store.index);
  const pushed = await pushRecord(context, store, { record, repository });
  notePushes(state, pushed.record);
  return pushed.record;
};

/** Says what lies where now, and how it is run. */
export const tellPushed = (
  { reporter }: Context,
  record: BuildRecord,
  { registry, name }: Pick<ImageRepository, "registry" | "name">,
): void => {
  reporter.info(
    `Pushed ${record.workshop} ${record.version}, ${record.steps.length} steps' images. Anybody who may pull runs it with:`,
  );
  reporter.result(`atelier run ${registry}/${name}:${record.version}-start`);
};
