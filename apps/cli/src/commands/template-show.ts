import { AppError, effectiveTemplate, hasErrors } from "@atelier/domain";
import type { Context } from "../context.ts";
import { renderDiagnostics } from "../render-error.ts";
import { table } from "../reporter/table.ts";
import { readTemplate } from "../resolve-template.ts";

export default async (
  context: Context,
  [file]: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const { reporter } = context;
  const parsed = file === undefined ? undefined : readTemplate(context, file);
  if (parsed && hasErrors(parsed.diagnostics))
    throw new AppError("invalid-template", `The template has mistakes.`, { diagnostics: parsed.diagnostics });
  if (parsed && parsed.diagnostics.length > 0) reporter.warn(renderDiagnostics(parsed.diagnostics, reporter.paint));
  const keys = effectiveTemplate(parsed?.written);
  if (options.json) {
    reporter.json(
      keys.map(({ path, value, origin }) => ({
        path,
        value: value ?? null,
        origin: origin === "default" ? origin : `${origin.file}:${origin.line}`,
      })),
    );
    return 0;
  }
  const { paintResult: paint } = reporter;
  reporter.result(
    table(
      ["KEY", "VALUE", "FROM"],
      keys.map(({ path, value, origin }) => [
        path,
        value === undefined ? paint.dim("not set") : typeof value === "string" ? value : JSON.stringify(value),
        origin === "default" ? paint.dim("default") : `${origin.file}:${origin.line}`,
      ]),
    ),
  );
  return 0;
};
