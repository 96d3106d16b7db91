import { z } from "zod";
import { authorDiagnosticSchema } from "../http/author-diagnostic.ts";
import { likelyMoveSchema } from "../http/leaving-api.ts";
import { bootViewSchema, newRequestSchema } from "../http/student-api.ts";

/**
 * `contract/control`: one WebSocket from the manager, `GET /api/control` with the control token as
 * `Authorization: Bearer`. JSON text frames, one message each. Requests are executed once per id: the
 * server repeats every outstanding one after a reconnect until the manager acknowledges that id.
 */
export const controlPath = "/api/control";

/**
 * What a fresh container gets of the student's files. `exact`: the checkpoint's files as they were;
 * `carry-over`: three-way against the image they were made on; `none`: the image as it is. Without a
 * `checkpoint` the newest one counts.
 */
export const restoreSchema = z.object({
  kind: z.enum(["none", "exact", "carry-over"]),
  checkpoint: z.string().optional(),
});
export type RestoreOrder = z.infer<typeof restoreSchema>;

/** Result of `release` and `checkpoint`; without an id nothing had changed and nothing was saved. */
export const releaseResultSchema = z.object({ checkpoint: z.string().optional() });
export type ReleaseResult = z.infer<typeof releaseResultSchema>;

export const managerMessageSchema = z.discriminatedUnion("t", [
  z.object({ t: z.literal("hello"), manager: z.string(), version: z.string(), contracts: z.array(z.int()) }),
  /** Ask a standby server to take the lease as soon as it is free, and what of the student's to bring along. */
  z.object({ t: z.literal("take-lease"), call: z.string(), restore: restoreSchema.optional() }),
  /** Stop PTYs, checkpoint, flush, write `released`, close. The answer's result is {@link releaseResultSchema}. */
  z.object({ t: z.literal("release"), call: z.string(), reason: z.string() }),
  /** `ahead`: a swap is likely soon; the server saves what there is by now and keeps ready for it. */
  z.object({
    t: z.literal("checkpoint"),
    call: z.string(),
    label: z.string().optional(),
    ahead: z.boolean().optional(),
  }),
  z.object({ t: z.literal("restore"), call: z.string(), checkpoint: z.string() }),
  /** Replace pages, checks and hints of the running workspace; keys are paths below `/workshop`. */
  z.object({
    t: z.literal("content-overlay"),
    call: z.string(),
    files: z.record(z.string(), z.string()),
    /** Pictures and the like, as base64. */
    assets: z.record(z.string(), z.base64()).optional(),
    removed: z.array(z.string()),
  }),
  /** What is wrong with the author's folder right now, shown over the page; empty when all is well again. */
  z.object({ t: z.literal("diagnostics"), diagnostics: z.array(authorDiagnosticSchema) }),
  /** Replace the student's kubeconfig: a move that made the cluster anew has failed after that, and they have stayed. */
  z.object({ t: z.literal("kubeconfig"), call: z.string(), text: z.string() }),
  z.object({
    t: z.literal("status"),
    deadline: z.iso.datetime().optional(),
    retainUntil: z.iso.datetime().optional(),
    extendable: z.boolean(),
    phase: z.string(),
    notices: z.array(z.object({ code: z.string(), cause: z.string(), remedy: z.string() })),
  }),
  z.object({ t: z.literal("check"), call: z.string(), step: z.string(), goss: z.string().optional() }),
  z.object({
    t: z.literal("acknowledge"),
    id: z.string(),
    outcome: z.enum(["done", "refused", "failed"]),
    cause: z.string().optional(),
  }),
]);
export type ManagerMessage = z.infer<typeof managerMessageSchema>;

export const workspaceMessageSchema = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("hello"),
    workspaceId: z.string(),
    step: z.string(),
    planDigest: z.string(),
    contract: z.int(),
    holdsLease: z.boolean(),
  }),
  z.object({ t: z.literal("boot"), boot: bootViewSchema }),
  z.object({
    t: z.literal("activity"),
    at: z.iso.datetime(),
    kind: z.enum(["input", "check", "foreground-job", "request"]),
    /** A step that is done since now: what comes after it may be prepared. */
    done: z.string().optional(),
    /** What the student is being asked about: it may be prepared until they have answered. */
    likely: likelyMoveSchema.optional(),
  }),
  z.object({
    t: z.literal("request"),
    id: z.string(),
    request: newRequestSchema,
    by: z.enum(["student", "instructor", "system"]),
  }),
  z.object({ t: z.literal("lease"), holdsLease: z.boolean() }),
  /** Its programs write to the disk as fast as they can, to the harm of others; said at every look while they do, some a second. */
  z.object({ t: z.literal("writing"), isHeavy: z.boolean() }),
  /** Answer to a manager message that carried `call`. */
  z.object({
    t: z.literal("answer"),
    call: z.string(),
    ok: z.boolean(),
    cause: z.string().optional(),
    result: z.unknown().optional(),
  }),
]);
export type WorkspaceMessage = z.infer<typeof workspaceMessageSchema>;
