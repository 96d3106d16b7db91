import type { DocPath } from "../yaml/doc-path.ts";

/**
 * A value of which any part may be missing: what is left of a document once everything that did not
 * fit its schema was taken out. Whatever *is* there has the right type.
 */
export type Loose<T> = T extends readonly (infer Item)[]
  ? readonly (Loose<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Loose<T[Key]> | undefined }
    : T;

/** Takes the value at a path out of a tree of plain values: keys go, list items become undefined. */
export const takeOut = (root: unknown, path: DocPath): unknown => {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  let holder: unknown = root;
  for (const part of path.slice(0, -1)) {
    if (holder === null || typeof holder !== "object") return root;
    holder = (holder as Record<string | number, unknown>)[part];
  }
  if (Array.isArray(holder) && typeof last === "number") holder[last] = undefined;
  else if (holder !== null && typeof holder === "object") delete (holder as Record<string | number, unknown>)[last];
  return root;
};
