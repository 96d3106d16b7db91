import { buildWorkshop } from "../build-workshop.ts";
import type { Context } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { readSecretFiles } from "../name-values.ts";
import { countOf, renderDiagnostics } from "../render-error.ts";

export default async (
  context: Context,
  [folder = "."]: readonly string[],
  options: { readonly secret?: readonly string[]; readonly json?: boolean },
): Promise<number> => {
  const { reporter } = context;
  const workshop = await requireWorkshop(context, folder);
  if (workshop.diagnostics.length > 0)
    reporter.warn(`${renderDiagnostics(workshop.diagnostics, reporter.paint)}\n${countOf(workshop.diagnostics)}`);
  const { record, ms } = await buildWorkshop(context, workshop, readSecretFiles(context, options.secret ?? []));
  if (options.json) {
    reporter.json(record);
    return 0;
  }
  reporter.info(`Built ${record.workshop} ${record.version} in ${(ms / 1000).toFixed(1)} s:`);
  for (const { step } of record.steps) reporter.result(`${record.image}:${record.version}-${step}`);
  reporter.info(`Try it: atelier run ${folder}`);
  return 0;
};
