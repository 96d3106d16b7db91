/** What a student opens is numbered; a name comes from a block of the author's. */
export const isNumbered = (name: string): boolean => /^\d+$/.test(name);

export interface TerminalsSeen {
  readonly names: readonly string[];
  /** The one in front, or the last that was. */
  readonly front: string | undefined;
  /** The last one with a number that was in front. */
  readonly lastNumbered: string | undefined;
}

/**
 * Where a block runs that names no terminal: in the numbered terminal that the student looked at last. A named
 * one belongs to the blocks that name it, and a service may run in it; it is taken only where there is no other.
 */
export const unnamedTarget = ({ names, front, lastNumbered }: TerminalsSeen): string | undefined =>
  lastNumbered !== undefined && names.includes(lastNumbered) ? lastNumbered : (names.find(isNumbered) ?? front);
