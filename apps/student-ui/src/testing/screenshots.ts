import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { type FakeServer, startFakeServer } from "./fake-server.ts";
import type { Scenario } from "./fake-workshop.ts";
import { openBrowser } from "./open-browser.ts";

interface Shot {
  readonly name: string;
  readonly scenario: Scenario;
  readonly size?: { readonly width: number; readonly height: number };
  readonly touch?: boolean;
  readonly prepare?: (page: Page, server: FakeServer) => Promise<unknown>;
}

const desktop = { width: 1440, height: 900 };
const laptop = { width: 1100, height: 720 };
const phone = { width: 390, height: 844 };
const smallest = { width: 320, height: 640 };

const prompt = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector(".xterm-rows")?.textContent?.includes("$"));
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const type = async (page: Page, text: string): Promise<void> => {
  await prompt(page);
  await page.locator(".terminal-pane").first().click();
  await page.keyboard.type(text);
};
const check = async (page: Page): Promise<void> => {
  await prompt(page);
  await button(page, "Check my work").click();
  await page.locator(".check-result").waitFor();
};
const solve = 'mkdir -p ~/notes; echo "learn the shell" > ~/notes/todo.txt; ls --color=always -la ~/notes\n';

const shots: readonly Shot[] = [
  { name: "intro", scenario: "fresh", prepare: prompt },
  { name: "step", scenario: "working", prepare: (page) => type(page, "ls --color=always /\n") },
  { name: "check-failed", scenario: "working", prepare: check },
  {
    name: "check-by-itself",
    scenario: "self-checking",
    prepare: (page) => page.getByText(/^Looked at by itself/).waitFor(),
  },
  {
    name: "dispute",
    scenario: "working",
    prepare: async (page) => {
      await check(page);
      await button(page, "This check is wrong…").click();
      await button(page, "Make the file").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "dispute-made",
    scenario: "working",
    prepare: async (page) => {
      await check(page);
      await button(page, "This check is wrong…").click();
      await button(page, "Make the file").click();
      await button(page, "Make another file").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "check-passed",
    scenario: "working",
    prepare: async (page) => {
      await type(page, solve);
      await page.waitForTimeout(300);
      await check(page);
    },
  },
  {
    name: "help",
    scenario: "working",
    prepare: async (page) => {
      await button(page, "Show a hint").click();
      await page.locator(".help__text").waitFor();
      await page.locator(".help").scrollIntoViewIfNeeded();
    },
  },
  { name: "help-confirm", scenario: "working", prepare: (page) => button(page, "Show the solution").click() },
  { name: "settings", scenario: "working", prepare: (page) => button(page, "Settings").click() },
  { name: "reset-confirm", scenario: "transitions", prepare: (page) => button(page, "Start this step over").click() },
  {
    name: "refused-request",
    scenario: "transitions",
    prepare: async (page) => {
      await button(page, "Start this step over").click();
      await button(page, "Start over").click();
    },
  },
  { name: "finish", scenario: "finished", prepare: (page) => page.getByRole("button", { name: "Wrap-up" }).click() },
  { name: "booting", scenario: "booting" },
  { name: "boot-failed", scenario: "boot-failed" },
  { name: "refused", scenario: "refused" },
  { name: "exited", scenario: "working", prepare: (page) => type(page, "exit 3\n") },
  {
    name: "reconnecting",
    scenario: "working",
    prepare: async (page, server) => {
      await prompt(page);
      server.setDown(true);
      await page.waitForTimeout(1500);
    },
  },
  { name: "laptop", scenario: "working", size: laptop, prepare: prompt },
  { name: "laptop-steps", scenario: "working", size: laptop, prepare: (page) => button(page, "Steps").first().click() },
  { name: "phone-text", scenario: "working", size: phone, touch: true },
  {
    name: "phone-check",
    scenario: "working",
    size: phone,
    touch: true,
    prepare: async (page) => {
      await button(page, "Check my work").click();
      await page.locator(".check-result").waitFor();
    },
  },
  {
    name: "phone-terminal",
    scenario: "working",
    size: phone,
    touch: true,
    prepare: async (page) => {
      await page.locator(".pane-switch").getByText("Tools").click();
      await prompt(page);
    },
  },
  { name: "smallest", scenario: "working", size: smallest, touch: true },
  {
    name: "smallest-terminal",
    scenario: "working",
    size: smallest,
    touch: true,
    prepare: (page) => page.locator(".pane-switch").getByText("Tools").click(),
  },
];

const folder = join(import.meta.dirname, "../../../../screenshots");
await mkdir(folder, { recursive: true });
const only = process.argv.slice(2);
const browser = await openBrowser();
try {
  for (const shot of shots.filter(({ name }) => only.length === 0 || only.includes(name)))
    for (const colorScheme of ["light", "dark"] as const) {
      const server = await startFakeServer({ scenario: shot.scenario });
      const context = await browser.newContext({
        viewport: shot.size ?? desktop,
        colorScheme,
        reducedMotion: "reduce",
        hasTouch: shot.touch ?? false,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(8000);
      page.on(
        "console",
        (message) => message.type() === "error" && process.stderr.write(`${shot.name}: ${message.text()}\n`),
      );
      page.on("pageerror", (error) => process.stderr.write(`${shot.name}: ${error.message}\n`));
      try {
        await page.goto(server.url);
        await page.waitForTimeout(700);
        await shot.prepare?.(page, server);
        await page.waitForTimeout(400);
      } catch (error) {
        process.stderr.write(`${shot.name} (${colorScheme}): ${String(error).split("\n")[0]}\n`);
      }
      await page.screenshot({ path: join(folder, `${shot.name}-${colorScheme}.png`) });
      await context.close();
      await server.close();
    }
} finally {
  await browser.close();
}
