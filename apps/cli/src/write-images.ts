import { existsSync, readdirSync } from "node:fs";
import { AppError, type BuildRecord } from "@atelier/domain";
import type { Context } from "./context.ts";

/** Writes all images of a build into a folder as an OCI layout. Throws `AppError` `folder-not-empty`. */
export const writeImages = async (context: Context, record: BuildRecord, folder: string): Promise<void> => {
  if (existsSync(folder) && readdirSync(folder).some((name) => !["blobs", "index.json", "oci-layout"].includes(name)))
    throw new AppError("folder-not-empty", `${folder} holds other things than an OCI layout.`, {
      hint: "Name a new folder, or an earlier --output.",
    });
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
  await writeLayout(saved, { folder, images });
  context.reporter.progressDone();
};
