import { diagramWord, diagramWords } from "../../content-blocks/diagram-source.ts";
import { blockKeys, blockWords, readFenceInfo } from "../../content-blocks/fence-info.ts";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error, warning } from "../report.ts";
import { suggest } from "../suggest.ts";
import type { Fence, Page } from "./markdown.ts";

/** What a diagram begins with; the rest of it is read where it is drawn. */
function* checkDiagram({ file }: Page, { lines, infoOffset }: Fence): Iterable<Diagnostic> {
  const word = diagramWord(lines.map(({ text }) => text).join("\n"));
  if (diagramWords.includes(word)) return;
  const meant = suggest(word, diagramWords);
  yield warning({
    code: "diagram-kind",
    path: "",
    at: file.at(infoOffset),
    message: word === "" ? "This diagram is empty." : `"${word}" is no kind of diagram that is drawn.`,
    remedy:
      meant === undefined
        ? "Begin it with a kind, such as flowchart LR or sequenceDiagram; docs/manual/pages.md lists them."
        : `Did you mean "${meant}"?`,
  });
}

/** What stands behind the language of every code block. */
export function* checkBlocks(page: Page): Iterable<Diagnostic> {
  for (const fence of page.fences) {
    const { info, faults } = readFenceInfo(fence.info);
    if (info.kind === "diagram") yield* checkDiagram(page, fence);
    for (const { kind, word, offset, message, remedy } of faults) {
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
}
