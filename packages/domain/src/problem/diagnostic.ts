import type { DiagnosticCode } from "./diagnostic-codes.ts";

/** A place in an authored file. Lines and columns count from 1; columns count UTF-16 code units. */
export interface SourceLocation {
  /** Path relative to the folder that was validated, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = "error" | "warning";

/**
 * One mistake in something a person wrote. Diagnostics are values: validators collect every one of
 * them and throw none.
 */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** Where in the document's structure, e.g. `steps[2].files[0].source`; empty for a whole file. */
  readonly path: string;
  readonly at?: SourceLocation;
  /** What is wrong, naming the offending value. One sentence. */
  readonly message: string;
  /** What to write or type next. One sentence. */
  readonly remedy: string;
}

/** The answer of a validator: a value when nothing was an error, and everything it noticed. */
export interface Validated<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((diagnostic) => diagnostic.severity === "error");

/** Orders by file, line, column, then code, so that a listing reads like the files do. */
export const compareDiagnostics = (a: Diagnostic, b: Diagnostic): number =>
  (a.at?.file ?? "").localeCompare(b.at?.file ?? "") ||
  (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
  (a.at?.column ?? 0) - (b.at?.column ?? 0) ||
  a.code.localeCompare(b.code);
