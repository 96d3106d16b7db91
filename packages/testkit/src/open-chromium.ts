import { after, before } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";

/** Where Debian's package puts it; `ATELIER_CHROMIUM` names another one. */
export const chromiumFile = process.env.ATELIER_CHROMIUM ?? "/usr/bin/chromium";

/** Quiet: no update, sync or background traffic. With them it runs as root too. */
export const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
] as const;

/** Debian's chromium without a window. */
export const openChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumFile, args: [...chromiumArguments] });

/** What the browser complains about from now on: uncaught errors, and whatever it writes as an error, like a refusal by the content security policy. */
export const onComplaint = (page: Page, tell: (message: string) => void): void => {
  page.on("pageerror", (error) => tell(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") tell(message.text());
  });
};

/** One browser for the tests of a file; the answer is for within a test. */
export const chromiumForTests = (): (() => Browser) => {
  let browser: Browser;
  before(async () => {
    browser = await openChromium();
  });
  after(() => browser.close());
  return () => browser;
};
