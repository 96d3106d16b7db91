import { z } from "zod";
import { authorDiagnosticSchema } from "../http/author-diagnostic.ts";
import { bootViewSchema, checkViewSchema, newRequestSchema, problemSchema } from "../http/student-api.ts";

/**
 * HTTP between the CLI and the supervisor, on `127.0.0.1:<port>` of its `supervisor.json`, with
 * `Authorization: Bearer <token>`; a request with an Origin is refused, since no page may ask. Errors are
 * `Problem`s with a 4xx or 5xx status.
 *
 *   GET  /v1/health                          HealthView
 *   GET  /v1/workspaces                      LocalWorkspaceView[]
 *   POST /v1/workspaces/:name/start          progress
 *   POST /v1/workspaces/:name/stop           progress
 *   POST /v1/workspaces/:name/remove         progress
 *   POST /v1/workspaces/:name/transition     progress; body TransitionOrder
 *   POST /v1/workspaces/:name/extend         progress; body ExtendOrder
 *   POST /v1/workspaces/:name/overlay        progress; body OverlayOrder
 *   POST /v1/workspaces/:name/check          progress; body CheckOrder; the result has `check`
 *   POST /v1/handover                        202; ends after what is under way, for a newer version
 *
 * `progress` is 200 with one JSON document a line ({@link progressLineSchema}); the last one is `done` or
 * `failed`. Whoever hangs up ends only the listening: what was ordered goes on.
 */
export const managementApi = {
  health: "/v1/health",
  workspaces: "/v1/workspaces",
  handover: "/v1/handover",
} as const;

/** `supervisor.json` in the state directory: 0600, replaced by rename. */
export const supervisorFileSchema = z.object({
  v: z.literal(1),
  pid: z.int(),
  port: z.int(),
  token: z.string(),
  version: z.string(),
  startedAt: z.iso.datetime(),
});
export type SupervisorFile = z.infer<typeof supervisorFileSchema>;

export const healthViewSchema = z.object({
  version: z.string(),
  pid: z.int(),
  /**
   * Everything that the engine has was looked at once: leftovers of swaps are settled, overdue ones stopped.
   * What takes long of that goes on, and orders for those workspaces wait for it.
   */
  ready: z.boolean(),
  /** It ends and takes no orders any more. */
  ending: z.boolean(),
});
export type HealthView = z.infer<typeof healthViewSchema>;

export const workspacePhaseSchema = z.enum(["stopped", "starting", "running", "moving", "stopping"]);
export type WorkspacePhase = z.infer<typeof workspacePhaseSchema>;

export const localWorkspaceViewSchema = z.object({
  name: z.string(),
  workspaceId: z.string(),
  phase: workspacePhaseSchema,
  /** Image the student stands on, and the step they work on. */
  image: z.string(),
  step: z.string().optional(),
  generation: z.int(),
  deadline: z.iso.datetime().optional(),
  /** Of a stopped one: when it is deleted. */
  retainUntil: z.iso.datetime().optional(),
  notices: z.array(z.object({ code: z.string(), cause: z.string(), remedy: z.string() })),
});
export type LocalWorkspaceView = z.infer<typeof localWorkspaceViewSchema>;

/** `move`: to another build of the same workshop, with the student's files; the rest is the student's own path. */
export const transitionOrderSchema = z.discriminatedUnion("order", [
  z.object({ order: z.literal("request"), request: newRequestSchema }),
  z.object({ order: z.literal("move"), record: z.string() }),
]);
export type TransitionOrder = z.infer<typeof transitionOrderSchema>;

/** From `atelier dev`: texts of a running workspace are replaced, and what is wrong with the folder is shown. */
export const overlayOrderSchema = z.object({
  /** Paths below `/workshop`, for the container and all that follow it. */
  files: z.record(z.string(), z.string()),
  /** The same for what is no text, as base64. */
  assets: z.record(z.string(), z.base64()),
  removed: z.array(z.string()),
  diagnostics: z.array(authorDiagnosticSchema),
});
export type OverlayOrder = z.infer<typeof overlayOrderSchema>;

export const extendOrderSchema = z.object({ seconds: z.number().positive().optional() });
export type ExtendOrder = z.infer<typeof extendOrderSchema>;

/** `goss` replaces the image's own check of that step, for an author at work. */
export const checkOrderSchema = z.object({ step: z.string(), goss: z.string().optional() });
export type CheckOrder = z.infer<typeof checkOrderSchema>;

export const operationResultSchema = z.object({
  phase: workspacePhaseSchema,
  boot: bootViewSchema.optional(),
  image: z.string().optional(),
  step: z.string().optional(),
  /** False: nothing had to be replaced. */
  swapped: z.boolean().optional(),
  /** Its container was lost: this is another one. */
  madeAgain: z.boolean().optional(),
  deadline: z.iso.datetime().optional(),
  check: checkViewSchema.optional(),
});
export type OperationResult = z.infer<typeof operationResultSchema>;

export const progressLineSchema = z.discriminatedUnion("t", [
  z.object({ t: z.literal("phase"), text: z.string() }),
  z.object({ t: z.literal("boot"), boot: bootViewSchema }),
  z.object({ t: z.literal("done"), result: operationResultSchema }),
  z.object({ t: z.literal("failed"), problem: problemSchema }),
]);
export type ProgressLine = z.infer<typeof progressLineSchema>;
