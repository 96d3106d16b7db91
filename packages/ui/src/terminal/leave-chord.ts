/** The part of a keyboard event that decides. */
export interface ChordKey {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** How the chord is printed for people. */
export const leaveChordLabel = "Ctrl+Shift+.";

/**
 * The chord that moves the focus out of the terminal and back. A terminal swallows Tab and Escape, so
 * WCAG 2.1.2 asks for another way out. This one is bound by no shell, no full-screen program and no
 * common browser; the position of the key counts as well as its character, for other layouts.
 */
export const isLeaveChord = (event: ChordKey): boolean =>
  event.ctrlKey &&
  event.shiftKey &&
  !event.altKey &&
  !event.metaKey &&
  (event.code === "Period" || event.key === "." || event.key === ">" || event.key === ":");
