import { AppError, type SourceLocation } from "@atelier/domain";
import type { CommandFailure } from "../builder.ts";
import { makeRoom } from "../disk-full.ts";
import type { CommandIdentity } from "./identity.ts";
import type { CommandLayer } from "./layer-groups.ts";

/** So much of a command's output is shown when it fails. */
export const tailLines = 25;

/** The exit code of our own shell when the command's folder cannot be entered. */
export const noFolder = 125;

/** What both builders say of a failed command. */
export const commandFailed = ({
  step,
  command,
  exitCode,
  tail,
  identity,
  engine,
}: {
  readonly step: string;
  readonly command: Pick<CommandLayer, "run" | "cwd"> & { readonly at?: SourceLocation };
  readonly exitCode: number;
  /** Last lines of its output, plain. */
  readonly tail: readonly string[];
  readonly identity: CommandIdentity;
  /** Whose disk is full when the output says that one is. */
  readonly engine: keyof typeof makeRoom;
}): AppError => {
  const failure: CommandFailure = {
    step,
    run: command.run,
    exitCode,
    tail: tail.join("\n"),
    ...(command.at ? { at: command.at } : {}),
  };
  const place = command.at ? ` (${command.at.file}:${command.at.line})` : "";
  return new AppError(
    "command-failed",
    `Step "${step}": a command ended with exit code ${exitCode}${place}:\n  ${command.run.trim().replaceAll("\n", "\n  ")}\n${tail.map((line) => `  | ${line}`).join("\n")}`,
    { hint: hintOf(exitCode, { command, identity, tail, engine }), cause: failure },
  );
};

const hintOf = (
  exitCode: number,
  {
    command,
    identity,
    tail,
    engine,
  }: {
    readonly command: { readonly cwd: string };
    readonly identity: CommandIdentity;
    readonly tail: readonly string[];
    readonly engine: keyof typeof makeRoom;
  },
): string => {
  if (exitCode === noFolder)
    return `Its folder ${command.cwd} could not be entered as ${identity.name}; create it in an earlier command or with files[].`;
  if (tail.some((line) => /no space left on device/i.test(line)))
    return `The engine's disk is full. ${makeRoom[engine]} Build again then; everything before this command is cached.`;
  if (exitCode === 137)
    return "It was killed, most likely because the engine ran out of memory. Everything before it is cached.";
  return "Mend the command and build again; everything before it is cached. `atelier build --shell-on-failure` opens a shell before it.";
};
