import { z } from "zod";

/**
 * `contract/runtime`: the root-only folder `/run/atelier/` (tmpfs locally, a secret volume in a
 * cluster). The manager writes every other file first and `config.json` last, by rename; until that
 * exists the server stays in boot phase `config` and serves nothing else.
 *
 *   config.json        {@link RuntimeConfig}
 *   student.token      each: 43 characters base64url (32 random bytes), no newline. No file = that
 *   instructor.token   surface is off, also on loopback.
 *   control.token
 *   help.key           optional: key of the LLM provider
 *   secrets/<name>     optional: secret parameter values, verbatim
 */
export const runtimePaths = {
  folder: "/run/atelier",
  config: "/run/atelier/config.json",
  studentToken: "/run/atelier/student.token",
  instructorToken: "/run/atelier/instructor.token",
  controlToken: "/run/atelier/control.token",
  helpKey: "/run/atelier/help.key",
  secrets: "/run/atelier/secrets",
} as const;

/** The one port the server listens on inside the container. */
export const serverPort = 7681;

export const roles = ["student", "instructor", "control"] as const;
export type Role = (typeof roles)[number];

export const runtimeConfigSchema = z.object({
  v: z.literal(1),
  /** Stable over restarts and swaps. */
  workspaceId: z.string().min(1),
  workspaceName: z.string().min(1),
  displayName: z.string().default(""),
  /** Exact origins a browser may come from, e.g. `http://127.0.0.1:49152`. Also the Host allow-list. */
  origins: z.array(z.string()),
  /** Digest of the container's image, as the engine names it. */
  imageDigest: z.string().optional(),
  /** Where the student is meant to work: `start` is not a step, so this is a step id. */
  step: z.string().optional(),
  /** Non-secret parameter values. */
  parameters: z.record(z.string(), z.string()).default({}),
  /** Address of a port's preview, with `{port}` in it, as pages name it. */
  previewAddress: z.string().includes("{port}").optional(),
  /** Names of the files below `secrets/`. */
  secrets: z.array(z.string()).default([]),
  /** How secrets reach the student: a file below `~/.secrets` or an environment variable. */
  timezone: z.string().default("UTC"),
  recording: z
    .object({ commands: z.enum(["on", "off"]), terminal: z.enum(["on", "off"]) })
    .default({ commands: "on", terminal: "on" }),
  webTerminal: z.boolean().default(true),
  /** Every step is open, whatever was done before it: for proofs, which begin at any image. */
  unlocked: z.boolean().default(false),
  /** Ed25519 public key (JWK `x`, base64url) for signed assertions of the manager's proxy. */
  assertionKey: z.string().optional(),
  help: z
    .object({
      provider: z.enum(["none", "anthropic", "openai-compatible"]),
      endpoint: z.string().optional(),
      model: z.string().optional(),
      perMinute: z.number().optional(),
      /** US dollars that this workspace may cost; absent: no cap. */
      spend: z.number().optional(),
      /** US dollars a million tokens; absent: reckoned as a dear model. */
      price: z.object({ input: z.number(), output: z.number() }).optional(),
    })
    .default({ provider: "none" }),
  /** `standby`: wait for the lease without touching the volume; set for the next container of a swap. */
  mode: z.enum(["normal", "standby"]).default("normal"),
});
export type RuntimeConfig = z.infer<typeof runtimeConfigSchema>;
export type RuntimeConfigInput = z.input<typeof runtimeConfigSchema>;

/**
 * What travels as the first line of the server's own stdin, or over the stdin of `receive-config`, as one
 * JSON document: the text of each file by its
 * name relative to the folder (`config.json`, `student.token`, `secrets/db`).
 */
export const runtimeFilesSchema = z.record(z.string().regex(/^[A-Za-z0-9._/-]+$/), z.string());
export type RuntimeFiles = z.infer<typeof runtimeFilesSchema>;

/** argv the manager executes in the container as root; reads {@link RuntimeFiles} from stdin. */
export const receiveConfigCommand = ["/opt/atelier/bin/node", "/opt/atelier/server/receive-config.mjs"] as const;
