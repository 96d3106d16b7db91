import { strings } from "../strings/en.ts";
import { highlight } from "./highlight.ts";
import { sanitize } from "./sanitize.ts";

export interface CodeBlock {
  /** Its number on the page, as the server knows it. */
  readonly id: string;
  /** Lower-case name from the fence, "" when none was given. */
  readonly language: string;
  readonly code: string;
  /** What its author wants it to do beside being read and copied. */
  readonly does: "run" | "save" | "diagram" | "plain";
  readonly terminal: string | undefined;
  readonly interrupt: boolean;
  /** Path of the file that it becomes. */
  readonly save: string | undefined;
  /** Empty element in the block's bar for its buttons. */
  readonly tools: HTMLElement;
  /** Where its text stands. */
  readonly source: HTMLElement;
  /** Empty element for the drawing, of a diagram only. */
  readonly drawing?: HTMLElement;
}

export interface RenderedContent {
  readonly fragment: DocumentFragment;
  readonly blocks: readonly CodeBlock[];
  /** Empty elements for the questions, by their ids. */
  readonly quizzes: ReadonlyMap<string, HTMLElement>;
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

const coloured = (code: string, language: string): readonly Node[] =>
  highlight(code, language).map(({ text, kind }) => {
    if (kind === undefined) return document.createTextNode(text);
    const span = element("span", `tok-${kind}`);
    span.textContent = text;
    return span;
  });

const settleCode = (root: DocumentFragment): CodeBlock[] =>
  [...root.querySelectorAll("pre")].map((pre, index) => {
    const code = pre.querySelector("code");
    const { lang, block: id = String(index), does = "plain", terminal, interrupt, save } = pre.dataset;
    const language =
      lang?.toLowerCase() ||
      ([...(code?.classList ?? []), ...pre.classList]
        .find((name) => name.startsWith("language-"))
        ?.slice("language-".length)
        .toLowerCase() ??
        "");
    const block = element("div", "code");
    const bar = element("div", "code__bar");
    const name = element("span", "code__language");
    const label = does === "diagram" ? strings.diagram.name : language;
    const where = terminal === undefined ? label : strings.content.inTerminal(label, terminal);
    // What ends a program is seen before it is pressed.
    name.textContent = save ?? (interrupt === "yes" ? strings.content.afterInterrupt(where) : where);
    const tools = element("div", "code__tools");
    bar.append(name, tools);
    pre.tabIndex = 0;
    pre.replaceWith(block);
    block.append(bar, pre);
    const kind = does === "run" || does === "save" || does === "diagram" ? does : "plain";
    const drawing = kind === "diagram" ? { drawing: element("div", "code__drawing") } : {};
    if (drawing.drawing !== undefined) pre.before(drawing.drawing);
    const text = (code ?? pre).textContent ?? "";
    (code ?? pre).replaceChildren(...coloured(text, language));
    const rest = { terminal, interrupt: interrupt === "yes", save, tools, source: pre, ...drawing };
    return { id, language, code: text, does: kind, ...rest };
  });

const settleHints = (root: DocumentFragment): void => {
  for (const hint of root.querySelectorAll<HTMLDetailsElement>("details[data-hint]")) {
    hint.open = false;
    const summary = hint.querySelector(":scope > summary");
    if (summary?.textContent?.trim() === "") summary.textContent = strings.content.hint;
  }
};

/** Places in files become buttons where there is an editor to open them; else they are just names. */
const settleFiles = (root: DocumentFragment): void => {
  for (const name of root.querySelectorAll<HTMLElement>("code[data-file]")) {
    const button = element("button", "file-link");
    button.type = "button";
    button.dataset.file = name.dataset.file ?? "";
    if (name.dataset.line !== undefined) button.dataset.line = name.dataset.line;
    button.title = strings.content.openFile;
    name.replaceWith(button);
    button.append(name);
  }
};

export interface RenderSetting {
  /** Heading of the page around the text, which it need not repeat. */
  readonly title: string;
  /** Whether there is an editor that opens files. */
  readonly editor: boolean;
}

/** A workshop text ready for the page: sanitised, with boxes, tasks, scrolling tables and code bars. */
export const renderContent = (html: string, { title, editor }: RenderSetting): RenderedContent => {
  const fragment = sanitize(html);
  settleHeadings(fragment, title);
  settleAdmonitions(fragment);
  settleTasks(fragment);
  settleTables(fragment);
  settleHints(fragment);
  if (editor) settleFiles(fragment);
  const quizzes = new Map<string, HTMLElement>();
  for (const place of fragment.querySelectorAll<HTMLElement>("div[data-quiz]")) {
    place.replaceChildren();
    quizzes.set(place.dataset.quiz ?? "", place);
  }
  return { fragment, blocks: settleCode(fragment), quizzes };
};
