import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { onComplaint, openChromium } from "@atelier/testkit/chromium";
import type { Page } from "playwright-core";
import { build } from "vite";
import { startFakeServer } from "./fake-server.ts";
import type { Scenario } from "./fake-session.ts";

interface Shot {
  readonly name: string;
  readonly scenario: Scenario;
  readonly size?: { readonly width: number; readonly height: number };
  readonly prepare?: (page: Page, setDown: (down: boolean) => void) => Promise<unknown>;
}

const tab = (name: string) => (page: Page) => page.getByRole("tab", { name }).click();
const caughtUp = (page: Page): Promise<unknown> => page.locator(".attention").waitFor();
const playing = async (page: Page): Promise<void> => {
  await tab("Recordings")(page);
  await page.locator(".timeline__entry").first().waitFor();
  await page.locator(".cast-player .xterm-rows").waitFor();
  await page.getByRole("button", { name: "First error" }).click();
  await page.waitForTimeout(500);
};

const shots: readonly Shot[] = [
  { name: "stuck", scenario: "stuck", prepare: (page) => page.waitForTimeout(500) },
  { name: "calm", scenario: "calm" },
  { name: "fresh", scenario: "fresh" },
  {
    name: "checks",
    scenario: "stuck",
    prepare: async (page) => {
      await tab("Checks")(page);
      await page.locator(".check-entry summary").first().click();
    },
  },
  {
    name: "help",
    scenario: "stuck",
    prepare: async (page) => {
      await tab("Help")(page);
      await page.locator(".help-use summary").first().click();
    },
  },
  { name: "notes", scenario: "stuck", prepare: tab("Log notes") },
  { name: "recording", scenario: "stuck", prepare: playing },
  { name: "off", scenario: "off", prepare: tab("Recordings") },
  {
    name: "reconnecting",
    scenario: "stuck",
    prepare: async (page, setDown) => {
      await page.locator(".live .xterm-rows span").first().waitFor();
      setDown(true);
      await page.waitForTimeout(1500);
    },
  },
  { name: "laptop", scenario: "stuck", size: { width: 1100, height: 720 } },
  { name: "phone", scenario: "stuck", size: { width: 390, height: 844 } },
  { name: "narrow", scenario: "stuck", size: { width: 320, height: 640 } },
];

const only = process.argv[2] ?? "";
const folder = join(import.meta.dirname, "../../../../screenshots/instructor");
await mkdir(folder, { recursive: true });
const root = join(import.meta.dirname, "../..");
await build({ root, configFile: join(root, "vite.config.ts"), logLevel: "error" });
const browser = await openChromium();
try {
  for (const { name, scenario, size, prepare } of shots.filter((shot) => shot.name.includes(only)))
    for (const colorScheme of ["light", "dark"] as const) {
      const server = await startFakeServer({ scenario });
      const context = await browser.newContext({
        viewport: size ?? { width: 1440, height: 900 },
        colorScheme,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      onComplaint(page, (message) => process.stderr.write(`${name}: ${message}\n`));
      await page.goto(server.url);
      await caughtUp(page);
      await prepare?.(page, server.setDown);
      await page.waitForTimeout(250);
      await page.screenshot({
        path: join(folder, `${name}-${colorScheme}.png`),
        fullPage: size !== undefined && size.width < 800,
      });
      await context.close();
      await server.close();
    }
} finally {
  await browser.close();
}
