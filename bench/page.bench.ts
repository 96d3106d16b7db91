// What is handed to the page runs in the browser.
/// <reference lib="dom" />
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromiumFile } from "@atelier/testkit/chromium";
import { createAtelierCli } from "@atelier/testkit";
import { type BarePage, openBareChromium } from "./bare-chromium.ts";
import { type BenchRow, median, spreadOf } from "./bench-row.ts";

const rounds = 12;
const example = fileURLToPath(new URL("../examples/linux-basics", import.meta.url));
/** The page is left alone for so long, and asked then. */
const loadMs = 1500;

/** Notes, in the page, when the terminal first shows a prompt; milliseconds since the navigation began. */
const watchForPrompt = (): void => {
  const look = (): void => {
    const text = document.querySelector(".xterm-rows")?.textContent ?? "";
    if (/[$#]/.test(text)) Object.assign(window, { promptAt: performance.now() });
    else requestAnimationFrame(look);
  };
  document.addEventListener("DOMContentLoaded", look);
};

/** Bytes of the page itself as they were sent: document, scripts and styles, not what it asks the workspace. */
const sentBytes = (): number =>
  [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .filter((entry) => entry instanceof PerformanceResourceTiming)
    .filter(
      ({ name, startTime }) =>
        !new URL(name).pathname.startsWith("/api/") && startTime < Reflect.get(window, "promptAt"),
    )
    .reduce((sum, { transferSize }) => sum + transferSize, 0);

const acceptNotice = (): void => {
  const button = [...document.querySelectorAll("button")].find(({ textContent }) =>
    textContent.startsWith("Understood"),
  );
  if (button === undefined) throw new Error("the notice has no button");
  button.click();
};

const promptAt = async (page: BarePage): Promise<number> => {
  for (let waited = 0; waited < 60_000; waited += loadMs) {
    await sleep(loadMs);
    const at = await page.evaluate("window.promptAt");
    if (typeof at === "number") return at;
  }
  throw new Error("The terminal showed no prompt within 60 s.");
};

/** The student page of a real workspace in Chromium: what it fetches at first, and when its terminal is there. */
export default async (): Promise<readonly BenchRow[]> => {
  if (!existsSync(chromiumFile))
    throw new Error(`The bench "page" needs ${chromiumFile}: \`npm run test:browser\` installs Debian's chromium.`);
  await using atelier = await createAtelierCli();
  const link = (await atelier.succeed("run", example)).stdout.trim();
  await using browser = await openBareChromium();
  const watch = `(${watchForPrompt})()`;
  const bytes: number[] = [];
  const fresh: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // A browser that has never been here: nothing is cached.
    const page = await browser.newPage();
    await page.open(link, watch);
    fresh.push(await promptAt(page));
    bytes.push(Number(await page.evaluate(`(${sentBytes})()`)) / 1000);
    await page.evaluate(`(${acceptNotice})()`);
    await page.open(new URL("/", link).href, watch);
    again.push(await promptAt(page));
    await page.close();
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
