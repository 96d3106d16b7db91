export interface AnswerPart {
  readonly kind: "text" | "code" | "word";
  readonly text: string;
  /** Where it begins in the answer: stays the same while more of the answer comes. */
  readonly at: number;
}

const fence = /^[ \t]*(`{3,}|~{3,})[^\n]*(?:\n|$)/gm;

/**
 * An answer of a model as plain parts: text, fenced code, and words in backticks. Nothing else of
 * Markdown is read, so that no link, picture or HTML of an answer ever becomes one.
 */
export const answerParts = (answer: string): readonly AnswerPart[] => {
  const parts: AnswerPart[] = [];
  let from = 0;
  let code: { readonly mark: string; readonly at: number } | undefined;
  for (const match of answer.matchAll(fence)) {
    const mark = match[1] ?? "";
    const end = match.index + match[0].length;
    if (code === undefined) {
      parts.push(...inline(answer.slice(from, match.index), from));
      code = { mark, at: end };
    } else if (mark.startsWith(code.mark)) {
      parts.push({ kind: "code", text: answer.slice(code.at, match.index), at: code.at });
      code = undefined;
    } else continue;
    from = end;
  }
  // A block whose end has not come yet is code already.
  if (code === undefined) parts.push(...inline(answer.slice(from), from));
  else parts.push({ kind: "code", text: answer.slice(code.at), at: code.at });
  return parts.filter(({ text }) => text !== "");
};

const inline = (text: string, at: number): AnswerPart[] => {
  const parts: AnswerPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/`([^`\n]+)`/g)) {
    parts.push({ kind: "text", text: text.slice(from, match.index), at: at + from });
    parts.push({ kind: "word", text: match[1] ?? "", at: at + match.index });
    from = match.index + match[0].length;
  }
  return [...parts, { kind: "text", text: text.slice(from), at: at + from }];
};
