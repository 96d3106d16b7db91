import type { MarkdownIt, Token } from "markdown-it";

/** Hints of a page are numbered from 1, so that each opening can be told apart in the record. */
export const hints = (markdown: MarkdownIt): void => {
  markdown.renderer.rules["hint_open"] = (tokens, index) => {
    const { content: title = "", meta } = tokens[index] ?? {};
    return `<details class="hint" data-hint="${(meta as { readonly hint: number }).hint}"><summary>${markdown.utils.escapeHtml(title)}</summary>\n`;
  };
  markdown.renderer.rules["hint_close"] = () => "</details>\n";
};

/**
 * `> [!HINT] What it is about` as the first line of a quote: help that is folded until it is wanted.
 * Answers whether it was one.
 */
export const markHint = (tokens: Token[], index: number, hint: number): boolean => {
  const inline = tokens[index + 2];
  const match = /^\[!HINT\][ \t]*([^\n]{0,200})(?:\n|$)/i.exec(inline?.content ?? "");
  const open = tokens[index];
  if (!inline?.children || match === null || open === undefined) return false;
  const end = closing(tokens, index);
  if (end === undefined) return false;
  open.type = "hint_open";
  open.meta = { hint };
  open.content = match[1]?.trim() ?? "";
  end.type = "hint_close";
  const rest = inline.children.findIndex(({ type }) => type === "softbreak" || type === "hardbreak");
  inline.children = rest === -1 ? [] : inline.children.slice(rest + 1);
  return true;
};

const closing = (tokens: readonly Token[], index: number): Token | undefined =>
  tokens.slice(index + 1).find(({ type, level }) => type === "blockquote_close" && level === tokens[index]?.level);
