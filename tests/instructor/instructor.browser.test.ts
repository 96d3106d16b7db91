// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { onComplaint, openChromium } from "@atelier/testkit/chromium";
import { ensureAppBundle } from "@atelier/build";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type FakeServer, startFakeServer } from "./fake-server.ts";

let browser: Browser;
let dist: string;

before(async () => {
  // As the platform layer has it; a build of the same sources is used again.
  dist = join((await ensureAppBundle(process.env)).folder, "instructor-ui");
  browser = await openChromium();
});

after(() => browser.close());

interface Visit {
  readonly page: Page;
  readonly server: FakeServer;
  readonly complaints: string[];
}

const visit = async (context: TestContext, scenario: string, options: BrowserContextOptions = {}): Promise<Visit> => {
  const server = await startFakeServer(scenario, dist);
  const session = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await session.newPage();
  context.after(async () => {
    await session.close();
    await server.close();
  });
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  onComplaint(page, (message) => complaints.push(message));
  await page.goto(server.url);
  return { page, server, complaints };
};
const tab = (page: Page, name: string) => page.getByRole("tab", { name });
const command = (text: string, seq: number): unknown => ({
  type: "command",
  record: {
    v: 1,
    seq,
    ts: new Date().toISOString(),
    type: "command",
    terminal: "1",
    command: text,
    cwd: "/",
    exitCode: 0,
    startedAt: new Date().toISOString(),
    durationMs: 5,
    verified: true,
    shell: "bash",
  },
});

test("signs, progress, commands, checks, help and notes are there, and axe finds nothing serious", async (context) => {
  const { page, complaints } = await visit(context, "stuck");
  for (const text of [
    "The same point failed in 3 checks in a row",
    "The same command failed 4 times",
    /^At this step for \d+ min$/,
    /^Nothing has happened for \d+ min$/,
    "solved for them · 4 min · planned 5 min",
    "Student is here",
    "1 other instructor watching",
  ])
    await page.getByText(text, { exact: true }).first().waitFor();
  assert.equal(await page.locator(".commands__table tbody tr").count(), 12);
  await page.getByRole("checkbox", { name: "Failed only" }).check();
  assert.equal(await page.locator(".commands__table tbody tr").count(), 6);
  await page.getByRole("searchbox", { name: "Search commands" }).fill("MKDRI");
  assert.equal(await page.locator(".commands__table tbody tr").count(), 1);
  const serious = async (): Promise<readonly string[]> =>
    (await new AxeBuilder({ page }).analyze()).violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  assert.deepEqual(await serious(), []);
  await tab(page, "Checks").click();
  await page.locator(".check-entry summary").first().click();
  await page.locator(".check-entry[open] .result__message").first().waitFor();
  await tab(page, "Help").click();
  await page.getByText("Opened the hints").waitFor();
  await tab(page, "Log notes").click();
  await page.getByText("“dash” runs inside terminal 1").waitFor();
  await page.getByRole("button", { name: "Dark" }).click();
  await tab(page, "Recordings").click();
  await page.locator(".cast-player .xterm-rows").waitFor();
  assert.deepEqual(await serious(), []);
  assert.deepEqual(complaints, []);
});

test("what happens is shown as it happens, and watching types nothing and sizes nothing", async (context) => {
  const { page, server } = await visit(context, "calm");
  await page.getByText("Nothing suggests that help is needed.").waitFor();
  await page.getByText("Student is away").waitFor();
  await page.waitForFunction(() => document.querySelector(".xterm-rows")?.textContent?.includes("todo.txt"));
  server.send(command("a brand new command", 9));
  await page.locator("code", { hasText: "a brand new command" }).waitFor();
  await page.locator(".xterm-screen").click();
  await page.keyboard.type("rm -rf /\n");
  await page.setViewportSize({ width: 900, height: 700 });
  await page.waitForTimeout(300);
  assert.deepEqual(await server.intrusions(), []);
});

test("a pane that is smaller than the student's screen shows where the cursor is, and is its reader's to scroll", async (context) => {
  const { page } = await visit(context, "stuck", { viewport: { width: 1100, height: 720 } });
  await page.waitForFunction(() => document.querySelector(".xterm-rows")?.textContent?.includes("private.txt"));
  /** Whether the last row in which something stands is within the pane. */
  const seesLast = (): Promise<boolean> =>
    page.evaluate(() => {
      const pane = document.querySelector(".terminal-pane__screen")?.getBoundingClientRect();
      const rows = [...document.querySelectorAll(".xterm-rows > *")].filter((row) => row.textContent?.trim() !== "");
      return (rows.at(-1)?.getBoundingClientRect().bottom ?? 0) <= (pane?.bottom ?? 0) + 1;
    });
  for (const deadline = performance.now() + 10_000; !(await seesLast()); await page.waitForTimeout(50))
    assert.ok(performance.now() < deadline, "the prompt is in view");
  const pane = page.locator(".terminal-pane__screen");
  assert.ok(await pane.evaluate((element) => element.scrollTop > 0), "there was something to scroll");
  await pane.evaluate((element) => element.scrollTo(0, 0));
  await page.waitForTimeout(300);
  assert.equal(await pane.evaluate((element) => element.scrollTop), 0);
});

test("a lost connection is told, comes back by itself, and nothing comes twice", async (context) => {
  const { page, server } = await visit(context, "calm");
  const rows = page.locator(".commands__table tbody tr");
  await rows.first().waitFor();
  const count = await rows.count();
  server.setDown(true);
  await page.getByText("Not connected, trying again").waitFor();
  server.send(command("while you were away", count + 1));
  server.setDown(false);
  await page.locator("code", { hasText: "while you were away" }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  assert.equal(await rows.count(), count + 1);
});

test("a command leads to its place in the recording; the first error, speed, search and download are at hand", async (context) => {
  const { page, complaints } = await visit(context, "stuck");
  await page.getByRole("button", { name: "Play the recording from “mkdir notes”" }).click();
  await page.locator(".cast-player .xterm-rows").waitFor();
  const at = page.getByRole("slider", { name: "Place in the recording" });
  const isAt = (place: string): Promise<unknown> =>
    page.waitForFunction(
      (wanted) => document.querySelector(".cast-player__time")?.textContent?.startsWith(`${wanted} /`),
      place,
    );
  const screen = page.locator(".cast-player .xterm-rows");
  await isAt("02:10");
  await page.getByRole("button", { name: "First error" }).click();
  await isAt("02:15");
  await screen.getByText("mkdri").first().waitFor();
  await page.getByLabel("Speed").selectOption("4");
  await page.locator(".cast-player .xterm-rows").waitFor();
  await page.getByRole("searchbox", { name: "Search the timeline" }).fill("ls -la");
  await page.locator(".timeline__entry").click();
  await isAt("00:30");
  assert.match((await at.getAttribute("aria-valuetext")) ?? "", /^00:30 \/ \d\d:\d\d$/);
  assert.doesNotMatch((await screen.textContent()) ?? "", /mkdri/, "what came later is not on the screen");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await screen.getByText("mkdir").first().waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  assert.match((await page.getByRole("link", { name: /^Download/ }).getAttribute("href")) ?? "", /recordings\/A+1$/);
  assert.deepEqual(complaints, []);
});

test("what a student typed and printed is text here, live, in the log and in the player", async (context) => {
  const { page, complaints } = await visit(context, "hostile", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.evaluate(() => navigator.clipboard.writeText("mine"));
  await page.getByText("Student: <b>Ada</b>").waitFor();
  await page.locator("code", { hasText: "<img src=x" }).first().waitFor();
  await page.locator(".xterm-rows").waitFor();
  await tab(page, "Log notes").click();
  await tab(page, "Recordings").click();
  await page.locator(".timeline__entry").last().click();
  await page.locator(".cast-player .xterm-rows").waitFor();
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => "evil" in window), false);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "mine");
  assert.equal(await page.title(), "Linux basics · Instructor");
  assert.equal(await page.locator('a[href^="javascript"], main img').count(), 0);
  assert.deepEqual(complaints, []);
});

test("who has no link is told how to get one, and nothing is recorded where nothing is", async (context) => {
  const { page } = await visit(context, "refused");
  await page.getByRole("heading", { name: "You are not logged in as an instructor" }).waitFor();
  await page.getByText("atelier instructor", { exact: true }).waitFor();
  const off = await visit(context, "off");
  await off.page.getByText("Commands are not recorded in this workspace.").waitFor();
  await tab(off.page, "Recordings").click();
  await off.page.getByText("Terminals are not recorded in this workspace.").waitFor();
});

test("the page fits 320 pixels, and its tabs are reached by keys", async (context) => {
  const { page } = await visit(context, "stuck", { viewport: { width: 320, height: 640 } });
  await page.getByText("Needs attention").waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
  await tab(page, "Commands").focus();
  await page.keyboard.press("ArrowRight");
  await page.locator(".check-entry").first().waitFor();
});
