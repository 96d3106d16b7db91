// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "playwright-core";
import { desksInChromium } from "./open-desk.ts";

const openDesk = desksInChromium();
const openTab = (page: Page): Promise<void> => page.getByRole("tab", { name: "Recording" }).click();
const screen = (page: Page): Locator => page.locator(".cast-player .xterm-rows");
const isAt = (page: Page, place: string): Promise<unknown> =>
  page.waitForFunction(
    (wanted) => document.querySelector(".cast-player__time")?.textContent?.startsWith(`${wanted} /`),
    place,
  );

test("students play what their terminals showed: click, first error, speed, search, download, keys", async (context) => {
  const { page, complaints } = await openDesk(context, "tools");
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(request.url()));
  await openTab(page);
  await page.locator(".timeline__entry").first().waitFor();
  assert.ok(
    loaded.some((url) => /assets\/recording-tool-.*\.js$/.test(url)),
    "the player comes with the first look at it",
  );
  await page.getByRole("button", { name: /^00:40 Command, worked: ls/ }).click();
  await isAt(page, "00:40");
  await screen(page).getByText("--color").first().waitFor();
  await page.getByRole("button", { name: "First error" }).click();
  await isAt(page, "05:10");
  await screen(page).getByText("notes/todo.txt").first().waitFor();
  assert.equal(await page.locator(".timeline__entry[aria-current]").getByText("cat notes/todo.txt").count(), 1);
  assert.equal(
    await page.getByRole("button", { name: "05:15 Not there yet: Make files and folders" }).count(),
    1,
    "steps have the titles that students know",
  );

  // What is cut short: five minutes and more pass in a second, and what came later is there.
  await page.getByLabel("Speed").selectOption("8");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await isAt(page, "15:00");
  // Its last second may still be playing.
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  await screen(page).getByText("learn the shell").first().waitFor();

  await page.getByRole("searchbox", { name: "Search the timeline" }).fill("MKDIR");
  assert.equal(await page.locator(".timeline__entry").count(), 1);
  assert.match(
    (await page.getByRole("link", { name: /^Download/ }).getAttribute("href")) ?? "",
    /^\/api\/work\/recordings\/A+1$/,
  );

  const place = page.getByRole("slider", { name: "Place in the recording" });
  await place.focus();
  await page.keyboard.press("Home");
  await isAt(page, "00:00");
  // The screen takes no typing, so its keys are the player's.
  await page.locator(".cast-player .xterm-screen").click();
  await page.keyboard.press("ArrowRight");
  await isAt(page, "00:05");
  await page.getByLabel("Skip pauses").uncheck();
  await page.locator(".cast-player .xterm-screen").click();
  await page.waitForFunction(() => document.activeElement?.closest(".cast-player .terminal-pane"));
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test("the tab is without fault in every theme and at 320 pixels", async (context) => {
  const { page, complaints } = await openDesk(context, "tools", {
    viewport: { width: 320, height: 640 },
    // Colours on their way from one theme to another are neither's.
    reducedMotion: "reduce",
  });
  await page.locator(".pane-switch").getByText("Tools").click();
  await openTab(page);
  await page.locator(".timeline__entry").first().waitFor();
  await screen(page).waitFor();
  for (const theme of ["light", "dark", "contrast"]) {
    await page.evaluate((name) => document.documentElement.setAttribute("data-theme", name), theme);
    const { violations } = await new AxeBuilder({ page }).include(".recordings").analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${theme} ${id}: ${nodes[0]?.html}`),
      [],
    );
  }
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
  const sideways = await page.locator(".recordings").evaluate((element) => element.scrollWidth - element.clientWidth);
  assert.equal(sideways, 0);
  await page.getByRole("button", { name: /^05:25/ }).click();
  await isAt(page, "05:25");
  assert.deepEqual(complaints, []);
});

test("where terminals are not recorded it says so and who decided it", async (context) => {
  const { page } = await openDesk(context, "unrecorded");
  await openTab(page);
  await page.getByText("Whoever set up this workspace has switched the recording of terminals off.").waitFor();
  assert.equal(await page.locator(".cast-player").count(), 0);
});

test("a recording that is too large for a page is played part by part, each with its own times", async (context) => {
  const { page, complaints } = await openDesk(context, "tools");
  const asked: string[] = [];
  const startedAt = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();
  const parts = [0, 20, 40].map((minute) => ({ bytes: 20 * 1024 * 1024, startedAt: startedAt(minute) }));
  await page.route("**/api/work/recordings", (route) =>
    route.fulfill({
      json: [{ id: "LARGE", terminal: "1", startedAt: startedAt(0), parts, bytes: 60 * 1024 * 1024, live: false }],
    }),
  );
  await page.route("**/api/work/recordings/**", (route) => {
    const { pathname } = new URL(route.request().url());
    asked.push(pathname);
    const number = Number(pathname.split("/").at(-1));
    const header = { version: 2, width: 80, height: 24, timestamp: Date.parse(startedAt((number - 1) * 20)) / 1000 };
    return route.fulfill({
      contentType: "application/x-asciicast",
      body: `${JSON.stringify(header)}\n[1, "o", "this is part ${number}\\r\\n"]\n[65, "o", "done"]\n`,
    });
  });
  await openTab(page);
  const chooser = page.getByRole("combobox", { name: "Recording" });
  await page.getByText("it plays in parts").waitFor();
  assert.deepEqual(
    (await chooser.locator("option").allTextContents()).map((text) => /part \d of \d$/.exec(text)?.[0]),
    ["part 1 of 3", "part 2 of 3", "part 3 of 3"],
  );
  for (const number of [1, 3]) {
    await chooser.selectOption(`LARGE/${number}`);
    const place = page.getByRole("slider", { name: "Place in the recording" });
    await place.focus();
    await page.keyboard.press("End");
    await screen(page).getByText(`this is part ${number}`).first().waitFor();
    await isAt(page, "01:05");
  }
  assert.deepEqual(asked, ["/api/work/recordings/LARGE/parts/1", "/api/work/recordings/LARGE/parts/3"]);
  assert.equal(
    await page.getByRole("link", { name: /^Download/ }).getAttribute("href"),
    "/api/work/recordings/LARGE",
    "the download is the whole of it",
  );
  assert.deepEqual(complaints, []);
});
