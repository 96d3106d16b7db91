import DOMPurify from "dompurify";
import { allowedClasses } from "./allowed-classes.ts";
import { linkKind } from "./link-kind.ts";

const tags = [
  ..."h1 h2 h3 h4 h5 h6 p br hr div span section blockquote ul ol li dl dt dd table thead tbody tfoot tr th td caption".split(
    " ",
  ),
  ..."a img figure figcaption pre code kbd samp var em strong b i s del ins sub sup mark small abbr q cite details summary input".split(
    " ",
  ),
];
const attributes =
  "href src alt title class id start reversed value type checked disabled colspan rowspan scope align width height open lang dir".split(
    " ",
  );
const dataAttributes = "lang kind block does terminal interrupt save hint file line quiz"
  .split(" ")
  .map((name) => `data-${name}`);

const purifier = DOMPurify(window);

purifier.addHook("uponSanitizeAttribute", (_node, attribute) => {
  if (attribute.attrName !== "class") return;
  attribute.attrValue = allowedClasses(attribute.attrValue);
  if (attribute.attrValue === "") attribute.keepAttr = false;
});

purifier.addHook("afterSanitizeAttributes", (node) => {
  if (node instanceof HTMLAnchorElement) {
    const kind = linkKind(node.getAttribute("href") ?? "#", document.baseURI);
    if (kind === "none") node.removeAttribute("href");
    if (kind === "outside" || kind === "inside") {
      node.target = "_blank";
      node.rel = "noopener noreferrer";
    }
  }
  if (node instanceof HTMLInputElement) {
    if (node.type !== "checkbox") node.remove();
    node.disabled = true;
  }
  if (node instanceof HTMLImageElement) {
    node.loading = "lazy";
    node.decoding = "async";
  }
});

/** Ids in a text get this prefix, so that none takes the place of one of ours. */
export const anchorPrefix = "user-content-";

/**
 * HTML of a workshop text or an answer of a model as a fragment without anything that acts: no
 * script, style, form or frame, no attribute but the listed ones. The server's renderer turns raw
 * HTML off already; this is the second wall.
 */
export const sanitize = (html: string): DocumentFragment => {
  const fragment: DocumentFragment | null = purifier.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: [...attributes, ...dataAttributes],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    SANITIZE_NAMED_PROPS: true,
    RETURN_DOM_FRAGMENT: true,
  });
  // Of a text that takes the whole document with it nothing is left, not even a fragment.
  return fragment ?? document.createDocumentFragment();
};
