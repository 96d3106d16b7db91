import type { DocPath } from "../yaml/doc-path.ts";
import { isMapping } from "../yaml/plain-value.ts";

/** One entry of a goss file that is well-formed enough to look into. */
export interface GossResource {
  readonly type: string;
  /** The key; attributes such as `exec`, `port`, `url` can override it. */
  readonly id: string;
  readonly path: DocPath;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Every resource of a goss document, whatever its type. */
export const gossResources = (value: unknown): readonly GossResource[] =>
  isMapping(value)
    ? Object.entries(value).flatMap(([type, block]) =>
        isMapping(block)
          ? Object.entries(block).flatMap(([id, attributes]) =>
              isMapping(attributes) ? [{ type, id, path: [type, id], attributes }] : [],
            )
          : [],
      )
    : [];
