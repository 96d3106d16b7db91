// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import type { Page } from "playwright-core";

/** WCAG 1.4.12: what a reader may set, and nothing may get lost by. The terminal's grid is its own. */
export const readersSpacing = `
  :not(.xterm, .xterm *) { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-block-end: 2em !important; }`;

/** What stands outside of the window, or is cut off within its box, without a way to scroll there. */
export const lostSideways = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const nameOf = (element: Element): string =>
      `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""} "${(element.textContent ?? "").trim().slice(0, 40)}"`;
    const isHidden = (element: Element): boolean =>
      !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
      element.closest(".visually-hidden, .skip, .xterm, [inert]") !== null;
    const scrolls = (element: Element | null): boolean =>
      element !== null && (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const lost: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) lost.push(`the page is ${scrollWidth} px wide in ${clientWidth}`);
    for (const element of document.querySelectorAll("body *")) {
      if (isHidden(element)) continue;
      const { left, right, width } = element.getBoundingClientRect();
      if (width === 0) continue;
      if ((right > innerWidth + 1 || left < -1) && !scrolls(element)) lost.push(`outside: ${nameOf(element)}`);
      const { overflowX, textOverflow, clipPath } = getComputedStyle(element);
      const isCut =
        /hidden|clip/.test(overflowX) && clipPath === "none" && element.scrollWidth > element.clientWidth + 1;
      if (isCut && textOverflow !== "ellipsis" && element.childElementCount === 0)
        lost.push(`cut off: ${nameOf(element)}`);
    }
    return lost;
  });

/** WCAG 2.5.8: what is smaller than 24 px; links in running text may be. */
export const smallTargets = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=tab], [tabindex='0']")]
      .filter(
        (element) =>
          element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
          element.closest(".xterm, .skip, .visually-hidden, [inert]") === null &&
          !(element.matches("a") && element.closest("p, li, td, dd") !== null),
      )
      .map((element) => ({ element, box: (element.closest("label") ?? element).getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} is ${box.width} × ${box.height}`),
  );

export interface TabStop {
  readonly name: string;
  readonly hasRing: boolean;
  /** Something else lies over its middle. */
  readonly isCovered: boolean;
}

/** Goes through the page by Tab until it is round. A terminal has its cursor for a ring, and is left by its chord. */
export const tabStops = async (page: Page): Promise<readonly TabStop[]> => {
  const stops: TabStop[] = [];
  let terminals = 0;
  while (stops.length < 120) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (element === null || element === document.body) return undefined;
      if (element.matches(".xterm-helper-textarea")) return "terminal";
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const { left, top, width, height } = element.getBoundingClientRect();
      const within = (value: number, most: number): number => Math.min(most - 1, Math.max(0, value));
      const above = document.elementFromPoint(
        within(left + width / 2, innerWidth),
        within(top + height / 2, innerHeight),
      );
      return {
        name: `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""} "${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40)}" at ${Math.round(left)}`,
        hasRing: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1,
        isCovered: above === null || !(element.contains(above) || above.contains(element)),
      };
    });
    if (stop === "terminal") {
      terminals++;
      if (terminals > 1) return stops;
      await page.keyboard.press("Control+Shift+Period");
    } else if (stop !== undefined) stops.push(stop);
    else if (stops.length > 0) return stops;
  }
  return stops;
};

/** What is chosen among several but looks no different from what is not, or cannot be read. */
export const choicesNotSeen = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const lightness = (color: string): number => {
      const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (a: string, b: string): number => {
      const [less = 0, more = 0] = [lightness(a), lightness(b)].sort((left, right) => left - right);
      return (more + 0.05) / (less + 0.05);
    };
    const canvas = getComputedStyle(document.body).backgroundColor;
    return [...document.querySelectorAll("[aria-pressed=true], [aria-current], [role=tab][aria-selected=true]")]
      .filter((element) => element.checkVisibility())
      .flatMap((element) => {
        const { backgroundColor } = getComputedStyle(element);
        const texts = [element, ...element.querySelectorAll("*")].map((each) => getComputedStyle(each).color);
        const isSeen = contrast(backgroundColor, canvas) >= 3;
        const isRead = texts.every((color) => contrast(color, backgroundColor) >= 4.5);
        return isSeen && isRead ? [] : [`${element.outerHTML.slice(0, 90)}: ${backgroundColor} on ${canvas}`];
      });
  });
