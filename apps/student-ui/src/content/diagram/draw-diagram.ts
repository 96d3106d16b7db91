import { type DiagramLook, mermaidConfig } from "./diagram-look.ts";
import { loadMermaid, type Mermaid } from "./mermaid-script.ts";
import { keepLines } from "./source-lines.ts";

/** A drawing as an image that can be shown: it runs nothing and loads nothing, whatever its source was. */
export interface Drawing {
  /** `data:` address of an SVG. */
  readonly address: string;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** From `accTitle` and `accDescr`; "" when the author gave none. */
  readonly description: string;
}

/** Where diagrams are laid out: in the page, because text has to be measured, but never seen or reached. */
const layOut = async <T>(work: (place: HTMLElement) => Promise<T>): Promise<T> => {
  const place = document.createElement("div");
  place.className = "diagram__layout";
  place.ariaHidden = "true";
  place.inert = true;
  document.body.append(place);
  try {
    return await work(place);
  } finally {
    place.remove();
  }
};

const words = (svg: Element, selector: string): string => svg.querySelector(selector)?.textContent?.trim() ?? "";

/** Without HTML in its labels, mermaid sets the names of states from the left; every other node has them in its middle. */
const centreStates = (svg: Element): void => {
  for (const label of svg.querySelectorAll<SVGElement>(".statediagram-state > .label")) {
    const place = /^translate\((-[\d.]+),\s*(-?[\d.]+)\)$/.exec(label.getAttribute("transform") ?? "");
    const text = label.querySelectorAll("text");
    if (place === null || text.length !== 1) continue;
    label.setAttribute("transform", `translate(0, ${place[2]})`);
    text[0]?.setAttribute("text-anchor", "middle");
  }
};

const drawingOf = (markup: string): Drawing => {
  // As HTML, which is how mermaid wrote it, into a document that runs nothing; then as the XML that an image has to be.
  const svg = new DOMParser().parseFromString(markup, "text/html").querySelector("svg");
  if (svg === null) throw new Error("mermaid drew nothing");
  const [, , width = 0, height = 0] = (svg.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (!(width > 0 && height > 0)) throw new Error("mermaid drew nothing");
  centreStates(svg);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const description = [words(svg, "title[id^=chart-title]"), words(svg, "desc[id^=chart-desc]")];
  return {
    address: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`,
    width,
    height,
    description: description.filter((part) => part !== "").join(". "),
  };
};

let count = 0;
// Mermaid's configuration is global, so one drawing ends before the next begins.
let last: Promise<unknown> = Promise.resolve();

const draw = async (mermaid: Mermaid, source: string, look: DiagramLook): Promise<Drawing> => {
  mermaid.initialize(mermaidConfig(look));
  count += 1;
  const { svg } = await layOut((place) => mermaid.render(`diagram-${count}`, keepLines(source), place));
  return drawingOf(svg);
};

/**
 * Draws the source of a diagram.
 * @throws an error of mermaid's when there is a mistake in it ({@link faultOf} reads it)
 */
export const drawDiagram = async (source: string, look: DiagramLook): Promise<Drawing> => {
  const mermaid = await loadMermaid();
  const drawing = last.then(() => draw(mermaid, source, look));
  last = drawing.catch(() => undefined);
  return drawing;
};
