/** A line of ours in a terminal, in the row in which the cursor is. */
export const restartLine = (text: string): string => `\u001b[0m\u001b[2m── ${text} ──\u001b[0m\r\n`;

/** @param hasScreen whether what the shell before showed stands above */
export const whenRestarted = (at: Date, hasScreen: boolean): string =>
  `The shell was restarted at ${at.toISOString().slice(11, 19)} UTC${hasScreen ? "; above is what it showed before" : ""}.`;
