// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { button, desksInChromium, shows, typeIn } from "./open-desk.ts";

const open = desksInChromium();

/** Sockets of terminals that the test can make silent, as those a laptop wakes up with: open, and nobody there. */
const terminalsThatGoSilent = async (page: Page): Promise<() => void> => {
  const lines: { isSilent: boolean }[] = [];
  await page.routeWebSocket(/\/api\/terminals\//, (socket) => {
    const line = { isSilent: false };
    lines.push(line);
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      if (!line.isSilent) server.send(message);
    });
    server.onMessage((message) => {
      if (!line.isSilent) socket.send(message);
    });
  });
  return () => {
    for (const line of lines) line.isSilent = true;
  };
};

for (const [sign, notice, isTyped] of [
  ["a key that nobody answers", (page: Page) => page.keyboard.type("echo into-the-void\n"), true],
  ["a page that wakes up", (page: Page) => page.evaluate(() => void window.dispatchEvent(new Event("online"))), false],
] as const)
  test(`a terminal that went silent without closing is found out by ${sign}, and goes on with nothing lost or doubled`, async (context) => {
    const { page } = await open(context, "working");
    const fallSilent = await terminalsThatGoSilent(page);
    await page.reload();
    await typeIn(page, "kept=yes-$((40+2)); (sleep 3; seq -f 'while-%g-away' 3) &\n");
    await shows(page, "[1]");
    fallSilent();
    // A line that was heard a moment ago is not doubted for a key.
    await page.waitForTimeout(6000);
    const since = performance.now();
    await notice(page);
    await page.getByText(/Connection lost\. Trying again/).waitFor();
    const took = performance.now() - since;
    assert.ok(took > 4000 && took < 9000, `${took} ms`);
    await shows(page, "while-3-away");
    await page.getByText("Connected", { exact: true }).waitFor();
    // Whether it went nowhere cannot be known; that it may have is said until the next key.
    const doubt = page.getByText(/What you typed last may not have arrived/);
    await doubt.waitFor({ state: isTyped ? "visible" : "hidden" });
    await typeIn(page, "echo still-$kept\n");
    await shows(page, "still-yes-42");
    await doubt.waitFor({ state: "hidden" });
    await button(page, "Show as plain text").click();
    const text = await page.getByRole("textbox", { name: "Terminal 1 as text" }).inputValue();
    assert.deepEqual(text.match(/while-\d-away/g), ["while-1-away", "while-2-away", "while-3-away"]);
    // Keys that went nowhere are neither on the screen nor run late.
    assert.doesNotMatch(text, /void/);
  });
