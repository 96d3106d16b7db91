// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { ensureAppBundle } from "@atelier/build";
import { openChromium } from "@atelier/testkit/chromium";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { startFakeServer as startInstructorServer } from "../instructor/fake-server.ts";
import { startFakeServer as startStudentServer } from "../student-ui/fake-server.ts";
import { acceptNotice } from "../student-ui/open-desk.ts";
import { choicesNotSeen, lostSideways, readersSpacing, smallTargets, tabStops } from "./look-at-page.ts";

/** Pages and their states, with what shows that they are there. */
const pages = [
  { name: "student: at work", surface: "ui", scenario: "working", ready: "main h1" },
  { name: "student: first page", surface: "ui", scenario: "fresh", ready: "main h1" },
  { name: "student: end page", surface: "ui", scenario: "finished", ready: "main h1" },
  { name: "instructor", surface: "instructor-ui", scenario: "stuck", ready: ".step-progress__step" },
] as const;
type Shown = Omit<(typeof pages)[number], "scenario"> & { readonly scenario: string };

let browser: Browser;
let folder: string;
before(async () => {
  ({ folder } = await ensureAppBundle(process.env));
  browser = await openChromium();
});
after(() => browser.close());

const open = async (context: TestContext, shown: Shown, options: BrowserContextOptions): Promise<Page> => {
  const { surface, scenario, ready } = shown;
  const start = surface === "ui" ? startStudentServer : startInstructorServer;
  const server = await start(scenario, join(folder, surface));
  const session = await browser.newContext(options);
  context.after(async () => {
    await session.close();
    await server.close();
  });
  await acceptNotice(session, scenario);
  const page = await session.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(server.url);
  await page.locator(ready).first().waitFor();
  return page;
};

for (const shown of pages) {
  // A window of 1280 × 1024 at 200 % and at 400 %, and a telephone.
  for (const [width, height] of [
    [640, 512],
    [320, 256],
    [320, 640],
  ] as const)
    test(`${shown.name}, ${width} × ${height}: nothing gets lost, with a reader's own spacing neither`, async (context) => {
      const page = await open(context, shown, { viewport: { width, height } });
      assert.deepEqual(await lostSideways(page), []);
      assert.deepEqual(await smallTargets(page), []);
      await page.addStyleTag({ content: readersSpacing });
      assert.deepEqual(await lostSideways(page), []);
    });

  for (const forcedColors of ["none", "active"] as const)
    test(`${shown.name}: the keyboard's place is always seen, ${forcedColors === "active" ? "in a forced palette" : "as drawn"}`, async (context) => {
      const page = await open(context, shown, { viewport: { width: 1280, height: 800 }, forcedColors });
      const stops = await tabStops(page);
      assert.ok(stops.length >= 8, `only ${stops.length} places`);
      assert.deepEqual(
        stops.filter(({ hasRing, isCovered }) => !hasRing || isCovered),
        [],
      );
    });

  test(`${shown.name}: what is chosen is seen in a forced palette`, async (context) => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open(context, shown, {
        viewport: { width: 1280, height: 800 },
        forcedColors: "active",
        colorScheme,
      });
      assert.notEqual(await page.locator("[aria-pressed=true], [role=tab][aria-selected=true]").count(), 0);
      assert.deepEqual(await choicesNotSeen(page), [], colorScheme);
    }
  });

  test(`${shown.name}: nothing moves for who asked for less motion`, async (context) => {
    const page = await open(context, shown, { viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1)
        .map((animation) => (animation instanceof CSSAnimation ? animation.animationName : "a transition")),
    );
    assert.deepEqual(moving, []);
  });
}

const smallest = { viewport: { width: 320, height: 256 } };

test("at 400 % most of the window is the text's, and a part of it below what is told", async (context) => {
  for (const [scenario, least] of [
    ["working", 128],
    ["moved", 64],
  ] as const) {
    const page = await open(context, { ...pages[0], scenario }, smallest);
    const box = await page.locator(".step-page__scroller").boundingBox();
    assert.ok((box?.height ?? 0) >= least, `${scenario}: ${box?.height} of 256 px`);
  }
});

test("at 400 % the settings are scrolled to within their frame", async (context) => {
  const page = await open(context, pages[0], smallest);
  await page.getByRole("button", { name: "Settings" }).click();
  const frame = await page.locator(".popover").boundingBox();
  assert.ok(frame !== null && frame.y >= 0 && frame.y + frame.height <= 256, JSON.stringify(frame));
  const last = page.locator(".settings p").last();
  await last.scrollIntoViewIfNeeded();
  const box = await last.boundingBox();
  assert.ok(box !== null && box.y + box.height <= frame.y + frame.height, JSON.stringify([frame, box]));
});

for (const reducedMotion of ["reduce", "no-preference"] as const)
  test(`the letters of a terminal that is too narrow for its size keep their distance, motion: ${reducedMotion}`, async (context) => {
    const page = await open(context, pages[3], { viewport: { width: 390, height: 844 }, reducedMotion });
    const rows = page.locator(".live .xterm-rows");
    await rows.getByText("mkdir").first().waitFor();
    await page.waitForFunction(
      () =>
        Number.parseFloat(getComputedStyle(document.querySelector(".live .xterm-rows") ?? document.body).fontSize) < 14,
    );
    // xterm corrects what rounding takes from a letter, never more than a fraction of a pixel. A smaller font is there
    // a picture before the rows are drawn anew.
    await page.waitForFunction(() => {
      const spans = [...document.querySelectorAll(".live .xterm-rows span")];
      return (
        spans.length > 0 &&
        spans.every((span) => !(Math.abs(Number.parseFloat(getComputedStyle(span).letterSpacing)) > 0.5))
      );
    });
  });
