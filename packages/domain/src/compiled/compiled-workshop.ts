import { z } from "zod";
import { compiledQuizSchema } from "../quiz/quiz.ts";

/**
 * What an image carries below `/workshop/` (0700 root): the workshop compiled from YAML to JSON.
 *
 *   /workshop/workshop.json            {@link CompiledWorkshop}
 *   /workshop/intro.md  finish.md      optional
 *   /workshop/assets/…                 optional
 *   /workshop/prompts/<level>.md       optional
 *   /workshop/steps/<id>/meta.json     {@link CompiledStep}
 *   /workshop/steps/<id>/content.md    required; quiz answers are moved to meta.json
 *   /workshop/steps/<id>/goss.yaml     optional
 *   /workshop/steps/<id>/{hints,explain,solve}.md, assets/…, llm-docs/…   optional
 *   /workshop/image.json               {@link CompiledImage}: which image this is
 *   /workshop/runtime/                 volume; belongs to the server
 */
export const compiledPaths = {
  root: "/workshop",
  workshop: "/workshop/workshop.json",
  image: "/workshop/image.json",
  steps: "/workshop/steps",
  runtime: "/workshop/runtime",
} as const;

const owner = z.enum(["student", "root"]);

export const startCommandSchema = z.object({
  run: z.string(),
  user: owner,
  background: z.boolean(),
  ready: z
    .union([z.object({ port: z.int() }), z.object({ file: z.string() }), z.object({ command: z.string() })])
    .optional(),
  timeoutSeconds: z.number(),
  at: z.object({ file: z.string(), line: z.int(), column: z.int() }).optional(),
});

const parameterSchema = z.object({
  name: z.string(),
  description: z.string(),
  required: z.boolean(),
  secret: z.boolean(),
  pattern: z.string().optional(),
});

const readySchema = z.union([z.object({ port: z.int() }), z.object({ command: z.string() })]);

export const compiledServiceSchema = z.object({
  name: z.string(),
  source: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("image"), image: z.string() }),
    z.object({ kind: z.literal("containerFile"), containerFile: z.string() }),
    z.object({ kind: z.literal("workshop") }),
  ]),
  command: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  ports: z.array(z.int()),
  ready: readySchema.optional(),
  resources: z.object({
    cpu: z.number().optional(),
    memoryBytes: z.number().optional(),
    pids: z.int().optional(),
  }),
  onReset: z.enum(["restart", "keep"]),
});

export const compiledWorkshopSchema = z.object({
  v: z.literal(1),
  name: z.string(),
  version: z.string(),
  title: z.string(),
  description: z.string(),
  authors: z.array(z.string()),
  license: z.string().optional(),
  tags: z.array(z.string()),
  difficulty: z.enum(["beginner", "intermediate", "advanced"]).optional(),
  durationSeconds: z.number().optional(),
  language: z.string(),
  feedbackUrl: z.string().optional(),
  image: z.string(),
  navigation: z.enum(["linear", "free", "guided"]),
  next: z.enum(["swap", "keep"]),
  user: owner,
  sudo: z.boolean(),
  shell: z.string().optional(),
  workdir: z.string(),
  keep: z.array(z.string()),
  editor: z.boolean(),
  tabs: z.array(z.object({ title: z.string(), port: z.int(), path: z.string() })),
  parameters: z.array(parameterSchema),
  variables: z
    .array(
      z.object({
        name: z.string(),
        question: z.string(),
        default: z.string().optional(),
        pattern: z.string().optional(),
      }),
    )
    .optional(),
  onStart: z.array(startCommandSchema),
  infrastructure: z.object({
    cluster: z
      .object({
        provider: z.enum(["k3d", "vcluster"]).optional(),
        version: z.string().optional(),
        onReset: z.enum(["recreate", "keep"]),
      })
      .optional(),
    services: z.array(compiledServiceSchema),
  }),
  /** Step ids in order. */
  steps: z.array(z.string()),
  hasIntro: z.boolean(),
  hasFinish: z.boolean(),
});
export type CompiledWorkshop = z.infer<typeof compiledWorkshopSchema>;

export const compiledStepSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  number: z.int(),
  title: z.string(),
  group: z.string().optional(),
  requires: z.array(z.string()),
  durationSeconds: z.number().optional(),
  env: z.record(z.string(), z.string()),
  onStart: z.array(startCommandSchema),
  helpContext: z.string().optional(),
  help: z.array(z.enum(["hints", "explain", "solve"])),
  /** There is one when there is a `goss.yaml` or a question. */
  check: z.object({ user: owner, auto: z.boolean() }).optional(),
  quizzes: z.array(compiledQuizSchema).optional(),
});
export type CompiledStep = z.infer<typeof compiledStepSchema>;

export const compiledImageSchema = z.object({
  v: z.literal(1),
  /** `start` or a step id: the state this image is in. */
  step: z.string(),
  planDigest: z.string(),
  platformContract: z.int(),
  student: z.object({
    name: z.string(),
    uid: z.int(),
    gid: z.int(),
    home: z.string(),
    /** Supplementary groups. */
    groups: z.array(z.int()),
  }),
});
export type CompiledImage = z.infer<typeof compiledImageSchema>;
