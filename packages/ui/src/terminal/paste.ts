/** What pasting means for the program in front. */
export interface PasteModes {
  readonly bracketedPaste: boolean;
}

/**
 * Text as it may be pasted: without escape sequences, which could end a bracketed paste early or press
 * keys. Whoever copies from a page does not see what it hides.
 */
export const pastable = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "");

/** Whether several lines would run one after the other as they arrive: then it is asked first. */
export const needsConfirmation = (text: string, { bracketedPaste }: PasteModes): boolean =>
  !bracketedPaste && /[\r\n]/.test(text.replace(/[\r\n]+$/, ""));

/** What an arrow (`ESC [ A` to `ESC [ D`) sends: alone, with Control, and to a program that asked for its own (DECCKM). */
export const arrowKey = (
  text: string,
  { isControlHeld, isApplication }: { readonly isControlHeld: boolean; readonly isApplication: boolean },
): string | undefined => {
  const letter = /^\u001b\[([A-D])$/.exec(text)?.[1];
  if (letter === undefined) return undefined;
  return isControlHeld ? `\u001b[1;5${letter}` : `\u001b${isApplication ? "O" : "["}${letter}`;
};

/** The character that Control and a key make, as a terminal knows it; undefined for keys that make none. */
export const controlCharacter = (key: string): string | undefined => {
  if (key.length !== 1) return undefined;
  const code = key.toUpperCase().charCodeAt(0);
  if (key === " " || key === "@") return "\u0000";
  return code >= 0x41 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : undefined;
};
