import type { TerminalView } from "@atelier/contract";

/** What is said of a shell, by its name, that does not report its commands, or only when they are over. */
export type MissingLogWords = Readonly<Record<"none" | "basic", (shell: string) => string>>;

/** What the command log cannot say of a terminal's shell; undefined when nothing is missing or nothing is logged. */
export const missingLog = (terminal: TerminalView | undefined, words: MissingLogWords): string | undefined => {
  const level = terminal?.commandLog;
  if (terminal === undefined || level === undefined || level === "full") return undefined;
  return words[level](terminal.shell.slice(terminal.shell.lastIndexOf("/") + 1));
};
