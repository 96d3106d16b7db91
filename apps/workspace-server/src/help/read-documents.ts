import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface HelpDocument {
  readonly name: string;
  readonly text: string;
}

const mostDocuments = 20;

/**
 * Text files of a step's `llm-docs/`, in order of their paths, until the budget of characters is used up;
 * the last one is shortened, after what is secret is gone. A file with a NUL byte is no text.
 */
export const readDocuments = async (
  folder: string,
  { budget, redact }: { readonly budget: number; readonly redact: (text: string) => string },
): Promise<readonly HelpDocument[]> => {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).then(
    (entries) =>
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort(),
    () => [],
  );
  const documents: HelpDocument[] = [];
  let left = budget;
  for (const path of names.slice(0, mostDocuments)) {
    if (left <= 0) break;
    const read = await readFile(path, "utf8").catch(() => "\0");
    if (read.includes("\0")) continue;
    const text = redact(read);
    documents.push({ name: path.slice(folder.length + 1), text: shorten(text, left) });
    left -= text.length;
  }
  return documents;
};

/** The beginning of a text, saying so where it was cut. */
export const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit)}\n[shortened]`;
