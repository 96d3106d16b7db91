import type { DiagnosticCodeEntry } from "./diagnostic-code-entry.ts";
import { templateCodes } from "../template/template-codes.ts";
import { specCodes } from "./spec-codes.ts";

export type { DiagnosticCodeEntry } from "./diagnostic-code-entry.ts";

/**
 * Every diagnostic code Atelier can report. Codes are stable: tools may match on them. The manual's
 * table is generated from this catalogue, and a test proves that the two agree.
 */
export const diagnosticCodes = {
  ...specCodes,
  ...templateCodes,
  "base-lacks": {
    title: "Base without what the workshop uses",
    explanation:
      "The base image was looked at before the build and lacks a shell, bash, or the sudo that sudo: true is for. The student, certificates and folders every program expects are added by Atelier itself.",
  },
  "not-in-this-version": {
    title: "Granted by the backend, but not in this version",
    explanation: "The capability matrix grants this for the backend, but the installed version does not do it yet.",
  },
  "capability-unavailable": {
    title: "The target backend does not offer this",
    explanation: "A key asks for a capability that the target backend does not have. Nothing is started.",
  },
} as const satisfies Record<string, DiagnosticCodeEntry>;

export type DiagnosticCode = keyof typeof diagnosticCodes;
