import { z } from "zod";

/** A mistake in the folder of an author who is at work (`atelier dev`), as their own page shows it. */
export const authorDiagnosticSchema = z.object({
  severity: z.enum(["error", "warning"]),
  /** `<file>:<line>:<column>`, or the file alone. */
  place: z.string(),
  message: z.string(),
  remedy: z.string(),
});
export type AuthorDiagnostic = z.infer<typeof authorDiagnosticSchema>;
