import { contentVariables } from "../../content-variables/content-variables.ts";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error, warning } from "../report.ts";
import type { SourceTree } from "../source-tree.ts";
import { suggest } from "../suggest.ts";
import { fileAt, filesBelow, hasFolder, nameOf, normalizePath, parentOf } from "../tree/tree-view.ts";
import { anchorsOf } from "./anchors.ts";
import { linksOf, type PageLink } from "./links.ts";
import type { Page } from "./markdown.ts";

/** A page among all pages of the workshop. */
export interface LinkContext {
  readonly tree: SourceTree;
  readonly page: Page;
  /** Every page that is put into images, by path. */
  readonly pages: ReadonlyMap<string, Page>;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Only pages and assets are put into images. */
const isShipped = (path: string): boolean => /^(?:assets|steps\/[^/]+\/assets)\//.test(path);

/** Every wrong link and picture of a page. */
export function* checkLinks(context: LinkContext): Iterable<Diagnostic> {
  for (const link of linksOf(context.page)) yield* checkLink(context, link);
}

function* checkLink(context: LinkContext, link: PageLink): Iterable<Diagnostic> {
  const { page } = context;
  const at = page.file.at(link.offset);
  // Where it leads is known only where the workshop runs.
  if (contentVariables(link.destination).length > 0) return;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(link.destination)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    if (!["http", "https", "mailto", "tel"].includes(scheme))
      yield warning({
        code: "unsafe-link",
        path: "",
        at,
        message: `Addresses that begin with ${scheme}: are removed when the page is shown.`,
        remedy: "Link to an http or https address, or to a file in assets/.",
      });
    return;
  }
  if (link.destination.startsWith("//")) return;
  const [place = "", fragment] = link.destination.split("#", 2);
  const written = decoded(place.split("?")[0] ?? "");
  if (written === "" && fragment !== undefined && fragment !== "") yield* checkAnchor(context, page, { fragment, at });
  else yield* checkFile(context, link, { written, fragment, at });
}

interface Place {
  readonly at: NonNullable<Diagnostic["at"]>;
  readonly fragment?: string | undefined;
}

function* checkAnchor(context: LinkContext, target: Page, { fragment, at }: Place): Iterable<Diagnostic> {
  const anchors = anchorsOf(target);
  const wanted = decoded(fragment ?? "");
  if (wanted === "" || anchors.has(wanted)) return;
  const meant = suggest(wanted, anchors);
  yield warning({
    code: "dead-link",
    path: "",
    at,
    message: `${target === context.page ? "This page" : target.file.file} has no heading with the anchor #${wanted}.`,
    remedy:
      meant === undefined
        ? "Link to one of its headings: small letters, dashes for spaces."
        : `Did you mean "#${meant}"?`,
  });
}

function* checkFile(
  context: LinkContext,
  link: PageLink,
  place: Place & { readonly written: string },
): Iterable<Diagnostic> {
  const { tree, page, pages } = context;
  const { written, at } = place;
  const path =
    written === ""
      ? undefined
      : normalizePath(written.startsWith("/") ? written : `${parentOf(page.file.file)}/${written}`);
  const target = path === undefined ? undefined : pages.get(path);
  if (link.kind === "link" && target !== undefined) return yield* checkAnchor(context, target, place);
  if (link.kind === "link" && path !== undefined && /^steps\/[^/]+$/.test(path) && pages.has(`${path}/content.md`))
    return;
  if (path === undefined || (fileAt(tree, path) === undefined && !(link.kind === "link" && hasFolder(tree, path)))) {
    yield error({
      code: link.kind === "image" ? "missing-image" : "dead-link",
      path: "",
      at,
      message: `${link.kind === "image" ? "The picture" : "The link"} "${written}" leads nowhere.`,
      remedy: remedyFor(context, path ?? written),
    });
  } else if (!isShipped(path))
    yield warning({
      code: "not-shipped",
      path: "",
      at,
      message: `"${written}" exists, but only pages and assets/ are put into images, so students would not see it.`,
      remedy: `Move it to ${parentOf(page.file.file) === "" ? "" : `${parentOf(page.file.file)}/`}assets/ and link to it there.`,
    });
}

const remedyFor = ({ tree, page, pages }: LinkContext, path: string): string => {
  const folder = parentOf(page.file.file);
  const own = folder === "" ? [] : filesBelow(tree, `${folder}/assets`);
  const candidates = [...own, ...filesBelow(tree, "assets"), ...pages.keys()];
  const sameName = candidates.filter((file) => !pages.has(file)).find((file) => nameOf(file) === nameOf(path));
  const meant = sameName ?? suggest(path, candidates);
  if (meant === undefined) return `Put the file into ${folder === "" ? "" : `${folder}/`}assets/, or correct the link.`;
  return `Did you mean "${own.includes(meant) ? meant.slice(folder.length + 1) : `/${meant}`}"?`;
};
