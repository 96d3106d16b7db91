import { after, before, test } from "node:test";
import { openChromium } from "@atelier/testkit/chromium";
import type { Browser } from "playwright-core";
import { doWorkshop } from "./do-workshop.ts";

let browser: Browser;
before(async () => {
  browser = await openChromium();
});
after(() => browser.close());

test("git-rescue, from its start page to its last, by its own text, watched by an instructor (the other examples: soak)", () =>
  doWorkshop(browser, "git-rescue", { isWatched: true }));
