import { strings } from "../strings/en.ts";
import { sanitize } from "./sanitize.ts";

export interface CodeBlock {
  readonly id: string;
  /** Lower-case name from the fence, "" when none was given. */
  readonly language: string;
  readonly code: string;
  /** Empty element in the block's bar for its buttons. */
  readonly tools: HTMLElement;
}

export interface RenderedContent {
  readonly fragment: DocumentFragment;
  readonly blocks: readonly CodeBlock[];
}

const element = <K extends keyof HTMLElementTagNameMap>(name: K, className: string): HTMLElementTagNameMap[K] => {
  const made = document.createElement(name);
  made.className = className;
  return made;
};

/** The page itself carries the title as its first heading: a text that repeats it says it once. */
const settleHeadings = (root: DocumentFragment, title: string): void => {
  const first = root.firstElementChild;
  if (first?.tagName === "H1" && first.textContent?.trim().toLowerCase() === title.trim().toLowerCase()) first.remove();
  for (const heading of root.querySelectorAll("h1")) {
    const lower = document.createElement("h2");
    if (heading.id !== "") lower.id = heading.id;
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
};

const marker = /^\s*\[!(note|tip|important|warning|caution)\]\s*/i;

/** `> [!NOTE]` blockquotes and `admonition` boxes become one kind of box with a named heading. */
const settleAdmonitions = (root: DocumentFragment): void => {
  for (const quote of root.querySelectorAll("blockquote")) {
    const text = quote.querySelector("p")?.firstChild;
    const kind =
      text?.nodeType === Node.TEXT_NODE ? marker.exec(text.textContent ?? "")?.[1]?.toLowerCase() : undefined;
    if (kind === undefined || text === null || text === undefined) continue;
    text.textContent = (text.textContent ?? "").replace(marker, "");
    if (text.textContent === "" && text.nextSibling instanceof HTMLBRElement) text.nextSibling.remove();
    const box = element("div", `admonition ${kind}`);
    box.append(...quote.childNodes);
    quote.replaceWith(box);
  }
  for (const box of root.querySelectorAll<HTMLElement>(".admonition")) {
    const kind =
      Object.keys(strings.content.admonition).find(
        (name) => box.classList.contains(name) || box.classList.contains(`admonition-${name}`),
      ) ?? "note";
    box.className = "admonition";
    box.dataset.kind = kind;
    if (box.querySelector(":scope > .admonition-title") === null) {
      const heading = element("p", "admonition-title");
      heading.textContent = strings.content.admonition[kind] ?? kind;
      box.prepend(heading);
    }
  }
};

const taskMark = /^\[([ xX])\]\s+/;

const settleTasks = (root: DocumentFragment): void => {
  for (const item of root.querySelectorAll("li")) {
    const holder = item.firstElementChild?.tagName === "P" ? item.firstElementChild : item;
    const text = holder.firstChild;
    const done = text?.nodeType === Node.TEXT_NODE ? taskMark.exec(text.textContent ?? "")?.[1] : undefined;
    if (done !== undefined && text !== null && text !== undefined) {
      text.textContent = (text.textContent ?? "").replace(taskMark, "");
      const box = element("input", "");
      box.type = "checkbox";
      box.disabled = true;
      box.checked = done !== " ";
      holder.prepend(box);
    }
    const box = item.querySelector(":scope > input, :scope > p > input");
    if (box === null) continue;
    item.classList.add("task");
    box.setAttribute("aria-label", item.textContent?.trim() ?? "");
  }
};

const settleTables = (root: DocumentFragment): void => {
  for (const table of root.querySelectorAll("table")) {
    const scroller = element("div", "table-scroll");
    scroller.tabIndex = 0;
    table.replaceWith(scroller);
    scroller.append(table);
  }
};

const settleCode = (root: DocumentFragment): CodeBlock[] =>
  [...root.querySelectorAll("pre")].map((pre, index) => {
    const code = pre.querySelector("code");
    const language =
      pre.dataset.lang?.toLowerCase() ||
      ([...(code?.classList ?? []), ...pre.classList]
        .find((name) => name.startsWith("language-"))
        ?.slice("language-".length)
        .toLowerCase() ??
        "");
    const block = element("div", "code");
    const bar = element("div", "code__bar");
    const name = element("span", "code__language");
    name.textContent = language;
    const tools = element("div", "code__tools");
    bar.append(name, tools);
    pre.tabIndex = 0;
    pre.replaceWith(block);
    block.append(bar, pre);
    return { id: String(index), language, code: (code ?? pre).textContent ?? "", tools };
  });

/** A workshop text ready for the page: sanitised, with boxes, tasks, scrolling tables and code bars. */
export const renderContent = (html: string, title: string): RenderedContent => {
  const fragment = sanitize(html);
  settleHeadings(fragment, title);
  settleAdmonitions(fragment);
  settleTasks(fragment);
  settleTables(fragment);
  return { fragment, blocks: settleCode(fragment) };
};

const runnable = new Set(["bash", "sh", "shell", "console", "zsh", "shell-session"]);
export const isRunnable = (language: string): boolean => runnable.has(language);
