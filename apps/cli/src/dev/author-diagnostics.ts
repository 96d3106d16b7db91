import type { AuthorDiagnostic } from "@atelier/contract";
import type { Diagnostic } from "@atelier/domain";

/** Diagnostics as the author's page shows them. */
export const authorDiagnostics = (diagnostics: readonly Diagnostic[]): AuthorDiagnostic[] =>
  diagnostics.map(({ severity, at, path, message, remedy }) => ({
    severity,
    place: at === undefined ? path || "workshop.yaml" : `${at.file}:${at.line}:${at.column}`,
    message,
    remedy: remedy ?? "",
  }));
