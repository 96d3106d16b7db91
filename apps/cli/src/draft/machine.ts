import { z } from "zod";

const entrySchema = z.object({
  type: z.enum(["file", "directory", "link"]),
  /** Permission bits. */
  mode: z.int(),
  uid: z.int(),
  gid: z.int(),
  size: z.number(),
  /** Milliseconds since 1970. */
  changed: z.number(),
});
export type Entry = z.infer<typeof entrySchema>;

const repositorySchema = z.object({
  /** Absent on a detached HEAD. */
  branch: z.string().optional(),
  /** By name: how many commits, and the last one's subject. */
  branches: z.record(z.string(), z.object({ commits: z.int(), subject: z.string() })),
  /** Paths in HEAD. */
  tracked: z.array(z.string()),
  /** Nothing to commit, no merge under way. */
  isClean: z.boolean(),
});
export type Repository = z.infer<typeof repositorySchema>;

/** A container as a check could see it, once its `onStart` has run. Written by `machine-probe.ts`. */
export const machineSchema = z.object({
  entries: z.record(z.string(), entrySchema),
  /** Names by uid and gid. */
  users: z.record(z.string(), z.int()),
  groups: z.record(z.string(), z.int()),
  packages: z.array(z.string()),
  /** `tcp:8000` */
  ports: z.array(z.string()),
  processes: z.array(z.string()),
  /** What answers HTTP on the ports, by port. */
  pages: z.record(z.string(), z.object({ status: z.int(), title: z.string().optional() })),
  /** By the folder that holds `.git`. */
  repositories: z.record(z.string(), repositorySchema),
});

/** What is not in the container but in its image. */
export interface Machine extends z.infer<typeof machineSchema> {
  readonly env: Readonly<Record<string, string>>;
}

/** Text of files by path; what is too long or no text is absent. */
export const textsSchema = z.record(z.string(), z.string());
