import { blockKeys, blockWords, readFenceInfo } from "../../content-blocks/fence-info.ts";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error, warning } from "../report.ts";
import { suggest } from "../suggest.ts";
import type { Page } from "./markdown.ts";

/** What stands behind the language of every code block. */
export function* checkBlocks(page: Page): Iterable<Diagnostic> {
  for (const fence of page.fences)
    for (const { kind, word, offset, message, remedy } of readFenceInfo(fence.info).faults) {
      const at = page.file.at(fence.infoOffset + offset);
      if (kind === "bad-value") yield error({ code: "block-value", path: "", at, message, remedy });
      else {
        const meant = suggest(word, [...blockWords, ...blockKeys]);
        yield warning({
          code: "block-word",
          path: "",
          at,
          message,
          remedy: meant === undefined ? remedy : `Did you mean "${meant}"?`,
        });
      }
    }
}
