// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import { join } from "node:path";
import { after, before, type TestContext } from "node:test";
import { onComplaint, openChromium } from "@atelier/testkit/chromium";
import { ensureAppBundle } from "@atelier/build";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { type FakeServer, startFakeServer } from "./fake-server.ts";

/** The built page, as the platform layer has it; a build of the same sources is used again. */
export const builtPage = async (): Promise<string> => join((await ensureAppBundle(process.env)).folder, "ui");

export interface Desk {
  readonly page: Page;
  readonly server: FakeServer;
  /** What the browser complained about: errors, refusals by the content security policy. */
  readonly complaints: string[];
}

export interface DeskOptions extends BrowserContextOptions {
  /** Leave the notice before the first prompt to the test. */
  readonly keepsNotice?: boolean;
}

/** What a student has agreed to in the pretended workspace. */
const noticeText = (scenario: string): string =>
  ({ asking: "both,anthropic", everything: "both,anthropic", unrecorded: "commands,no-model" })[scenario] ??
  "both,no-model";

/** Agrees to the notice before the page is there, for tests of what lies behind it. */
export const acceptNotice = (context: { addInitScript: Page["addInitScript"] }, scenario: string): Promise<unknown> =>
  context.addInitScript((text) => localStorage.setItem("atelier.notice.w-sample", text), noticeText(scenario));

export type OpenDesk = (test: TestContext, scenario: string, options?: DeskOptions) => Promise<Desk>;

/** One browser for the tests of a file, which open the page in it: each on a pretended server that goes with the test. */
export const desksInChromium = (): OpenDesk => {
  let browser: Browser;
  let dist: string;
  before(async () => {
    dist = await builtPage();
    browser = await openChromium();
  });
  after(() => browser.close());
  return (test, scenario, options) => openDesk({ test, browser, dist }, scenario, options);
};

const openDesk = async (
  { test, browser, dist }: { readonly test: TestContext; readonly browser: Browser; readonly dist: string },
  scenario: string,
  { keepsNotice = false, ...options }: DeskOptions = {},
): Promise<Desk> => {
  const server = await startFakeServer(scenario, dist);
  const session = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  test.after(async () => {
    await session.close();
    await server.close();
  });
  if (!keepsNotice) await acceptNotice(session, scenario);
  const page = await session.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  onComplaint(page, (message) => complaints.push(message));
  await page.goto(server.url);
  return { page, server, complaints };
};

/** Waits until the terminal in front shows a text. */
export const shows = (page: Page, text: string): Promise<unknown> =>
  page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll<HTMLElement>(".xterm-rows")].some((rows) =>
        rows.textContent?.replaceAll("\u00a0", " ").includes(wanted),
      ),
    text,
  );

export const typeIn = async (page: Page, text: string): Promise<void> => {
  await shows(page, "$");
  await page.locator(".xterm-screen").first().click();
  await page.keyboard.type(text);
};

export const button = (page: Page | Locator, name: string): Locator => page.getByRole("button", { name, exact: true });

/** The page of a real workspace, as a student opens the link; what the browser complained about is `complaints`. */
export const openWorkspacePage = async (
  session: { newPage(): Promise<Page> },
  link: string,
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> => {
  const page = await session.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(link);
  return { page, complaints };
};

/** Follows a link that downloads; answers the path of what came. */
export const saved = async (page: Page, name: string | RegExp): Promise<string> => {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name }).first().click(),
  ]);
  return download.path();
};
