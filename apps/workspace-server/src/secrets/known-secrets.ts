import { createFormFinder } from "./find-forms.ts";
import { secretForms } from "./secret-forms.ts";

/** What stands where a secret was. */
export const mask = "[redacted]";

/** Takes known secrets out of a stream of text, also where they are cut by its chunks. */
export interface StreamMask {
  /** The text so far without what may be the beginning of a secret. */
  push(text: string): string;
  /** What was held back; no secret has come of it. */
  end(): string;
}

/** Values that must not be seen, in all forms in which they may stand somewhere. Guesses nothing. */
export interface KnownSecrets {
  /** What is looked for: see {@link secretForms}. */
  readonly forms: readonly string[];
  mask(text: string): string;
  /** The beginning of a text, masked before it is shortened to `most` characters. */
  maskStart(text: string, most: number): string;
  /** Nothing is held back but an end that a secret begins with. */
  stream(): StreamMask;
}

const unchanged: StreamMask = { push: (text) => text, end: () => "" };
const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

export const knownSecrets = (values: readonly string[]): KnownSecrets => {
  const forms = secretForms(values);
  if (forms.length === 0) return { forms, mask: (text) => text, maskStart: shortened, stream: () => unchanged };
  const finder = createFormFinder(forms);

  const stream = (): StreamMask => {
    let held = "";
    /** How much of what is held belongs to a secret that was masked; undefined when none ends here. */
    let masked: number | undefined;
    const write = (text: string, isLast: boolean): string => {
      const { spans, open } = finder.find(text, masked);
      const decided = isLast ? text.length : text.length - open;
      let result = "";
      let at = 0;
      for (const [index, { start, end }] of spans.entries()) {
        const isSaid = index === 0 && masked !== undefined;
        if (!isSaid && start >= decided) break;
        result += text.slice(at, start) + (isSaid ? "" : mask);
        at = end;
      }
      const isWithin = at >= decided && (at > 0 || masked !== undefined);
      if (at < decided) result += text.slice(at, decided);
      masked = isWithin ? at - decided : undefined;
      held = text.slice(decided);
      return result;
    };
    return { push: (text) => write(held + text, false), end: () => write(held, true) };
  };
  const maskWhole = (text: string): string => {
    const one = stream();
    return one.push(text) + one.end();
  };
  return {
    forms,
    mask: maskWhole,
    maskStart: (text, most) => {
      const considered = most + finder.longest;
      if (text.length <= considered) return shortened(maskWhole(text), most);
      // What may be a secret's beginning, where we stop to look, is held back and so not shown.
      const shown = stream().push(text.slice(0, considered));
      return shown.length > most ? shortened(shown, most) : `${shown}…`;
    },
    stream,
  };
};
