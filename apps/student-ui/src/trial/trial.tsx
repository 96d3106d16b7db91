import "@atelier/ui/styles.css";
import { TerminalPane, type TerminalSource, type TerminalSourceEvent } from "@atelier/ui/terminal";
import { createRoot } from "react-dom/client";
import { pageLook } from "../content/diagram/diagram-look.ts";
import { type Drawing, drawDiagram } from "../content/diagram/draw-diagram.ts";
import { faultOf } from "../content/diagram/source-lines.ts";
import { renderContent } from "../content/render-content.ts";

/**
 * A page of the same parts as the student's, for trials of hostile texts and byte streams by the thousand:
 * not in the bundle, no workspace behind it. Tests call what it puts on `window.trial`.
 */
export interface Trial {
  /** Shows a text as a page of a workshop, touches everything in it, and answers what is wrong with it. */
  show(html: string): string[];
  /** Lets the terminal read the bytes (Latin-1 text); answers what it typed because of them. */
  feed(bytes: string): Promise<string>;
  /** Draws a diagram and shows it; answers what is wrong with the drawing, or why there is none. */
  draw(source: string): Promise<Drawn>;
}

export interface Drawn {
  readonly faults: readonly string[];
  /** What mermaid said, and the line that we make of it. */
  readonly error?: { readonly message: string; readonly line?: number };
}

const allowedTags = new Set(
  "A B BLOCKQUOTE BR BUTTON CAPTION CITE CODE DD DEL DETAILS DIV DL DT EM FIGCAPTION FIGURE H2 H3 H4 H5 H6 HR I IMG INPUT INS KBD LI MARK OL P PRE Q S SAMP SECTION SMALL SPAN STRONG SUB SUMMARY SUP TABLE TBODY TD TFOOT TH THEAD TR UL VAR ABBR".split(
    " ",
  ),
);
const allowedAttributes =
  /^(?:href|src|alt|title|class|id|start|reversed|value|type|checked|disabled|colspan|rowspan|scope|align|width|height|open|lang|dir|target|rel|loading|decoding|tabindex|aria-label|data-(?:lang|kind|block|does|terminal|interrupt|save|hint|file|line|quiz))$/;

const faultsOf = (element: Element): string[] => {
  const faults: string[] = [];
  if (!allowedTags.has(element.tagName)) faults.push(`<${element.tagName}>`);
  for (const { name, value } of element.attributes) {
    if (!allowedAttributes.test(name)) faults.push(`${name}="${value}"`);
    if (name === "id" && !value.startsWith("user-content-")) faults.push(`id="${value}"`);
    if ((name === "href" || name === "src") && /^\s*(?:javascript|vbscript|data(?!:image\/)|blob|file):/i.test(value))
      faults.push(`${name}="${value}"`);
  }
  return faults;
};

const root = document.getElementById("root");
const text = document.getElementById("text");
if (root === null || text === null) throw new Error("the page lacks its elements");

const show = (html: string): string[] => {
  text.replaceChildren(renderContent(html, { title: "Trial", editor: true }).fragment);
  const elements = [...text.querySelectorAll("*")];
  for (const element of elements) {
    for (const type of ["mouseover", "pointerenter", "focus", "animationend", "error", "load", "toggle"])
      element.dispatchEvent(new Event(type, { bubbles: true }));
    if (element instanceof HTMLDetailsElement) element.open = true;
    // What leads elsewhere is looked at, not followed; everything else is pressed.
    if (element instanceof HTMLElement && element.closest("a[href]") === null) element.click();
  }
  return elements.flatMap(faultsOf);
};

let typed = "";
let listen: (event: TerminalSourceEvent) => void = () => undefined;
const source: TerminalSource = {
  readOnly: false,
  connect: (_size, listener) => {
    listen = listener;
    listener({ type: "status", status: { connection: { phase: "live", since: 0, attempt: 0 }, shell: "ready" } });
    return {
      write: (bytes) => {
        typed += String.fromCharCode(...bytes);
      },
      resize: () => undefined,
      restart: () => undefined,
      reconnect: () => undefined,
      close: () => undefined,
    };
  },
};

const feed = (bytes: string): Promise<string> =>
  new Promise((resolve) => {
    typed = "";
    const output = Uint8Array.from(bytes, (character) => character.charCodeAt(0));
    listen({ type: "output", bytes: output, consumed: () => resolve(typed) });
  });

const draw = async (source: string): Promise<Drawn> => {
  const around = [...document.body.children, ...document.head.children];
  let drawing: Drawing;
  try {
    drawing = await drawDiagram(source, pageLook());
  } catch (error) {
    const { line } = faultOf(error, source);
    const message = error instanceof Error ? error.message : String(error);
    return { faults: leftBehind(around), error: { message, ...(line === undefined ? {} : { line }) } };
  }
  const image = new Image();
  image.src = drawing.address;
  text.replaceChildren(image);
  const isShown = await image.decode().then(
    () => true,
    () => false,
  );
  return { faults: [...leftBehind(around), ...(isShown ? [] : [`${drawing.address.slice(0, 200)} is no image`])] };
};

/** What a drawing has left in the page beside its own image. */
const leftBehind = (before: readonly Element[]): string[] =>
  [...document.body.children, ...document.head.children]
    .filter((element) => !before.includes(element) && !(element instanceof HTMLScriptElement))
    .map((element) => `left <${element.tagName} id="${element.id}">`);

Object.assign(window, { trial: { show, feed, draw } satisfies Trial });
root.style.height = "400px";
createRoot(root).render(
  <TerminalPane
    source={source}
    label="Terminal"
    options={{ fontSize: 14, screenReaderMode: false, highContrast: false, readOnly: false }}
    onLeave={() => undefined}
  />,
);
