import { type Backend, hasErrors } from "@atelier/domain";
import type { Context } from "../context.ts";
import { readWorkshopFolder } from "../load-workshop.ts";
import { exitCodes } from "../exit-codes.ts";
import { countOf, renderDiagnostics } from "../render-error.ts";
import { checkTemplate } from "../resolve-template.ts";
import { readUserConfig } from "../user-config.ts";

export default async (
  context: Context,
  [folder = "."]: readonly string[],
  options: { readonly template?: string; readonly backend: Backend; readonly json?: boolean },
): Promise<number> => {
  const { reporter } = context;
  const { diagnostics: own, workshop } = await readWorkshopFolder(context, folder);
  const { diagnostics: unmet } = checkTemplate(context, {
    file: options.template ?? readUserConfig(context).template,
    backend: options.backend,
    workshop,
    mode: "validate",
  });
  const diagnostics = [...own, ...unmet];
  const exitCode = !hasErrors(diagnostics)
    ? exitCodes.ok
    : hasErrors(own) ||
        diagnostics.some(({ code, severity }) => severity === "error" && code !== "capability-unavailable")
      ? exitCodes.invalid
      : exitCodes.refused;
  if (options.json) {
    reporter.json({ valid: !hasErrors(diagnostics), backend: options.backend, diagnostics });
    return exitCode;
  }
  if (diagnostics.length > 0) reporter.result(renderDiagnostics(diagnostics, reporter.paintResult));
  if (hasErrors(diagnostics)) reporter.info(countOf(diagnostics));
  else
    reporter.info(
      `${reporter.paint.green("✓")} ${workshop?.title ?? folder}: ${workshop?.steps.length ?? 0} steps, ${diagnostics.length === 0 ? "no mistakes" : countOf(diagnostics)}.`,
    );
  return exitCode;
};
