import type { TerminalView } from "@atelier/contract";
import { strings } from "../../strings/en.ts";

/** What the command log cannot say of a terminal's shell; undefined when nothing is missing or nothing is logged. */
export const missingLog = (terminal: TerminalView | undefined): string | undefined => {
  const level = terminal?.commandLog;
  if (terminal === undefined || level === undefined || level === "full") return undefined;
  return strings.terminal.commandLog[level](terminal.shell.slice(terminal.shell.lastIndexOf("/") + 1));
};
