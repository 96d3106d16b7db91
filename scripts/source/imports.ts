import { blankText } from "./blank-text.ts";
import { lineAt, type SourceFile } from "./source-files.ts";

/** A module specifier that a file names, with its line. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

const forms = [
  // `import x from "…"`, `import "…"`, `export { x } from "…"`, over several lines too.
  /^(?:import|export)\b[^"';`]*?["']([^"'\n]+)["']/gm,
  /\bimport\(\s*["']([^"'\n]+)["']\s*\)/g,
];

/** Every module that a file imports: statements that begin a line, and `import("…")`. */
export const importsOf = ({ text }: SourceFile): readonly Import[] => {
  const code = blankText(text);
  return forms.flatMap((form) =>
    [...text.matchAll(form)]
      // `export const x = "…"` has no `from` before its text; a bare import has nothing at all.
      .filter(([statement]) => /(?:\bfrom\s*|^import\s*|import\(\s*)["'][^"']+["']/.test(statement))
      // What stands in a comment or a text is blank in the code.
      .filter(({ index }) => /^(?:import|export)/.test(code.slice(index, index + 6)))
      .map((match) => ({ specifier: match[1] ?? "", line: lineAt(text, match.index + match[0].length) })),
  );
};
