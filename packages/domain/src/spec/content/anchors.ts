import type { Page } from "./markdown.ts";

/** The anchor of a heading: small letters, dashes for spaces, without punctuation. */
export const slugOf = (heading: string): string =>
  heading
    .replace(/!?\[([^\]]{0,500})\]\([^)]{0,500}\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

/** Every anchor of a page; a heading that comes again gets `-1`, `-2`, … */
export const anchorsOf = (page: Page): ReadonlySet<string> => {
  const anchors = new Set<string>();
  const used = new Map<string, number>();
  for (const heading of page.headings) {
    const slug = slugOf(heading);
    const count = used.get(slug) ?? 0;
    used.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
};
