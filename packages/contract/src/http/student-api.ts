import { z } from "zod";
import { exchangeOutcomeSchema, helpLevelSchema, llmMessagesSchema } from "../events/llm-history.ts";
import { assertionSchema, checkOutcomeSchema, checkTriggerSchema } from "../events/state-events.ts";
import { undoViewSchema } from "./leaving-api.ts";
import { arrivalSchema } from "./replaced-api.ts";
import { quizViewSchema, variableViewSchema } from "./content-api.ts";
import { terminalStateSchema } from "../terminal/frames.ts";
import { authorDiagnosticSchema } from "./author-diagnostic.ts";

export const problemSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  fields: z.array(z.object({ path: z.string(), message: z.string(), remedy: z.string() })),
});
export type Problem = z.infer<typeof problemSchema>;

export const bootPhases = ["config", "lease", "restore", "onStart", "terminal", "ready", "failed", "standby"] as const;
export const bootViewSchema = z.object({
  phase: z.enum(bootPhases),
  /** Which command of `onStart` runs, 1-based, and how many there are. */
  progress: z.object({ done: z.int(), of: z.int(), label: z.string() }).optional(),
  /** Milliseconds since the server started, and by the same clock when what runs now is given up, where it is. */
  elapsedMs: z.number(),
  deadlineMs: z.number().optional(),
  /** Why it failed, and the tail of the output. */
  cause: z.string().optional(),
  output: z.string().optional(),
});
export type BootView = z.infer<typeof bootViewSchema>;

export const stepStateSchema = z.enum(["locked", "open", "current", "passed", "completed", "solved"]);
export type StepState = z.infer<typeof stepStateSchema>;

export const stepSummarySchema = z.object({
  id: z.string(),
  number: z.int(),
  title: z.string(),
  group: z.string().optional(),
  state: stepStateSchema,
  /** Why it is locked, for people. */
  lockedReason: z.string().optional(),
  hasCheck: z.boolean(),
  /** Its check also runs by itself while the student works. */
  checksItself: z.boolean().optional(),
  durationSeconds: z.number().optional(),
});
export type StepSummary = z.infer<typeof stepSummarySchema>;

export const workspaceViewSchema = z.object({
  /** Counts the times an author at work (`atelier dev`) replaced texts: what was fetched before is old. */
  contentVersion: z.int().optional(),
  /** What is wrong with that author's folder right now. */
  diagnostics: z.array(authorDiagnosticSchema).optional(),
  workspaceId: z.string(),
  workspaceName: z.string(),
  displayName: z.string(),
  role: z.enum(["student", "instructor"]),
  workshop: z.object({
    name: z.string(),
    version: z.string(),
    title: z.string(),
    description: z.string(),
    language: z.string(),
    authors: z.array(z.string()),
    difficulty: z.string().optional(),
    durationSeconds: z.number().optional(),
    navigation: z.enum(["linear", "free", "guided"]),
    next: z.enum(["swap", "keep"]),
    feedbackUrl: z.string().optional(),
    hasIntro: z.boolean(),
    hasFinish: z.boolean(),
    tabs: z.array(z.object({ title: z.string(), port: z.int(), path: z.string() })),
    editor: z.boolean(),
    /** True for `user: root` or `sudo: true`: the log is then not tamper-evident. */
    privileged: z.boolean(),
  }),
  boot: bootViewSchema,
  /** What the workshop asks each student to fill in. */
  variables: z.array(variableViewSchema).optional(),
  steps: z.array(stepSummarySchema),
  /** Absent: on the intro page. */
  currentStep: z.string().optional(),
  finished: z.boolean(),
  recording: z.object({ commands: z.enum(["on", "off"]), terminal: z.enum(["on", "off"]) }),
  webTerminal: z.boolean(),
  /** Instructors who look at this workspace right now: the page says so. */
  watchers: z.int().nonnegative().optional(),
  /** Address of what a port of the student's serves, with `{port}` in it; absent: previews cannot be had. */
  previewAddress: z.string().optional(),
  /** From the manager; absent while none is connected. */
  deadline: z.iso.datetime().optional(),
  retainUntil: z.iso.datetime().optional(),
  extendable: z.boolean(),
  notices: z.array(z.object({ code: z.string(), cause: z.string(), remedy: z.string() })),
  /** The last swap, while something of it is worth telling. */
  arrival: arrivalSchema.optional(),
  /** What undo would lead back to; absent: nothing was left yet, or nobody could bring it back. */
  undo: undoViewSchema.optional(),
  /** Ports that programs of the student's opened since the workspace was ready. */
  openPorts: z.array(z.int()).optional(),
  /** Whether goto, next, reset, solve can be asked for: a manager is connected. */
  transitions: z.boolean(),
  /** Who answers questions; absent: nobody, there is static help only. */
  llm: z.object({ provider: z.string(), model: z.string() }).optional(),
});
export type WorkspaceView = z.infer<typeof workspaceViewSchema>;

export const checkViewSchema = z.object({
  step: z.string(),
  outcome: checkOutcomeSchema,
  at: z.iso.datetime(),
  trigger: checkTriggerSchema.optional(),
  durationMs: z.number(),
  assertions: z.array(assertionSchema),
  /** For `error` and `timeout`: what went wrong with the check itself. */
  cause: z.string().optional(),
});
export type CheckView = z.infer<typeof checkViewSchema>;

export const stepViewSchema = stepSummarySchema.extend({
  /** Rendered from `content.md` with raw HTML off. Still sanitised by the browser. */
  html: z.string(),
  help: z.array(z.enum(["hints", "explain", "solve"])),
  lastCheck: checkViewSchema.optional(),
  next: z.string().optional(),
  previous: z.string().optional(),
  /** Questions of the text; each stands where the text has an element with its `data-quiz`. */
  quizzes: z.array(quizViewSchema).optional(),
});
export type StepView = z.infer<typeof stepViewSchema>;

export const pageViewSchema = z.object({ html: z.string() });
export type PageView = z.infer<typeof pageViewSchema>;

export const helpViewSchema = z.object({ level: z.enum(["hints", "explain", "solve"]), html: z.string() });
export type HelpView = z.infer<typeof helpViewSchema>;

export const newQuestionSchema = z.object({ question: z.string().trim().min(1).max(2000), level: helpLevelSchema });
export type NewQuestion = z.infer<typeof newQuestionSchema>;

/** What a question of this step would carry to the provider; the question itself is its last part. */
export const llmContextViewSchema = z.object({
  provider: z.string(),
  model: z.string(),
  /** Host that it is sent to. */
  host: z.string(),
  messages: llmMessagesSchema,
  limits: z.object({
    perMinute: z.number(),
    /** Questions that may be asked right now, and seconds until there is one more when there is none. */
    left: z.number(),
    retryAfterSeconds: z.number(),
    /** US dollars; without `spend` there is no cap. */
    spend: z.number().optional(),
    spent: z.number(),
  }),
  /** Of this step, oldest first. */
  earlier: z.array(
    z.object({
      id: z.string(),
      level: helpLevelSchema,
      question: z.string(),
      answer: z.string(),
      at: z.iso.datetime(),
    }),
  ),
});
export type LlmContextView = z.infer<typeof llmContextViewSchema>;

/** What the answer to a question streams: `start`, any number of `text`, `end`. `event:` is the type. */
export const askEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("start"), id: z.string(), messages: llmMessagesSchema }),
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({
    type: z.literal("end"),
    outcome: exchangeOutcomeSchema,
    code: z.string().optional(),
    cause: z.string().optional(),
    retryAfterSeconds: z.number().optional(),
  }),
]);
export type AskEvent = z.infer<typeof askEventSchema>;

export const requestKindSchema = z.enum(["goto", "next", "reset", "solve", "undo", "restore", "extend"]);
export const newRequestSchema = z.object({
  kind: requestKindSchema,
  step: z.string().optional(),
  /** For `restore`: the checkpoint. The server fills it in for `undo`. */
  checkpoint: z.string().optional(),
  /**
   * Filled in by the server for the manager, never by the browser: the image to go to (`start` or a
   * step's id). For `undo` and `restore` the one the checkpoint was made on.
   */
  image: z.string().optional(),
  /** The student has seen that jobs are running and goes on all the same. */
  confirmed: z.boolean().optional(),
});
export type NewRequest = z.infer<typeof newRequestSchema>;
export const requestViewSchema = z.object({
  id: z.string(),
  state: z.enum(["outstanding", "done", "refused", "failed"]),
  cause: z.string().optional(),
});
export type RequestView = z.infer<typeof requestViewSchema>;

/** One saved state of the student's files. */
export const checkpointViewSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  /** Image the student stood on: a step's id or `start`. */
  step: z.string(),
  reason: z.enum(["swap", "stop", "auto", "manual", "undo"]),
  files: z.int(),
  bytes: z.number(),
  /** What was not saved, and why. */
  skipped: z.array(z.object({ path: z.string(), why: z.string() })),
});
export type CheckpointView = z.infer<typeof checkpointViewSchema>;

export const terminalViewSchema = z.object({
  name: z.string(),
  state: terminalStateSchema,
  shell: z.string(),
  exitCode: z.int().optional(),
  viewers: z.int(),
  /**
   * What the command log knows of this shell: `full`; `basic`: commands when they are over, without their
   * start; `none`: nothing, the recording at most. Absent when commands are not logged at all.
   */
  commandLog: z.enum(["full", "basic", "none"]).optional(),
  /** Something runs in front of the shell, or the shell has not shown its first prompt. */
  busy: z.boolean().optional(),
});
export type TerminalView = z.infer<typeof terminalViewSchema>;

/** What `/api/events` carries: `event:` is the type, `data:` the JSON of the rest. */
export const serverSentEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("boot"), boot: bootViewSchema }),
  /** Anything of the workspace view changed: the whole view, it is small. */
  z.object({ type: z.literal("workspace"), workspace: workspaceViewSchema }),
  z.object({ type: z.literal("check-started"), step: z.string(), trigger: z.string() }),
  z.object({ type: z.literal("check"), check: checkViewSchema }),
  z.object({ type: z.literal("quiz"), step: z.string(), quiz: quizViewSchema }),
  z.object({ type: z.literal("terminals"), terminals: z.array(terminalViewSchema) }),
]);
export type ServerSentEvent = z.infer<typeof serverSentEventSchema>;
