import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AppError, type BuildRecord, isAppError } from "@atelier/domain";
import type { Context } from "./context.ts";

/** What an earlier layout consists of, and what a run that was killed left beside it. */
const layoutName = /^(?:blobs|index\.json|oci-layout|\.layer-\d+-\d+)$/;

const notWritten = (folder: string, why: string, cause?: unknown): AppError =>
  new AppError("images-not-written", `${folder} cannot be written: ${why}.`, {
    hint: "Name a new folder, in one that you may write in: --output <folder>",
    ...(cause === undefined ? {} : { cause }),
  });

/**
 * A path at which an OCI layout can come to be, or be renewed; nothing is made. Throws `AppError`
 * `images-not-written` and `folder-not-empty`.
 */
export const requireImagesFolder = (folder: string): string => {
  let there: string;
  try {
    there = nearest(folder);
    accessSync(there, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw notWritten(folder, (cause as Error).message, cause);
  }
  if (!statSync(there).isDirectory()) throw notWritten(folder, `${there} is a file`);
  if (there === folder && readdirSync(folder).some((name) => !layoutName.test(name)))
    throw new AppError("folder-not-empty", `${folder} holds other things than an OCI layout.`, {
      hint: "Name a new folder, or an earlier --output.",
    });
  return folder;
};

/** The path itself, or what is there of the folders above it. Throws what the file system says to whoever may not look. */
const nearest = (path: string): string => {
  const above = dirname(path);
  try {
    return statSync(path, { throwIfNoEntry: false }) || above === path ? path : nearest(above);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return nearest(above);
    throw error;
  }
};

/**
 * Writes all images of a build into a folder as an OCI layout. Throws as {@link requireImagesFolder} does, and
 * `AppError` `images-not-written` for what the file system refuses.
 */
export const writeImages = async (context: Context, record: BuildRecord, folder: string): Promise<void> => {
  context.reporter.progress("Writing images");
  const engine = await context.engine();
  const { writeLayout } = await import("@atelier/build");
  const images = record.steps.flatMap(({ step, images: built }) =>
    built.map(({ platform, configDigest }, index) => ({
      id: configDigest,
      repository: record.image,
      // One name for each image: of several platforms the first has the plain one.
      tags: [`${record.version}-${step}${index === 0 ? "" : `-${platform.split("/")[1]}`}`],
    })),
  );
  const saved = await engine.saveImages([...new Set(images.map(({ id }) => id))], context.signal);
  await writeLayout(saved, { folder, images }).catch((error: unknown) => {
    if (isAppError(error) || !isOfFile(error)) throw error;
    throw notWritten(folder, error.message, error);
  });
  context.reporter.progressDone();
};

/** Whether the file system refused something; an engine's broken connection names no path. */
const isOfFile = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "path" in error;
