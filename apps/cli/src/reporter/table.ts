/** Width of a text on a terminal without its colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what has to be left out.
const widthOf = (text: string): number => text.replace(/\u001b\[[0-9;]*m/g, "").length;

/** Columns padded to their widest cell, two spaces apart. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [head, ...rows];
  const widths = head.map((_title, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ""))));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - widthOf(cell)),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
