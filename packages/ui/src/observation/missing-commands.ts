import type { TerminalView } from "@atelier/contract";
import { strings } from "./strings/en.ts";

/** What the list of commands lacks of a terminal's; undefined when nothing, or where none are logged. */
export const missingCommands = ({ shell, commandLog }: TerminalView): string | undefined =>
  commandLog === undefined || commandLog === "full"
    ? undefined
    : strings.live.missing[commandLog](shell.slice(shell.lastIndexOf("/") + 1));
