import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { runtimeFileNames } from "@atelier/contract";
import { z } from "zod";

const rememberedSchema = z.object({
  v: z.literal(1),
  terminals: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
        cwd: z.string().optional(),
        /** File name of its recording, of the part that was written when this was noted. */
        recording: z.string().optional(),
      }),
    )
    .max(64),
});

/** A terminal as the container before this one had it. */
export interface RememberedTerminal {
  readonly name: string;
  /** Where its shell was last. */
  readonly cwd?: string | undefined;
  readonly recording?: string | undefined;
}

/** What the last server noted, in the order in which they were opened; none for a first start. */
export const readTerminals = (runtimeFolder: string): readonly RememberedTerminal[] => {
  const path = join(runtimeFolder, runtimeFileNames.terminals);
  if (!existsSync(path)) return [];
  try {
    const noted: unknown = JSON.parse(readFileSync(path, "utf8"));
    return rememberedSchema.parse(noted).terminals;
  } catch {
    // A shell in the workdir is what there would be without a note.
    return [];
  }
};

/** Answers a function that notes what is open now, when it differs from what was noted last. */
export const createTerminalsNote = (
  runtimeFolder: string,
): ((
  terminals: readonly {
    readonly name: string;
    readonly cwd?: string | undefined;
    readonly path?: string | undefined;
  }[],
) => void) => {
  const path = join(runtimeFolder, runtimeFileNames.terminals);
  let noted = "";
  return (terminals) => {
    const text = JSON.stringify({
      v: 1,
      terminals: terminals.map(({ name, cwd, path: recording }) => ({
        name,
        ...(cwd === undefined ? {} : { cwd }),
        ...(recording === undefined ? {} : { recording: basename(recording) }),
      })),
    });
    if (text === noted) return;
    try {
      writeFileSync(`${path}.draft`, text, { mode: 0o600 });
      renameSync(`${path}.draft`, path);
      noted = text;
    } catch {
      // A full disk has its own event; the next look tries again.
    }
  };
};

/** The directory itself, else the nearest one above it that is still there. */
export const nearestDirectory = (path: string): string => {
  for (let at = path; ; at = dirname(at)) if (at === dirname(at) || isDirectory(at)) return at;
};

const isDirectory = (path: string): boolean => {
  try {
    return path.startsWith("/") && statSync(path).isDirectory();
  } catch {
    return false;
  }
};
