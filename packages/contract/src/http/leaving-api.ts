import { z } from "zod";

/**
 * What a container holds that would go with it, beside {@link studentApi}; the same rules of access. The page
 * shows it before it asks for a transition.
 *
 *   GET /api/leaving[?kind=K&step=S]   LeavingView; what is about to be asked for may be prepared meanwhile
 */
export const leavingApi = { leaving: "/api/leaving" } as const;

/** Moves that a student thinks about before they ask for one; the others lead to what only the server knows. */
export const likelyMoveSchema = z.object({
  kind: z.enum(["next", "goto", "reset", "solve"]),
  step: z.string().optional(),
});
export type LikelyMove = z.infer<typeof likelyMoveSchema>;

export const leavingViewSchema = z.object({
  /** Image the student stands on: a step's id or `start`. */
  image: z.string(),
  /** What they did to the files of their image; saved before any transition. */
  changed: z.array(z.object({ path: z.string(), change: z.enum(["new", "changed", "deleted"]) })),
  moreChanged: z.int(),
  /** What no checkpoint can hold, and why: it is gone with the container. */
  unsaved: z.array(z.object({ path: z.string(), why: z.string() })),
  moreUnsaved: z.int(),
  /** Programs that run in the student's terminals. */
  jobs: z.array(z.string()),
  /** Only what lies below these is saved. */
  folders: z.array(z.string()),
});
export type LeavingView = z.infer<typeof leavingViewSchema>;

/** Where undo leads back to: what the last transition left. */
export const undoViewSchema = z.object({
  /** The kind of that transition. */
  reason: z.string(),
  at: z.iso.datetime(),
  image: z.string(),
});
export type UndoView = z.infer<typeof undoViewSchema>;
