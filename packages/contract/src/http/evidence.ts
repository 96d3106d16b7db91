import { z } from "zod";
import { checkViewSchema } from "./student-api.ts";

/**
 * “This check is wrong”: the server puts together what an author needs to see, as one file to download.
 * Nothing is sent anywhere.
 *
 *   POST /api/steps/:id/dispute   DisputeView; body NewDispute (409 `not-checked` before the first check)
 *   GET  /api/disputes/:id        the file: {@link evidenceSchema} as JSON
 */
export const evidenceApi = { dispute: "/api/steps/:id/dispute", evidence: "/api/disputes/:id" } as const;

export const newDisputeSchema = z.object({ note: z.string().trim().max(2000).optional() });
export type NewDispute = z.infer<typeof newDisputeSchema>;

export const disputeViewSchema = z.object({
  id: z.string(),
  /** Where to download it, and under which name. */
  path: z.string(),
  fileName: z.string(),
  bytes: z.int(),
  /** Where the author wants to hear of it. */
  feedbackUrl: z.string().optional(),
});
export type DisputeView = z.infer<typeof disputeViewSchema>;

/** The file. Values of secrets are masked everywhere in it. */
export const evidenceSchema = z.object({
  v: z.literal(1),
  kind: z.literal("atelier-check-evidence"),
  id: z.string(),
  at: z.iso.datetime(),
  workshop: z.object({ name: z.string(), version: z.string(), title: z.string() }),
  step: z.object({ id: z.string(), number: z.int(), title: z.string() }),
  /** What the student wrote about it. */
  note: z.string(),
  check: checkViewSchema,
  /** Of the check's text, which is not in here: it tells the answer. */
  checkDigest: z.string(),
  commands: z.array(
    z.object({
      command: z.string(),
      cwd: z.string(),
      exitCode: z.int().optional(),
      startedAt: z.string(),
      terminal: z.string(),
    }),
  ),
  workingDirectory: z.string().optional(),
  image: z.object({
    /** The step whose finished state it is, or `start`. */
    step: z.string(),
    planDigest: z.string(),
    /** As the engine names it; absent where the manager did not say. */
    digest: z.string().optional(),
    platformContract: z.int(),
  }),
  versions: z.object({ server: z.string(), goss: z.string().optional(), node: z.string() }),
  machine: z.object({ system: z.string(), kernel: z.string(), architecture: z.string() }),
});
export type Evidence = z.infer<typeof evidenceSchema>;
