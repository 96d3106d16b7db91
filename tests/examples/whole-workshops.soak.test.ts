import { after, before, test } from "node:test";
import { openChromium } from "@atelier/testkit/chromium";
import type { Browser } from "playwright-core";
import { doWorkshop } from "./do-workshop.ts";

let browser: Browser;
before(async () => {
  browser = await openChromium();
});
after(() => browser.close());

test("linux-basics, from its start page to its last, by its own text, watched by an instructor", () =>
  doWorkshop(browser, "linux-basics", { isWatched: true }));

test("http-service, from its start page to its last, by its own text and its question", () =>
  doWorkshop(browser, "http-service", { answers: ["", "the customer's"] }));
