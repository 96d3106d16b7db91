import { readFenceInfo, shellLanguages } from "../../content-blocks/fence-info.ts";
import type { Fence } from "./markdown.ts";

/** Whether a block is typed into a shell. Blocks of other languages that are typed are some program's. */
export const isRunnable = ({ info }: Fence): boolean => {
  const { kind, language } = readFenceInfo(info).info;
  return kind === "run" && shellLanguages.has(language);
};

/** A program that a block calls, with its offset in the page. */
export interface CalledProgram {
  readonly name: string;
  readonly offset: number;
}

/** Nobody types longer lines. */
const maxLine = 2000;

/** Lines that are typed. In a `console` session those behind a prompt; without any prompt, all of them. */
const typedLines = (fence: Fence): Fence["lines"] => {
  const prompt = /^(\s*(?:\S{0,80}[$#%]|[$#%>])\s+)(?=\S)/;
  const isSession = /^console\b/i.test(fence.info) && fence.lines.some(({ text }) => /^\s*[$#] /.test(text));
  if (!isSession)
    return fence.lines.map(({ text, offset }) => {
      const prefix = /^\s*\$ /.exec(text)?.[0].length ?? 0;
      return { text: text.slice(prefix), offset: offset + prefix };
    });
  return fence.lines.flatMap(({ text, offset }) => {
    const prefix = prompt.exec(text)?.[1]?.length;
    return prefix === undefined ? [] : [{ text: text.slice(prefix), offset: offset + prefix }];
  });
};

/** Lines without the bodies of here-documents, which are data. */
const withoutHereDocuments = (lines: Fence["lines"]): Fence["lines"] => {
  let end: string | undefined;
  return lines.filter(({ text }) => {
    if (end !== undefined) {
      if (text.trim() === end) end = undefined;
      return false;
    }
    end = /(?<!<)<<(?!<)-?\s*(["']?)([A-Za-z_]\w*)\1/.exec(text)?.[2];
    return true;
  });
};

/** Replaces quoted text and comments by blanks of the same length: words inside are not commands. */
const withoutQuotes = (text: string): string =>
  text
    .replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, (quoted) => "_".repeat(quoted.length))
    .replace(/(?:^|(?<=\s))#.*$/, (comment) => " ".repeat(comment.length));

/** Words that stand before a command without being one. */
const prefixes: ReadonlySet<string> = new Set([
  "sudo",
  "time",
  "exec",
  "nohup",
  "command",
  "env",
  "then",
  "do",
  "else",
  "if",
  "while",
  "until",
  "!",
  "{",
  "(",
]);

/** The programs that a block calls: first words of commands, also behind pipes, `&&`, `sudo` and the like. */
export const programsOf = (fence: Fence): readonly CalledProgram[] =>
  withoutHereDocuments(
    typedLines({ ...fence, lines: fence.lines.filter(({ text }) => text.length <= maxLine) }),
  ).flatMap(({ text, offset }) => {
    const called: CalledProgram[] = [];
    let expectsCommand = true;
    for (const match of withoutQuotes(text).matchAll(/\|\|?|&&?|;+|\$\(|[^\s|&;$]+|\$/g)) {
      const word = match[0];
      if (/^(?:\|\|?|&&?|;+|\$\()$/.test(word)) expectsCommand = true;
      else if (expectsCommand && !/^\w+=/.test(word) && !(word.startsWith("-") && called.at(-1)?.name === "sudo")) {
        const skip = /^[({!]*/.exec(word)?.[0].length ?? 0;
        const name = word.slice(skip).replace(/\)+$/, "");
        if (name !== "") called.push({ name, offset: offset + match.index + skip });
        expectsCommand = prefixes.has(name === "" ? word : name);
      }
    }
    return called;
  });
