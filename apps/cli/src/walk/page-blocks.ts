/** A block of a page that a student presses a button on. */
export interface WalkBlock {
  /** Its number on the page. */
  readonly index: number;
  readonly does: "run" | "save";
  readonly language: string;
  readonly text: string;
  readonly terminal?: string;
  readonly interrupt: boolean;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_whole, name: string) => entities[name] ?? "");

/**
 * What a page, as the server renders it, has to be run and saved, in order: the very blocks that the student
 * has buttons for, with variables filled in. The server's renderer alone writes this HTML; authors' own is text.
 */
export const walkBlocks = (html: string): readonly WalkBlock[] =>
  [...html.matchAll(/<pre((?: data-[a-z]+="[^"]*")*)><code>([^<]*)<\/code><\/pre>/g)].flatMap(
    ([, attributes = "", code = ""]) => {
      const data = Object.fromEntries(
        [...attributes.matchAll(/ data-([a-z]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [
          name,
          unescaped(value),
        ]),
      );
      const { does, lang: language = "", block, terminal, interrupt, walk } = data;
      if ((does !== "run" && does !== "save") || walk === "no") return [];
      const where = terminal === undefined ? {} : { terminal };
      return [
        { index: Number(block), does, language, text: unescaped(code), ...where, interrupt: interrupt === "yes" },
      ];
    },
  );
