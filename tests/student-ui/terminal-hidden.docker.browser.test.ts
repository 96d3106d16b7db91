// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createAtelierCli } from "@atelier/testkit";
import { chromiumForTests } from "@atelier/testkit/chromium";
import { button, openWorkspacePage, typeIn } from "./open-desk.ts";

const browser = chromiumForTests();

/** What a headless browser does not do by itself: a hidden page's timers run once a second. */
const hiding = (): void => {
  let isHidden = false;
  const soon = window.setTimeout.bind(window);
  const later = (task: TimerHandler, ms = 0, ...values: unknown[]): number =>
    soon(task, isHidden ? Math.max(1000, ms) : ms, ...values);
  Object.assign(window, {
    setTimeout: later,
    hidePage: (now: boolean) => {
      isHidden = now;
      document.dispatchEvent(new Event("visibilitychange"));
    },
  });
  Object.defineProperty(document, "visibilityState", { get: () => (isHidden ? "hidden" : "visible") });
};

test("a command goes on in a tab that nobody sees (its slow timers are played), and its end is there when it is seen again", async () => {
  await using atelier = await createAtelierCli();
  const example = fileURLToPath(new URL("../../examples/linux-basics", import.meta.url));
  const link = (await atelier.succeed("run", example)).stdout.trim();
  await using session = await browser().newContext({ viewport: { width: 1280, height: 800 } });
  await session.addInitScript(hiding);
  const { page, complaints } = await openWorkspacePage(session, link);
  await button(page, "Understood, open the terminal").click();
  const hide = (now: boolean): Promise<unknown> => page.evaluate((next) => Reflect.get(window, "hidePage")(next), now);
  // 10 MB: at a window a second that would take more than a minute.
  await typeIn(page, "sleep 1; seq 1 1500000; date +ended-at-%s-by-the-clock\n");
  await hide(true);
  await sleep(15_000);
  const seenAgain = Date.now() / 1000;
  await hide(false);
  await page.waitForFunction(() => /ended-at-\d+-by/.test(document.querySelector(".xterm-rows")?.textContent ?? ""));
  const [, ended] = /ended-at-(\d+)-by/.exec((await page.locator(".xterm-rows").first().textContent()) ?? "") ?? [];
  assert.ok(Number(ended) <= seenAgain, `it ended at ${ended} and was seen again at ${seenAgain}`);
  assert.deepEqual(complaints, []);
});
