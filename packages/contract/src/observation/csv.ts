export type CsvValue = string | number | boolean | undefined;

/**
 * A table as RFC 4180 wants it. What a spreadsheet would take for a formula gets an apostrophe in front:
 * students type `=` and `-` as they like, and somebody opens the table with one click.
 */
export const csvOf = (header: readonly string[], rows: readonly (readonly CsvValue[])[]): string =>
  [header, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");

const cell = (value: CsvValue): string => {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
