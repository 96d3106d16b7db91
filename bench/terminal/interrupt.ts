import { setTimeout as sleep } from "node:timers/promises";
import { openChromium } from "@atelier/testkit/chromium";
import type { Page } from "playwright-core";

const floodMs = 1500;

/** Milliseconds from Ctrl-C to the prompt on the page, out of a flood, in a real browser with the real xterm.js. */
export const interruptTimes = async (link: string, times: number): Promise<readonly number[]> => {
  const browser = await openChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(link);
    await page.locator(".xterm-rows").first().waitFor({ timeout: 60_000 });
    // What is recorded stands before the first prompt.
    await page.getByRole("button", { name: "Understood, open the terminal" }).click({ timeout: 60_000 });
    await page.locator(".xterm-screen").first().click();
    await sleep(1000);
    await page.keyboard.type("PS1='ready> '; clear\n");
    await promptShown(page);
    const took: number[] = [];
    for (let time = 0; time < times; time++) {
      await page.keyboard.type("yes\n");
      await sleep(floodMs);
      await page.evaluate(watchForPrompt);
      await page.keyboard.press("Control+c");
      took.push(await page.evaluate<number>("window.promptTook"));
      await promptShown(page);
      await sleep(200);
    }
    return took;
  } finally {
    await browser.close();
  }
};

const isShown = `document.querySelector(".xterm-rows").textContent.trimEnd().endsWith("ready>")`;

/** Looks from outside: the page's policy lets nobody evaluate text inside it. */
const promptShown = async (page: Page): Promise<void> => {
  for (const deadline = performance.now() + 60_000; !(await page.evaluate<boolean>(isShown)); await sleep(50))
    if (performance.now() > deadline) throw new Error("the prompt did not come back");
};

/** Runs in the page: from the key's own event to the change of the page that shows the prompt. */
const watchForPrompt = `
  window.promptTook = new Promise((resolve) => {
    window.addEventListener("keydown", function onKey(event) {
      if (!event.ctrlKey || event.key !== "c") return;
      window.removeEventListener("keydown", onKey, true);
      const pressed = performance.now();
      const observer = new MutationObserver(() => {
        if (!${isShown}) return;
        observer.disconnect();
        resolve(performance.now() - pressed);
      });
      observer.observe(document.querySelector(".xterm-rows"), { subtree: true, childList: true, characterData: true });
    }, true);
  });
  undefined;
`;
