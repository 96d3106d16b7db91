import { z } from "zod";
import { recordBaseSchema } from "../jsonl/record.ts";

const event = <const T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  recordBaseSchema.extend({ type: z.literal(type), ...shape });

export const assertionSchema = z.object({
  /** `file: /etc/motd: exists`, unique in a result. */
  id: z.string(),
  /** Author's `title`, else a sentence made of the assertion. */
  title: z.string(),
  status: z.enum(["passed", "failed", "skipped", "error"]),
  /** Author's `meta.message`: what to tell the student when it fails. */
  message: z.string().optional(),
  expected: z.string().optional(),
  found: z.string().optional(),
});
export type Assertion = z.infer<typeof assertionSchema>;

export const checkOutcomeSchema = z.enum(["passed", "failed", "error", "timeout"]);
export type CheckOutcome = z.infer<typeof checkOutcomeSchema>;

/** Who asked for a check: `auto` is nobody, the author let it run by itself. */
export const checkTriggerSchema = z.enum(["student", "auto", "instructor", "manager"]);
export type CheckTrigger = z.infer<typeof checkTriggerSchema>;

/**
 * The closed union of `state-events.jsonl`. State is rebuilt from it at start, so a type may gain
 * optional members but never change meaning.
 */
export const stateEventSchema = z.discriminatedUnion("type", [
  event("server-started", {
    workspaceId: z.string(),
    step: z.string(),
    planDigest: z.string(),
    version: z.string(),
    /** When the container's own layer began, in ms since 1970: another one is another container. */
    layer: z.int().optional(),
  }),
  event("boot-phase", { phase: z.string(), detail: z.string().optional() }),
  event("boot-failed", { phase: z.string(), cause: z.string() }),
  event("ready", { bootMs: z.number() }),
  event("step-entered", { step: z.string(), by: z.enum(["student", "instructor", "system"]) }),
  event("step-completed", { step: z.string(), how: z.enum(["checked", "self"]) }),
  event("step-solved", { step: z.string() }),
  event("check-finished", {
    step: z.string(),
    outcome: checkOutcomeSchema,
    /** An `auto` run is told only when it found something else than the run before. */
    trigger: checkTriggerSchema,
    durationMs: z.number(),
    passed: z.int(),
    failed: z.int(),
    skipped: z.int(),
    assertions: z.array(assertionSchema),
    cause: z.string().optional(),
    truncated: z.boolean().optional(),
  }),
  /** `evidence`: id of the file below `disputes/`. */
  event("check-disputed", { step: z.string(), note: z.string().optional(), evidence: z.string().optional() }),
  /** `hint`: a folded hint in the text of the step, from 1; absent: the page of that level. */
  event("help-opened", {
    step: z.string(),
    level: z.enum(["hints", "explain", "solve"]),
    hint: z.int().optional(),
  }),
  /** `answer`: numbers of the chosen options from 0, or what was typed. */
  event("quiz-answered", {
    step: z.string(),
    quiz: z.string(),
    answer: z.union([z.array(z.int()), z.string()]),
    isRight: z.boolean(),
  }),
  event("variable-set", { name: z.string(), value: z.string() }),
  event("block-saved", { step: z.string(), path: z.string() }),
  event("request", {
    id: z.string(),
    kind: z.enum(["goto", "next", "reset", "solve", "undo", "restore", "extend"]),
    step: z.string().optional(),
    checkpoint: z.string().optional(),
    /** Image to go to; events of earlier servers have none. */
    image: z.string().optional(),
    by: z.enum(["student", "instructor", "system"]),
  }),
  event("request-acknowledged", {
    id: z.string(),
    outcome: z.enum(["done", "refused", "failed"]),
    cause: z.string().optional(),
  }),
  /** `checkpoint`: what was left, and on which image: where undo leads back to. */
  event("released", {
    reason: z.string(),
    checkpoint: z.string().optional(),
    image: z.string().optional(),
    /** Programs of the student's that ended with it. */
    jobs: z.array(z.string()).optional(),
  }),
  event("checkpoint", {
    id: z.string(),
    /** Why it was made: `auto`, `swap`, `stop`, `undo` or `manual`. */
    reason: z.string().optional(),
    files: z.int(),
    bytes: z.number(),
    skipped: z.array(z.string()),
  }),
  /** `replaced`: what both the step and the student had changed; the student's version is in the checkpoint. */
  event("restored", {
    checkpoint: z.string(),
    kind: z.enum(["exact", "carry-over"]),
    files: z.int(),
    removed: z.int(),
    replaced: z.array(z.string()),
    skipped: z.array(z.string()),
    /** Only these, at the student's wish: their version in place of the image's. */
    units: z.array(z.string()).optional(),
  }),
  event("terminal-opened", { terminal: z.string(), shell: z.string() }),
  event("terminal-closed", { terminal: z.string(), exitCode: z.int().optional(), signal: z.string().optional() }),
  event("viewer-attached", { terminal: z.string(), viewer: z.string(), role: z.string() }),
  event("viewer-detached", { terminal: z.string(), viewer: z.string() }),
  event("port-opened", { port: z.int() }),
  event("port-closed", { port: z.int() }),
  event("nested-shell", { terminal: z.string(), program: z.string() }),
  event("integration-lost", { terminal: z.string(), cause: z.string() }),
  event("runtime-touched", { file: z.string(), cause: z.string() }),
  event("clock-jump", { seconds: z.number() }),
  event("storage-failed", { stream: z.string(), cause: z.string() }),
  event("storage-recovered", { stream: z.string(), lost: z.int() }),
  /** Bytes that were no UTF-8 stand in the recording as this many U+FFFD so far. */
  event("output-replaced", { terminal: z.string(), count: z.int() }),
  event("limit-hit", {
    resource: z.enum(["memory", "pids", "disk"]),
    limit: z.string(),
    process: z.string().optional(),
  }),
  event("lines-skipped", { stream: z.string(), lines: z.array(z.int()) }),
  // Reserved: nothing writes these yet; readers must accept them.
  event("message", { from: z.string(), text: z.string() }),
  event("hand-raised", { raised: z.boolean(), note: z.string().optional() }),
  event("instructor-action", { action: z.string(), by: z.string() }),
]);
export type StateEvent = z.infer<typeof stateEventSchema>;
/** An event before the writer stamps `v`, `seq` and `ts`. */
export type NewStateEvent = StateEvent extends infer E
  ? E extends StateEvent
    ? Omit<E, "v" | "seq" | "ts">
    : never
  : never;
