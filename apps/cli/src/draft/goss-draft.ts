/** One resource of a goss file: its settings and assertions. */
export interface GossResource {
  readonly title: string;
  readonly meta?: { readonly message: string };
  readonly [property: string]: unknown;
}

/** A goss file: resources by type and id. */
export type GossDraft = Readonly<Record<string, Readonly<Record<string, GossResource>>>>;

/** Members of a resource that assert nothing. */
export const settingsOfResources = new Set(["title", "meta", "exec", "timeout"]);

/** Later resources of the same id win. */
export const mergeDrafts = (drafts: readonly GossDraft[]): GossDraft => {
  const merged: Record<string, Record<string, GossResource>> = {};
  for (const draft of drafts)
    for (const [type, resources] of Object.entries(draft)) merged[type] = { ...merged[type], ...resources };
  return merged;
};

/** A line as goss matches it: plain text within a line, unless its first character means something to goss. */
export const matching = (line: string): string => (/^[/!\\]/.test(line) ? `/${escapePattern(line)}/` : line);

/** A pattern for a whole line that is exactly this. */
export const wholeLine = (line: string): string => `/^${escapePattern(line)}$/`;

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** One word for a POSIX shell. */
export const shellWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
