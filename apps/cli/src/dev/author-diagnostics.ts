import type { AuthorDiagnostic } from "@atelier/contract";
import type { CommandFailure } from "@atelier/build";
import { type AppError, compareDiagnostics, type Diagnostic } from "@atelier/domain";

/** Diagnostics as the author's page shows them. */
export const authorDiagnostics = (diagnostics: readonly Diagnostic[]): AuthorDiagnostic[] =>
  diagnostics.map(({ severity, at, path, message, remedy }) => ({
    severity,
    place: at === undefined ? path || "workshop.yaml" : `${at.file}:${at.line}:${at.column}`,
    message,
    remedy: remedy ?? "",
  }));

/** What a build failed of, as the author's page shows it. */
export const failureDiagnostics = ({ code, message, hint = "", cause, diagnostics }: AppError): AuthorDiagnostic[] => {
  if (diagnostics.length > 0) return authorDiagnostics(diagnostics.toSorted(compareDiagnostics));
  const at = code === "command-failed" ? (cause as CommandFailure).at : undefined;
  return [
    { severity: "error", place: at ? `${at.file}:${at.line}:${at.column}` : "workshop.yaml", message, remedy: hint },
  ];
};
