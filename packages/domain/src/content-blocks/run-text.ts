const pasteStart = "\u001b[200~";
const pasteEnd = "\u001b[201~";
/** What Ctrl-C types. */
export const interruptKey = "\u0003";

/**
 * What a code block's text looks like without the means to steer the terminal: escape sequences could
 * end a bracketed paste early or press keys. Tabs would ask for completion, so they become spaces.
 */
const harmless = (text: string): string =>
  text
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, "    ")
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "");

const promptLine = /^\s*[$#] (.*)$/;

/**
 * The commands of a code block. In a `console` block lines after a `$ ` or `# ` prompt are commands
 * and the rest is their output; in any other shell block every line counts.
 */
export const runnableText = (code: string, language: string): string => {
  const lines = harmless(code).replace(/\n+$/, "").split("\n");
  const prompts = lines.some((line) => promptLine.test(line));
  if (!prompts || (language !== "console" && !lines.every((line) => promptLine.test(line)))) return lines.join("\n");
  const commands: string[] = [];
  let goesOn = false;
  for (const line of lines) {
    const command: string | undefined = promptLine.exec(line)?.[1] ?? (goesOn ? line.replace(/^> /, "") : undefined);
    if (command !== undefined) commands.push(command);
    goesOn = command?.endsWith("\\") ?? false;
  }
  return commands.join("\n");
};

/**
 * What is typed into a terminal to run `text`: one Enter at the end, and for several lines a bracketed
 * paste when the program in front asked for it, so that nothing runs before all of it is there.
 */
export const typedText = (text: string, bracketedPaste: boolean): string => {
  const lines = text.replaceAll("\n", "\r");
  return bracketedPaste && text.includes("\n") ? `${pasteStart}${lines}${pasteEnd}\r` : `${lines}\r`;
};
