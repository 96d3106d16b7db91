import { type Document, isMap, isScalar, isSeq, type Node } from "yaml";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error } from "../report.ts";
import type { TextFile } from "../text/read-text.ts";
import { type DocPath, formatPath } from "./doc-path.ts";
import { keyText } from "./plain-value.ts";

/** A key written twice in one mapping. */
export interface DuplicateKey {
  readonly path: DocPath;
  readonly key: string;
  /** Of the second (third, …) occurrence. */
  readonly offset: number;
  readonly firstOffset: number;
}

/** Own search: the parser's compares every key with every other one, which a long mapping makes slow. */
export const findDuplicateKeys = (document: Document): readonly DuplicateKey[] => {
  const found: DuplicateKey[] = [];
  const visit = (node: unknown, path: DocPath): void => {
    if (path.length > 64) return;
    if (isSeq(node)) for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    if (!isMap(node)) return;
    const seen = new Map<string, number>();
    for (const pair of node.items) {
      const key = keyText(pair.key);
      if (key === undefined) continue;
      const offset = (pair.key as Node).range?.[0] ?? 0;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, offset);
      else found.push({ path: [...path, key], key, offset, firstOffset: first });
      visit(pair.value, [...path, key]);
    }
  };
  visit(isScalar(document.contents) ? null : document.contents, []);
  return found;
};

/** Up to `end`: behind a syntax error the parser guesses which mapping a key belongs to. */
export const duplicateKeys = (
  source: TextFile,
  document: Document,
  end = Number.POSITIVE_INFINITY,
): readonly Diagnostic[] =>
  findDuplicateKeys(document)
    .filter(({ offset }) => offset < end)
    .map(({ path, key, offset, firstOffset }) =>
      error({
        code: "duplicate-key",
        path: formatPath(path),
        at: source.at(offset),
        message: `The key "${key}" is written a second time; the first one is on line ${source.at(firstOffset).line} and would be lost.`,
        remedy: "Merge the two into one, or remove one of them.",
      }),
    );
