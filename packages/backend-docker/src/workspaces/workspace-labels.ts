import { restoreSchema, runtimeConfigSchema } from "@atelier/contract";
import { labels } from "@atelier/domain";
import { z } from "zod";

/** Everything about a workspace that is no secret, kept as a label of its container and volume. */
export const workspaceSettingsSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  name: z.string(),
  workshop: z.string(),
  version: z.string(),
  title: z.string(),
  /** Digest of the build record it is pinned to. */
  record: z.string(),
  /** The batch it was made in. */
  batch: z.string().optional(),
  /** The image it was made for: `start` or a step id. */
  image: z.string(),
  /** The step the student works on. */
  step: z.string().optional(),
  /** Port on 127.0.0.1 at which the supervisor serves it to browsers that know no `*.localhost`. */
  port: z.int(),
  /** Absolute path of the folder it was made from, when there was one. */
  folder: z.string().optional(),
  parameters: z.record(z.string(), z.string()),
  secrets: z.array(z.string()),
  timezone: z.string(),
  recording: z.object({ commands: z.enum(["on", "off"]), terminal: z.enum(["on", "off"]) }),
  webTerminal: z.boolean(),
  /** Steps are open in any order, for proofs. */
  unlocked: z.boolean().optional(),
  /** Who answers questions; its key is no setting. Absent: nobody. */
  help: runtimeConfigSchema.shape.help.unwrap().optional(),
  sudo: z.boolean(),
  resources: z.object({ cpu: z.number().optional(), memoryBytes: z.number(), pids: z.int() }),
  /** Absent: without end, kept for ever. */
  lifecycle: z
    .object({
      ttlSeconds: z.number().optional(),
      retainSeconds: z.number(),
      prewarm: z.enum(["off", "container", "next"]),
    })
    .optional(),
  /** False: whoever made it looks after it alone, and the supervisor leaves it be. */
  managed: z.boolean().optional(),
  createdAt: z.string(),
});
export type WorkspaceSettings = z.infer<typeof workspaceSettingsSchema>;

/** Why a container replaced the one before it, and what to bring along; a label, so that it outlives the supervisor. */
export const transitionLabelSchema = z.object({
  kind: z.string(),
  restore: restoreSchema,
  /** Where the student was: what undo leads back to. */
  from: z.object({ image: z.string(), step: z.string().optional(), record: z.string() }).optional(),
  /** Set when it leads back from a container that failed: why that failed. */
  failed: z.string().optional(),
});
export type TransitionLabel = z.infer<typeof transitionLabelSchema>;

const settingsLabel = "dev.atelier.settings";
export const serviceLabel = "dev.atelier.service";
/** On a container whose server does not start by itself the first time. */
export const waitsLabel = "dev.atelier.waits";

export type Role = "workspace" | "service" | "runtime" | "network" | "cluster";

export const labelsOf = (stateId: string, settings: WorkspaceSettings, role: Role): Record<string, string> => ({
  [labels.state]: stateId,
  [labels.role]: role,
  [labels.workspace]: settings.name,
  [labels.workspaceId]: settings.id,
  [labels.workshop]: settings.workshop,
  [labels.version]: settings.version,
  [labels.recordDigest]: settings.record,
  [settingsLabel]: JSON.stringify(settings),
});

export const settingsOfLabels = (all: Readonly<Record<string, string>>): WorkspaceSettings | undefined => {
  try {
    return workspaceSettingsSchema.parse(JSON.parse(all[settingsLabel] ?? ""));
  } catch {
    return undefined;
  }
};

/** Names in the engine: readable, and distinct between state directories. */
export const resourceName = (stateId: string, name: string, suffix = ""): string =>
  `atelier-${stateId.slice(0, 6)}-${name}${suffix}`;

export const transitionOfLabels = (all: Readonly<Record<string, string>>): TransitionLabel | undefined => {
  const text = all[labels.transition];
  return text === undefined ? undefined : transitionLabelSchema.parse(JSON.parse(text));
};

/** Digests of the builds that a container of ours stands on or, undone, would lead back to. */
export const recordsPinnedBy = (all: Readonly<Record<string, string>>): readonly string[] => {
  let before: TransitionLabel | undefined;
  try {
    before = transitionOfLabels(all);
  } catch {
    // Of a version whose label is another one: where it stands is known all the same.
  }
  return [settingsOfLabels(all)?.record, before?.from?.record].filter((digest) => digest !== undefined);
};
