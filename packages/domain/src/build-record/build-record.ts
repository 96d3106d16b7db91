import { z } from "zod";
import { compiledServiceSchema } from "../compiled/compiled-workshop.ts";

/** Labels on everything Atelier puts into an engine. */
export const labels = {
  /** On images. */
  workshop: "dev.atelier.workshop",
  version: "dev.atelier.version",
  step: "dev.atelier.step",
  planDigest: "dev.atelier.plan-digest",
  /** Of the recipe below the texts: files, environment and commands up to this step. */
  recipeDigest: "dev.atelier.recipe-digest",
  recordDigest: "dev.atelier.record-digest",
  platformContract: "dev.atelier.platform-contract",
  layerDigest: "dev.atelier.layer-digest",
  /** On the image that a workshop's first step stands on: the student's numbers in it, as JSON. */
  student: "dev.atelier.student",
  /** On the same image: what its base brings, as JSON. */
  baseFacts: "dev.atelier.base-facts",
  /** On containers, networks and volumes. */
  state: "dev.atelier.state",
  workspace: "dev.atelier.workspace",
  workspaceId: "dev.atelier.workspace-id",
  role: "dev.atelier.role",
  /** On workspace containers: which of them came later, counted from 1. */
  generation: "dev.atelier.generation",
  /** On workspace containers: what the one before was replaced for, as JSON. */
  transition: "dev.atelier.transition",
} as const;

const builtImageSchema = z.object({
  /** `linux/amd64` or `linux/arm64`. */
  platform: z.string(),
  configDigest: z.string(),
  /** Layer diff ids, bottom first. */
  layers: z.array(z.string()),
  pushed: z.array(z.object({ repository: z.string(), manifestDigest: z.string() })),
});

/**
 * What `atelier build` made: immutable, pinned by a workspace at creation. `steps` starts with
 * `start`. Stored as JSON in the state directory below `records/`.
 */
export const buildRecordSchema = z.object({
  v: z.literal(1),
  workshop: z.string(),
  version: z.string(),
  title: z.string(),
  image: z.string(),
  navigation: z.enum(["linear", "free", "guided"]),
  next: z.enum(["swap", "keep"]),
  platformContract: z.int(),
  planDigest: z.string(),
  steps: z.array(z.object({ step: z.string(), tag: z.string(), images: z.array(builtImageSchema) })),
  services: z.array(
    compiledServiceSchema.extend({
      /** Of the platform whose images are the steps' first. */
      imageId: z.string().optional(),
      /** Of every platform, that one's included, when there are several; a platform it is not to be had for is missing. */
      images: z.array(z.object({ platform: z.string(), imageId: z.string() })).optional(),
    }),
  ),
  /** The cluster it wants beside each workspace. */
  cluster: z.object({ version: z.string().optional(), onReset: z.enum(["recreate", "keep"]) }).optional(),
  /** Capability requirements of the workshop itself, by capability id with the path that asks. */
  requirements: z.array(z.object({ capability: z.string(), path: z.string() })),
});
export type BuildRecord = z.infer<typeof buildRecordSchema>;

/** Version of the agreement between image and manager (paths, control messages, files). */
export const platformContract = 1;
/** Versions a manager of this build accepts: the current and the previous one. */
export const acceptedPlatformContracts: readonly number[] = [1];
