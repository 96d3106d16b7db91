/**
 * Masks values in text that comes in pieces, also where a piece ends in the middle of one: what could be
 * the beginning of a value is held back until the next piece shows. Nothing else is delayed.
 */
export const createStreamMask = (
  values: readonly string[],
  mask = "[redacted]",
): { push(text: string): string; end(): string } => {
  const secrets = values.filter((value) => value.length >= 4).sort((a, b) => b.length - a.length);
  let held = "";
  const masked = (text: string): string => secrets.reduce((result, value) => result.replaceAll(value, mask), text);
  return {
    push: (text) => {
      const all = masked(held + text);
      const keep = secrets.reduce((most, value) => Math.max(most, overlap(all, value)), 0);
      held = all.slice(all.length - keep);
      return all.slice(0, all.length - keep);
    },
    end: () => {
      const rest = held;
      held = "";
      return rest;
    },
  };
};

/** How many characters at the end of a text could be the beginning of a value. */
const overlap = (text: string, value: string): number => {
  for (let length = Math.min(value.length - 1, text.length); length > 0; length--)
    if (text.endsWith(value.slice(0, length))) return length;
  return 0;
};
