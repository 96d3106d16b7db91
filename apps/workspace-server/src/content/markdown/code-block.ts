import { readFenceInfo } from "@atelier/domain";
import type { MarkdownIt } from "markdown-it";

/**
 * A code block with what the page's buttons need: `data-block` is its number on the page, `data-does` is
 * what its button does, `data-terminal` and `data-interrupt` say how it is typed, `data-save` where it goes.
 */
export const renderBlock = (
  markdown: MarkdownIt,
  { content, info: written }: { readonly content: string; readonly info: string },
  index: number,
): string => {
  const { escapeHtml } = markdown.utils;
  const { info } = readFenceInfo(written.trim());
  // The questions are sent apart, without their answers; their block names them.
  if (info.kind === "quiz")
    return `<div data-quiz="${escapeHtml(/^id: ([a-z0-9-]+)\s*$/.exec(content)?.[1] ?? "")}"></div>\n`;
  const attributes = {
    lang: info.language,
    block: String(index),
    does: info.kind,
    terminal: info.terminal,
    interrupt: info.interrupt ? "yes" : undefined,
    save: info.save?.path,
    walk: info.isWalked ? undefined : "no",
  };
  const text = Object.entries(attributes)
    .flatMap(([name, value]) => (value === undefined ? [] : [` data-${name}="${escapeHtml(value)}"`]))
    .join("");
  return `<pre${text}><code>${escapeHtml(content)}</code></pre>\n`;
};
