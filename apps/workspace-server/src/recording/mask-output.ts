import { mask, writtenForms } from "./redact.ts";

/** Takes known secrets out of a stream of text, also where they are cut by its chunks. */
export interface OutputMask {
  /** The text so far without what may be the beginning of a secret. */
  push(text: string): string;
  /** What was held back; no secret has come of it. */
  end(): string;
}

const unchanged: OutputMask = { push: (text) => text, end: () => "" };

/**
 * Holds an end back that a secret begins with, until what follows decides. A value that is typed key by
 * key is therefore masked like one that is printed at once.
 */
export const createOutputMask = (secrets: readonly string[]): OutputMask => {
  const values = writtenForms(secrets);
  if (values.length === 0) return unchanged;
  const any = new RegExp(values.map((value) => RegExp.escape(value)).join("|"), "g");
  const longest = Math.max(...values.map(({ length }) => length));
  let held = "";

  const isBeginning = (end: string): boolean =>
    end.length < longest && values.some((value) => value.length > end.length && value.startsWith(end));

  /** Where the longest end begins with which a secret begins, too. */
  const beginningAt = (text: string, from: number): number => {
    for (let at = Math.max(from, text.length - longest + 1); at < text.length; at++)
      if (isBeginning(text.slice(at))) return at;
    return text.length;
  };

  return {
    push: (chunk) => {
      const text = held + chunk;
      let result = "";
      let from = 0;
      for (const match of text.matchAll(any)) {
        const [value] = match;
        // It may be the beginning of a longer one.
        if (isBeginning(text.slice(match.index))) {
          held = text.slice(match.index);
          return result + text.slice(from, match.index);
        }
        result += text.slice(from, match.index) + mask;
        from = match.index + value.length;
      }
      const at = beginningAt(text, from);
      held = text.slice(at);
      return result + text.slice(from, at);
    },
    end: () => {
      const rest = held;
      held = "";
      return rest.replace(any, mask);
    },
  };
};
