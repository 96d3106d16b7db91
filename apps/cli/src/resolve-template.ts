import { readFileSync } from "node:fs";
import { relative } from "node:path";
import {
  AppError,
  type Backend,
  checkKeyExposure,
  checkRequirements,
  defaultTemplate,
  deriveRequirements,
  type Diagnostic,
  hasErrors,
  type ParsedTemplate,
  parseTemplate,
  type Workshop,
  type WorkspaceTemplate,
  type WrittenKey,
} from "@atelier/domain";
import type { Context } from "./context.ts";
import { type HelpToRun, helpToRun } from "./help-to-run.ts";
import { renderDiagnostics } from "./render-error.ts";

/** Reads a template file. Throws `AppError` `no-template` when it cannot be read at all. */
export const readTemplate = (context: Context, file: string): ParsedTemplate => {
  const path = context.path(file);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new AppError("no-template", `The template ${path} cannot be read: ${(cause as Error).message}`, {
      hint: "Name an existing file with --template.",
      cause,
    });
  }
  return parseTemplate(relative(context.cwd, path) || path, bytes);
};

export interface TemplateCheck {
  readonly template: WorkspaceTemplate | undefined;
  readonly written: readonly WrittenKey[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A template's own mistakes, and what it and the workshop ask of the backend that this cannot do. */
export const checkTemplate = (
  context: Context,
  {
    file,
    backend,
    workshop,
    mode,
  }: {
    readonly file: string | undefined;
    readonly backend: Backend;
    readonly workshop: Workshop | undefined;
    readonly mode: "validate" | "run";
  },
): TemplateCheck => {
  const parsed: ParsedTemplate =
    file === undefined ? { value: defaultTemplate(), diagnostics: [], written: [] } : readTemplate(context, file);
  const exposure =
    parsed.value && workshop ? checkKeyExposure({ template: parsed.value, written: parsed.written, workshop }) : [];
  const unmet = checkRequirements(deriveRequirements(parsed.written, workshop), backend, { mode });
  return {
    template: parsed.value,
    written: parsed.written,
    diagnostics: [...parsed.diagnostics, ...exposure, ...unmet],
  };
};

/** The template to run with. Refuses everything that does not fit, at once, before anything starts. */
export const resolveTemplate = async (
  context: Context,
  {
    file,
    backend,
    workshop,
  }: { readonly file: string | undefined; readonly backend: Backend; readonly workshop: Workshop | undefined },
): Promise<RunSettings> => {
  const { template, diagnostics } = checkTemplate(context, { file, backend, workshop, mode: "run" });
  if (template === undefined || hasErrors(diagnostics))
    throw new AppError("invalid-template", "This cannot run as it is written; nothing was started.", { diagnostics });
  if (diagnostics.length > 0) context.reporter.warn(renderDiagnostics(diagnostics, context.reporter.paint));
  const { cpu, memoryBytes, pids } = template.resources.container;
  const help = helpToRun(context, template.help, file);
  return {
    template,
    ...(help === undefined ? {} : { help }),
    parameters: template.parameters,
    timezone: template.timezone,
    recording: template.recording,
    webTerminal: template.access.webTerminal,
    lifecycle: template.lifecycle,
    resources: {
      ...(cpu === undefined ? {} : { cpu }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(pids === undefined ? {} : { pids }),
    },
  };
};

/** For an image, whose workshop is known only once it is read. */
export const refuseKeyExposure = (
  template: Pick<WorkspaceTemplate, "help">,
  workshop: { readonly user: "student" | "root"; readonly sudo: boolean },
): void => {
  const diagnostics = checkKeyExposure({ template, workshop });
  if (hasErrors(diagnostics))
    throw new AppError("invalid-template", "This cannot run as it is written; nothing was started.", { diagnostics });
};

/** What of a template the Docker backend of this version honours. */
export interface RunSettings extends Pick<WorkspaceTemplate, "parameters" | "timezone" | "recording" | "lifecycle"> {
  readonly template: WorkspaceTemplate;
  readonly help?: HelpToRun;
  readonly webTerminal: boolean;
  readonly resources: { readonly cpu?: number; readonly memoryBytes?: number; readonly pids?: number };
}
