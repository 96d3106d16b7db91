// What is handed to the page runs in the browser.
/// <reference lib="dom" />
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromiumFile, openChromium } from "@atelier/testkit/chromium";
import { createAtelierCli } from "@atelier/testkit";
import type { Page } from "playwright-core";
import { type BenchRow, median, spreadOf } from "./bench-row.ts";

const rounds = 12;
const example = fileURLToPath(new URL("../examples/linux-basics", import.meta.url));

/** Notes, in the page, when the terminal first shows a prompt; milliseconds since the navigation began. */
const watchForPrompt = (): void => {
  const look = (): void => {
    const text = document.querySelector(".xterm-rows")?.textContent ?? "";
    if (/[$#]/.test(text)) Object.assign(window, { promptAt: performance.now() });
    else requestAnimationFrame(look);
  };
  document.addEventListener("DOMContentLoaded", look);
};

const promptAt = async (page: Page): Promise<number> =>
  Number(
    await page
      .waitForFunction(() => Reflect.get(window, "promptAt") as number | undefined, undefined, { timeout: 60_000 })
      .then((handle) => handle.jsonValue()),
  );

/** The student page of a real workspace in Chromium: what it fetches at first, and when its terminal is there. */
export default async (): Promise<readonly BenchRow[]> => {
  if (!existsSync(chromiumFile))
    throw new Error(`The bench "page" needs ${chromiumFile}: \`npm run test:browser\` installs Debian's chromium.`);
  await using atelier = await createAtelierCli();
  const link = (await atelier.succeed("run", example)).stdout.trim();
  const browser = await openChromium();
  const bytes: number[] = [];
  const fresh: number[] = [];
  const again: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      // A browser that has never been here: nothing is cached.
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      await context.addInitScript(watchForPrompt);
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send("Network.enable");
      const types = new Map<string, string>();
      let sum = 0;
      session.on("Network.responseReceived", ({ requestId, type }) => types.set(requestId, type));
      session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
        const type = types.get(requestId);
        if (type === "Document" || type === "Script" || type === "Stylesheet" || type === "Font")
          sum += encodedDataLength;
      });
      await page.goto(link);
      fresh.push(await promptAt(page));
      bytes.push(sum / 1000);
      await page.getByRole("button", { name: "Understood, open the terminal" }).click();
      await page.goto(new URL("/", page.url()).href);
      again.push(await promptAt(page));
      await context.close();
    }
  } finally {
    await browser.close();
  }
  const row = ({ name, unit, figures, goal }: Measured): BenchRow => ({
    name,
    unit,
    ours: median(figures),
    peer: null,
    ratio: null,
    goal: `≤ ${goal}`,
    met: median(figures) <= goal,
    spread: spreadOf(figures),
  });
  return [
    row({ name: "page: first load, as the browser gets it", unit: "kB", figures: bytes, goal: 250 }),
    row({ name: "page: link to prompt, never seen before", unit: "ms", figures: fresh, goal: 500 }),
    row({ name: "page: reload to prompt", unit: "ms", figures: again, goal: 500 }),
  ];
};

interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly figures: readonly number[];
  readonly goal: number;
}
