export type LinkKind = "outside" | "anchor" | "inside" | "none";

/**
 * What a link in a workshop text leads to. `base` is the page's own address. `none` is a link that
 * must not be followed: a script, a file, another program.
 */
export const linkKind = (href: string, base: string): LinkKind => {
  if (href.startsWith("#")) return "anchor";
  let url: URL;
  try {
    url = new URL(href, base);
  } catch {
    return "none";
  }
  if (url.protocol === "mailto:") return "outside";
  if (url.protocol !== "http:" && url.protocol !== "https:") return "none";
  return url.origin === new URL(base).origin ? "inside" : "outside";
};
