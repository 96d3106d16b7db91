import { defaultRemedies } from "@atelier/domain";

/** An `AppError` that says what went wrong and not what to do about it. */
export interface Helpless {
  readonly line: number;
  readonly code: string;
}

/** What closes the bracket that opens before `from`: texts and templates are passed over. */
const endOfBrackets = (text: string, from: number): number => {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const sign = text[at] as string;
    if ("'\"`".includes(sign)) at = endOfText(text, at);
    else if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign) && --depth === 0) return at;
  }
  return text.length;
};

const endOfText = (text: string, from: number): number => {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (quote === "`" && text.startsWith("${", at)) at = endOfBrackets(text, at + 2);
    else if (text[at] === quote) return at;
  }
  return text.length;
};

/** Whether what is passed on may bring a remedy: one of its own, or those of diagnostics. */
const bringsRemedy = (options: string): boolean => /\b(?:hint|diagnostics)\b/.test(options);

/** Finds each `new AppError` whose code has no remedy, neither there nor in the catalogue. */
export const findHelpless = (text: string): readonly Helpless[] =>
  [...text.matchAll(/new AppError\(/g)].flatMap(({ index, 0: call }) => {
    const from = index + call.length;
    const argument = text.slice(from, endOfBrackets(text, from));
    const [first = ""] = argument.split(",", 1);
    // A code that comes from elsewhere is written there as a text of its own.
    const codes = [...first.matchAll(/"([a-z0-9-]+)"/g)].map(([, code = ""]) => code);
    if (bringsRemedy(argument)) return [];
    const line = text.slice(0, index).split("\n").length;
    return codes
      .filter((code) => !first.includes(`=== "${code}"`) && defaultRemedies[code] === undefined)
      .map((code) => ({ line, code }));
  });
