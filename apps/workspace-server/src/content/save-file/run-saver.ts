import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { AppError } from "@atelier/domain";
import { z } from "zod";
import { asIdentity, type Identity } from "../../identity/identity.ts";
import type { SaveOrder } from "./save-file.ts";

const answerSchema = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.enum(["created", "replaced", "same"]) }),
  z.object({ outcome: z.literal("differs") }),
  z.object({ outcome: z.literal("failed"), cause: z.string() }),
]);

export interface SaverOptions {
  readonly identity: Identity;
  /** argv that starts `save-file/main.ts`. */
  readonly saver: readonly string[];
  readonly asIdentity?: typeof asIdentity;
  readonly deadlineMs?: number;
}

/** Has a file written by a process with the student's rights, never the server's. */
export const runSaver = async (order: SaveOrder, options: SaverOptions): Promise<z.infer<typeof answerSchema>> => {
  const { identity, saver, deadlineMs = 20_000 } = options;
  const [file = "", ...args] = (options.asIdentity ?? asIdentity)(identity, saver);
  const child = spawn(file, args, {
    cwd: "/",
    env: { HOME: identity.home, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: deadlineMs,
    killSignal: "SIGKILL",
  });
  const ended = once(child, "close") as Promise<[number | null]>;
  const answer = text(child.stdout);
  const complaint = text(child.stderr);
  // One that dies early breaks the pipe; its end says more than EPIPE does.
  child.stdin.on("error", () => undefined).end(JSON.stringify(order));
  const [code] = await ended;
  if (code !== 0)
    throw new AppError("save-failed", `The file could not be written: ${(await complaint).slice(-300) || "no answer"}`);
  return answerSchema.parse(JSON.parse(await answer));
};
