import type { BuilderChoice } from "@atelier/build";
import { type Built, buildWorkshop, type CheckedFolder } from "../build-workshop.ts";
import type { Context } from "../context.ts";
import { readSecretFiles } from "../name-values.ts";
import { parsePlatforms } from "../parse-platforms.ts";
import { countOf, renderDiagnostics } from "../render-error.ts";

export interface ShareOptions {
  readonly builder: BuilderChoice;
  readonly platform?: string;
  readonly secret?: readonly string[];
}

/** Builds a folder for others, as `atelier build` would with the same options. */
export const buildToShare = async (
  context: Context,
  workshop: CheckedFolder,
  options: ShareOptions,
): Promise<Built> => {
  const { reporter } = context;
  if (workshop.diagnostics.length > 0)
    reporter.warn(`${renderDiagnostics(workshop.diagnostics, reporter.paint)}\n${countOf(workshop.diagnostics)}`);
  return buildWorkshop(context, workshop, {
    builder: options.builder,
    secrets: readSecretFiles(context, options.secret ?? []),
    ...(options.platform === undefined ? {} : { platforms: await parsePlatforms(options.platform) }),
  });
};
