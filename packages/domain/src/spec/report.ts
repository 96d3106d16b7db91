import type { Diagnostic } from "../problem/diagnostic.ts";

/** A diagnostic that says why the workshop cannot be used as it is. */
export const error = (what: Omit<Diagnostic, "severity">): Diagnostic => ({ severity: "error", ...what });

/** A diagnostic about something that works but probably is not what was meant. */
export const warning = (what: Omit<Diagnostic, "severity">): Diagnostic => ({ severity: "warning", ...what });
