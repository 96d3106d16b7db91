// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { button, type DeskOptions, desksInChromium } from "../student-ui/open-desk.ts";

const open = desksInChromium();

const drawing = (page: Page) => page.getByRole("img", { name: "Diagram: What becomes of a command", exact: true });

/** The page writes its own address first: until then another one would be overwritten. */
const goTo = async (page: Page, hash: string): Promise<void> => {
  await page.waitForURL(/#/);
  await page.evaluate((wanted) => {
    location.hash = wanted;
  }, hash);
};

/** The step of the pretended workshop that has a drawn diagram, and one with a mistake in its third line. */
const openStep = async (context: TestContext, options: DeskOptions = {}) => {
  const desk = await open(context, "finished", options);
  const fetched: string[] = [];
  desk.page.on("request", (request) => fetched.push(request.url()));
  return { ...desk, fetched, show: () => goTo(desk.page, "#/steps/look-around") };
};

/** The picture as the browser has it: an image that failed has no size. */
const pictureOf = (page: Page): Promise<{ readonly source: string; readonly size: number }> =>
  drawing(page).evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    return { source: decodeURIComponent(image.src), size: image.naturalWidth * image.naturalHeight };
  });

test("a diagram is drawn as an image, by a program that comes only then and from here", async (context) => {
  const { page, server, complaints, fetched, show } = await openStep(context);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  assert.deepEqual(
    fetched.filter((url) => url.includes("mermaid")),
    [],
  );
  await show();
  const { source, size } = await pictureOf(page);
  assert.ok(size > 10_000, String(size));
  assert.match(source, /^data:image\/svg\+xml;charset=utf-8,<svg [\s\S]*whoami, then Enter[\s\S]*the next prompt/);
  assert.equal(fetched.filter((url) => url.includes("mermaid")).length, 1);
  const { origin } = new URL(server.url);
  assert.deepEqual(
    fetched.filter((url) => !url.startsWith("data:") && new URL(url).origin !== origin),
    [],
  );

  // The other one is shown as its source, with where its mistake is.
  await page.getByText("there is a mistake in line 3, “Program --> [Screen”").waitFor();
  await page.getByText("Program --> [Screen").last().waitFor();
  assert.deepEqual(complaints, []);
});

test("its source is seen and copied by buttons, and the drawing comes back", async (context) => {
  const { page, show } = await openStep(context);
  await show();
  await drawing(page).waitFor();
  const source = page.locator(".code pre").filter({ hasText: "accTitle" });
  assert.equal(await source.isVisible(), false);
  const toggle = button(page, "Show source");
  await toggle.press("Enter");
  await source.waitFor();
  assert.equal(await toggle.getAttribute("aria-pressed"), "true");
  await drawing(page).waitFor({ state: "hidden" });
  await page.locator(".code").filter({ hasText: "accTitle" }).getByRole("button", { name: "Copy" }).click();
  await page.getByText("Copied").first().waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^sequenceDiagram\n[\s\S]*the next prompt$/);
  await toggle.click();
  await drawing(page).waitFor();
});

test("it is drawn anew in the colours of another theme", async (context) => {
  const { page, show } = await openStep(context, { colorScheme: "light" });
  await show();
  const isDrawnWith = (colour: string): Promise<unknown> =>
    page.waitForFunction(
      (wanted) =>
        decodeURIComponent(document.querySelector<HTMLImageElement>(".diagram img")?.src ?? "").includes(wanted),
      colour,
    );
  await isDrawnWith("#eceafc");
  await page.emulateMedia({ colorScheme: "dark" });
  await isDrawnWith("#272542");
  await button(page, "Settings").click();
  await page.getByText("Contrast", { exact: true }).click();
  await isDrawnWith("#cfcdff");
});

for (const options of [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 320, height: 640 } },
] as const)
  test(`axe finds nothing serious in a page with diagrams, ${options.colorScheme}`, async (context) => {
    const { page, show } = await openStep(context, { ...options, reducedMotion: "reduce" });
    await show();
    await drawing(page).waitFor();
    await page.getByText("there is a mistake in line 3").waitFor();
    const { violations } = await new AxeBuilder({ page }).include(".prose").analyze();
    assert.deepEqual(
      violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id),
      [],
    );
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  });

test("all steps on one page have their diagrams", async (context) => {
  const { page } = await openStep(context);
  await button(page, "Wrap-up").first().click();
  await page.getByText("All steps on one page, to print").click();
  const { size } = await pictureOf(page);
  assert.ok(size > 10_000, String(size));
  await page.emulateMedia({ media: "print" });
  await drawing(page).waitFor();
});
