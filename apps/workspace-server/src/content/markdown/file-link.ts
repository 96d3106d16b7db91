import type { MarkdownIt } from "markdown-it";

const pattern = /^:file\[([^\]\s][^\]\n]{0,300}?)(?::([1-9]\d{0,6}))?\]/;

/** `:file[~/shop.py:12]` names a place in a file: the page opens it in the editor, where there is one. */
export const fileLinks = (markdown: MarkdownIt): void => {
  markdown.inline.ruler.before("link", "file_link", (state, silent) => {
    if (state.src.charCodeAt(state.pos) !== 0x3a) return false;
    const match = pattern.exec(state.src.slice(state.pos, state.pos + 320));
    const path = match?.[1];
    if (match === null || path === undefined) return false;
    if (!silent) {
      const token = state.push("file_link", "code", 0);
      token.content = path;
      token.meta = { line: match[2] };
    }
    state.pos += match[0].length;
    return true;
  });
  markdown.renderer.rules["file_link"] = (tokens, index) => {
    const token = tokens[index];
    const path = markdown.utils.escapeHtml(token?.content ?? "");
    const line = (token?.meta as { readonly line?: string } | null)?.line;
    return `<code data-file="${path}"${line === undefined ? "" : ` data-line="${line}"`}>${path}${line === undefined ? "" : `:${line}`}</code>`;
  };
};
