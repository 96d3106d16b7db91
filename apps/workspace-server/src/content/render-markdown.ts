import { fillContent } from "@atelier/domain";
import type { MarkdownIt, Token } from "markdown-it";
import { renderBlock } from "./markdown/code-block.ts";
import { fileLinks } from "./markdown/file-link.ts";
import { hints, markHint } from "./markdown/hint.ts";

export interface RenderOptions {
  /** URL path that relative links and images are resolved against, e.g. `/content/steps/one/`. */
  readonly base: string;
  /** Values of `{{ variables }}`; what it does not know stays as it is written. */
  readonly lookUp?: (name: string) => string | undefined;
}

let renderer: Promise<MarkdownIt> | undefined;

/**
 * Renders an author's page: CommonMark, tables, strikethrough, task lists and `> [!NOTE]` admonitions;
 * raw HTML stays text; code blocks carry what the page's buttons need (markdown/code-block.ts). The browser
 * sanitises all the same. The library is loaded with the first page.
 */
export const renderMarkdown = async (text: string, { base, lookUp }: RenderOptions): Promise<string> => {
  renderer ??= loadRenderer();
  return (await renderer).render(text, { base, lookUp });
};

/** A code block of a page as its buttons know it: by its number, with variables filled in. */
export const readBlock = async (
  text: string,
  index: number,
  { base, lookUp }: RenderOptions,
): Promise<{ readonly info: string; readonly content: string } | undefined> => {
  renderer ??= loadRenderer();
  const fence = (await renderer).parse(text, { base, lookUp }).filter(({ type }) => type === "fence")[index];
  return fence === undefined ? undefined : { info: fence.info.trim(), content: fence.content };
};

const loadRenderer = (): Promise<MarkdownIt> =>
  import("markdown-it").then(({ default: Markdown }) =>
    configure(new Markdown({ html: false, linkify: true, typographer: false })),
  );

/** The page lets no `style` in, so the alignment of a column goes as the attribute it lets in. */
const markAlignment = (token: Token): void => {
  const side = /^text-align:(left|center|right)$/.exec(String(token.attrGet("style") ?? ""))?.[1];
  if (side !== undefined) token.attrs = [["align", side]];
};

const configure = (markdown: MarkdownIt): MarkdownIt => {
  markdown.use(fileLinks);
  markdown.use(hints);
  markdown.renderer.rules["fence"] = (tokens, index) => {
    const { content = "", info = "", meta } = tokens[index] ?? {};
    return renderBlock(markdown, { content, info }, (meta as { readonly block: number }).block);
  };
  // Filled in after parsing, so that no value becomes markup, and before escaped braces are joined to text.
  markdown.core.ruler.before("text_join", "variables", ({ tokens, env }) => {
    const lookUp = env.lookUp as RenderOptions["lookUp"];
    if (lookUp === undefined) return;
    for (const token of tokens) {
      if (token.type === "fence" || token.type === "code_block") token.content = fillContent(token.content, lookUp);
      for (const child of token.children ?? []) {
        if (child.type === "text" || child.type === "code_inline") child.content = fillContent(child.content, lookUp);
        for (const name of ["href", "src"]) {
          const target = child.attrGet(name);
          if (target !== null) child.attrSet(name, fillTarget(markdown, String(target), lookUp));
        }
      }
    }
  });
  markdown.core.ruler.push("atelier", (state) => {
    const base = String(state.env.base);
    const used = new Map<string, number>();
    let blocks = 0;
    let hintCount = 0;
    state.tokens.forEach((token, index) => {
      if (token.type === "th_open" || token.type === "td_open") markAlignment(token);
      if (token.type === "fence") token.meta = { block: blocks++ };
      if (token.type === "heading_open") token.attrSet("id", uniqueSlug(state.tokens[index + 1]?.content ?? "", used));
      if (token.type === "blockquote_open")
        if (markHint(state.tokens, index, hintCount + 1)) hintCount++;
        else markAdmonition(state.tokens, index);
      if (token.type === "inline" && state.tokens[index - 2]?.type === "list_item_open") markTask(state.tokens, index);
      for (const child of token.children ?? []) {
        if (child.type === "image") child.attrSet("src", resolve(String(child.attrGet("src") ?? ""), base));
        if (child.type === "link_open") {
          const href = String(child.attrGet("href") ?? "");
          child.attrSet("href", resolve(href, base));
          if (/^https?:/i.test(href)) {
            child.attrSet("target", "_blank");
            child.attrSet("rel", "noopener noreferrer");
          }
        }
      }
    });
  });
  return markdown;
};

/** In an address the parser has written braces and blanks as %-codes; what comes out has to be a fair address. */
const fillTarget = (markdown: MarkdownIt, target: string, lookUp: NonNullable<RenderOptions["lookUp"]>): string => {
  const written = target.replaceAll("%7B", "{").replaceAll("%7D", "}").replaceAll("%20", " ");
  const filled = fillContent(written, lookUp);
  if (filled === written) return target;
  const normal = markdown.normalizeLink(filled);
  return markdown.validateLink(normal) ? normal : "#";
};

const admonitions = ["note", "tip", "important", "warning", "caution"];

/** `> [!NOTE]` as the first line of a quote. */
const markAdmonition = (tokens: Token[], index: number): void => {
  const inline = tokens[index + 2];
  const match = /^\[!(\w+)\][ \t]*(?:\n|$)/.exec(inline?.content ?? "");
  const kind = match?.[1]?.toLowerCase() ?? "";
  if (!inline?.children || !match || !admonitions.includes(kind)) return;
  tokens[index]?.attrSet("class", `admonition ${kind}`);
  tokens[index]?.attrSet("data-kind", kind);
  const end = inline.children.findIndex(({ type }) => type === "softbreak" || type === "hardbreak");
  inline.children = end === -1 ? [] : inline.children.slice(end + 1);
};

/** `- [ ]` and `- [x]`: shown as a box, not as a control, since nothing would remember it. */
const markTask = (tokens: Token[], index: number): void => {
  const first = tokens[index]?.children?.[0];
  const match = /^\[([ xX])\] /.exec(first?.content ?? "");
  if (first?.type !== "text" || !match) return;
  first.content = `${match[1] === " " ? "☐" : "☑"} ${first.content.slice(match[0].length)}`;
  tokens[index - 2]?.attrSet("class", "task");
};

const resolve = (target: string, base: string): string => {
  if (target === "" || target.startsWith("#") || /^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith("//"))
    return target;
  const url = new URL(target, `http://workspace.invalid${target.startsWith("/") ? "/content/" : base}`);
  // A leading slash means the workshop's folder, which is served below /content/.
  return target.startsWith("/")
    ? `/content${url.pathname}${url.search}${url.hash}`
    : `${url.pathname}${url.search}${url.hash}`;
};

const uniqueSlug = (text: string, used: Map<string, number>): string => {
  const slug =
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s+/g, "-") || "section";
  const count = used.get(slug) ?? 0;
  used.set(slug, count + 1);
  return count === 0 ? slug : `${slug}-${count}`;
};
