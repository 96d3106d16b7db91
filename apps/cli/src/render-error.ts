import { AppError, type Diagnostic, hasErrors } from "@atelier/domain";
import { exitCodes } from "./exit-codes.ts";
import type { Paint } from "./reporter/reporter.ts";

const plainPaint: Paint = { bold: String, dim: String, red: String, green: String, yellow: String, cyan: String };

/** `file:line:column severity code`, the sentence, and what to do next. */
export const renderDiagnostic = (diagnostic: Diagnostic, paint: Paint = plainPaint): string => {
  const { severity, code, at, path, message, remedy } = diagnostic;
  const place = at ? `${at.file}:${at.line}:${at.column}` : path;
  const label = severity === "error" ? paint.red("error") : paint.yellow("warning");
  const said = at && path !== "" && !message.startsWith(path) ? `${path}: ${message}` : message;
  return `${place === "" ? "" : `${paint.bold(place)} `}${label} ${paint.dim(code)}\n  ${said}${remedy === "" ? "" : `\n  ${paint.cyan("→")} ${remedy}`}`;
};

export const renderDiagnostics = (diagnostics: readonly Diagnostic[], paint: Paint = plainPaint): string =>
  diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, paint)).join("\n");

/** `2 errors, 1 warning` */
export const countOf = (diagnostics: readonly Diagnostic[]): string => {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const counted = (count: number, word: string): string[] =>
    count === 0 ? [] : [`${count} ${word}${count === 1 ? "" : "s"}`];
  return [...counted(errors, "error"), ...counted(warnings, "warning")].join(", ") || "nothing to report";
};

export interface RenderedError {
  readonly text: string;
  readonly exitCode: number;
}

/** The one mapper from anything thrown to words and an exit code. */
export const renderError = (error: unknown, paint: Paint = plainPaint): RenderedError => {
  if (error instanceof AppError) {
    const details = error.diagnostics.length > 0 ? `\n${renderDiagnostics(error.diagnostics, paint)}` : "";
    const hint = error.hint === undefined ? "" : `\n${paint.cyan("→")} ${error.hint}`;
    return { text: `${paint.red("error")} ${error.message}${details}${hint}`, exitCode: exitCodeOf(error) };
  }
  if (error instanceof Error && (error.name === "AbortError" || error.message === "interrupted"))
    return { text: "Interrupted.", exitCode: exitCodes.interrupted };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `${paint.red("bug")} Atelier did something it should not. Please report this:\n${stack}`,
    exitCode: exitCodes.failed,
  };
};

/** Codes whose meaning is "what you wrote does not fit". */
const inputCodes = new Set([
  "invalid-workshop",
  "invalid-template",
  "invalid-config",
  "usage",
  "bad-name",
  "bad-value",
  "parameter-missing",
  "help-key-missing",
  "folder-not-empty",
  "secret-missing",
  "no-such-step",
]);

const exitCodeOf = (error: AppError): number => {
  if (
    error.code === "refused" ||
    error.diagnostics.some(
      ({ code, severity }) =>
        severity === "error" && (code === "capability-unavailable" || code === "not-in-this-version"),
    )
  )
    return exitCodes.refused;
  return inputCodes.has(error.code) || hasErrors(error.diagnostics) ? exitCodes.invalid : exitCodes.failed;
};
