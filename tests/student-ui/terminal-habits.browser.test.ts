// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { button, desksInChromium, shows, typeIn } from "./open-desk.ts";

const open = desksInChromium();

test("the right button copies what is selected, else pastes; several lines are asked about where each would run", async (context) => {
  const { page } = await open(context, "working");
  await typeIn(page, "echo copy-$((1+1))\n");
  await shows(page, "copy-2");
  await page.evaluate(() => navigator.clipboard.writeText("echo pasted-$((3+4))"));
  await page.locator(".xterm-screen").click({ button: "right" });
  await shows(page, "echo pasted-$((3+4))");
  await page.keyboard.press("Enter");
  await shows(page, "pasted-7");
  // The shell asks for bracketed paste; a program that does not takes each line as it comes.
  await typeIn(page, "echo go-$((1+1)); cat > lines.txt\n");
  await shows(page, "go-2");
  await page.evaluate(() => navigator.clipboard.writeText("one\ntwo\u001b[201~\n"));
  await page.keyboard.press("Control+Shift+V");
  await page.getByRole("dialog").getByText("Paste several lines?").waitFor();
  await button(page, "Paste into the terminal").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator(".xterm-screen").click();
  await page.keyboard.press("Control+d");
  await typeIn(page, "cat -A lines.txt; echo end-$((5+5))\n");
  await shows(page, "end-10");
  await shows(page, "two[201~$");

  await button(page, "Show as plain text").click();
  const text = page.getByRole("textbox", { name: "Terminal 1 as text" });
  assert.match(await text.inputValue(), /copy-2[\s\S]*pasted-7[\s\S]*end-10/);
  await page.keyboard.press("Escape");
  await text.waitFor({ state: "detached" });
});

test("a browser that refuses the clipboard gets a field to paste into", async (context) => {
  const { page } = await open(context, "working", { permissions: [] });
  await shows(page, "$");
  await page.evaluate(() => {
    navigator.clipboard.readText = () => Promise.reject(new Error("refused"));
    navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
  });
  await page.locator(".xterm-screen").click({ button: "right" });
  await page.getByLabel(/did not let this page look into the clipboard/).fill("echo by-hand-$((2+2))");
  await button(page, "Paste into the terminal").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator(".xterm-screen").click();
  await page.keyboard.press("Enter");
  await shows(page, "by-hand-4");
  const row = page.locator(".xterm-rows > div").filter({ hasText: "by-hand-4" }).last();
  await row.dblclick({ position: { x: 20, y: 8 }, force: true });
  await page.keyboard.press("Control+Shift+C");
  await page.getByLabel(/did not let this page copy/).waitFor();
});

test("a link to localhost opens the preview, since the program runs in the workspace", async (context) => {
  const { page } = await open(context, "tools");
  await page.getByRole("tab", { name: "Web app" }).click();
  const address = await page.locator("iframe").getAttribute("src");
  await page.getByRole("tab", { name: "Terminal 1" }).click();
  await typeIn(page, `clear; echo ${address?.replace("127.0.0.1", "localhost")}\n`);
  const row = page
    .locator(".xterm-rows > div")
    .filter({ hasText: /^http:/ })
    .first();
  await row.waitFor();
  await row.hover({ position: { x: 60, y: 8 }, force: true });
  await page.getByText(/^Opens http/).waitFor();
  await row.click({ position: { x: 60, y: 8 }, force: true });
  await page.getByRole("tab", { name: "Web app", selected: true }).waitFor();
  // Another page of the same program is shown in its tab; the author's tab has no second one.
  await page.getByRole("tab", { name: "Terminal 1" }).click();
  await typeIn(page, `clear; echo ${address?.replace("127.0.0.1", "localhost")}deep/page?x=1\n`);
  await page.locator(".xterm-rows > div").filter({ hasText: "deep/page" }).first().waitFor();
  await row.hover({ position: { x: 60, y: 8 }, force: true });
  await page.getByText(/^Opens http.*deep/).waitFor();
  await row.click({ position: { x: 60, y: 8 }, force: true });
  await page.frameLocator("iframe").getByText("/deep/page?x=1").waitFor();
  assert.equal(await page.getByRole("tab", { name: "Web app", selected: true }).count(), 1);
  assert.equal(await page.locator("iframe").count(), 1);
});

test("touch screens have Control for the next key", async (context) => {
  const { page } = await open(context, "working", {
    viewport: { width: 390, height: 780 },
    hasTouch: true,
  });
  await page.locator(".pane-switch").getByText("Tools").click();
  await typeIn(page, "sleep 1000; echo ended-$?\n");
  await button(page, "Control, for the next key").click();
  await page.keyboard.type("c");
  await shows(page, "^C");
  await typeIn(page, "echo again-$((1+1))\n");
  await shows(page, "again-2");
  assert.equal(await button(page, "Control, for the next key").getAttribute("aria-pressed"), "false");
  // Arrows: as the program in front wants them, and with Control, which is let go then.
  await typeIn(page, "printf '\\e[?1h'; cat -v\n");
  await shows(page, "cat -v");
  await button(page, "Left").click();
  await shows(page, "^[OD");
  await button(page, "Control, for the next key").click();
  await button(page, "Left").click();
  await shows(page, "^[[1;5D");
  assert.equal(await button(page, "Control, for the next key").getAttribute("aria-pressed"), "false");
});

test("Ctrl+W meant for the shell does not close the page unasked; closing it on purpose asks nothing", async (context) => {
  const { page } = await open(context, "working");
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    dialog.dismiss().catch(() => undefined);
  });
  await typeIn(page, "echo kept\n");
  // Control stays down from one key of the shell's to the next.
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await Promise.all([page.waitForEvent("dialog"), page.close({ runBeforeUnload: true })]);
  await page.keyboard.up("Control");
  assert.deepEqual(asked, ["beforeunload"]);
  assert.equal(page.isClosed(), false);
  await Promise.all([page.waitForEvent("close"), page.close({ runBeforeUnload: true })]);
  assert.deepEqual(asked, ["beforeunload"]);
});

test("text that is composed arrives once it is chosen, and a dead key's letter once", async (context) => {
  const { page } = await open(context, "working");
  await typeIn(page, "printf '[%s]' ");
  const keyboard = await page.context().newCDPSession(page);
  const composed = async (steps: readonly string[], chosen: string): Promise<void> => {
    for (const text of steps)
      await keyboard.send("Input.imeSetComposition", {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    await keyboard.send("Input.insertText", { text: chosen });
    await shows(page, chosen);
  };
  await composed(["に", "にほ", "にほん"], "日本");
  await composed(["´"], "é");
  await composed(["ㄱ", "가"], "각");
  // A composition that is given up leaves nothing.
  await keyboard.send("Input.imeSetComposition", { text: "x", selectionStart: 1, selectionEnd: 1 });
  await keyboard.send("Input.imeSetComposition", { text: "", selectionStart: 0, selectionEnd: 0 });
  await page.keyboard.type("; echo\n");
  await shows(page, "[日本é각]");
});

test("on a Mac, Option types characters and Command copies and pastes", async (context) => {
  const { page, server } = await open(context, "working");
  const browser = await page.context().newCDPSession(page);
  await browser.send("Emulation.setUserAgentOverride", {
    userAgent: (await page.evaluate(() => navigator.userAgent)).replace(
      /\([^)]*\)/,
      "(Macintosh; Intel Mac OS X 10_15_7)",
    ),
    platform: "MacIntel",
  });
  await page.goto(server.url);
  await page.reload();
  const press = async (
    key: { readonly key: string; readonly code: string; readonly keyCode: number; readonly text?: string },
    held: { readonly modifiers: number; readonly commands?: string[] },
  ): Promise<void> => {
    const { keyCode, ...what } = key;
    const event = { ...what, ...held, windowsVirtualKeyCode: keyCode };
    await browser.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
    await browser.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  };
  const [option, command] = [1, 4];
  await typeIn(page, "printf '[%s]' 'a");
  // What a German keyboard has on Option: @, | and braces.
  await press({ key: "@", code: "KeyL", keyCode: 76, text: "@" }, { modifiers: option });
  await press({ key: "|", code: "Digit7", keyCode: 55, text: "|" }, { modifiers: option });
  await press({ key: "{", code: "Digit8", keyCode: 56, text: "{" }, { modifiers: option });
  await page.keyboard.type("'; echo\n");
  await shows(page, "[a@|{]");

  await typeIn(page, "echo copied-$((20+2))\n");
  await shows(page, "copied-22");
  const row = page.locator(".xterm-rows > div").filter({ hasText: /^copied-22/ });
  await row.dblclick({ position: { x: 12, y: 8 }, force: true });
  await press({ key: "c", code: "KeyC", keyCode: 67 }, { modifiers: command, commands: ["copy"] });
  await page.waitForFunction(async () => /copied/.test(await navigator.clipboard.readText()));
  await page.keyboard.type("echo again ");
  await press({ key: "v", code: "KeyV", keyCode: 86 }, { modifiers: command, commands: ["paste"] });
  await shows(page, "echo again copied-22");
});

test("its text and its search are reached by keyboard alone, and lead back into the terminal", async (context) => {
  const { page } = await open(context, "working");
  const choose = async (action: string): Promise<void> => {
    await page.keyboard.press("Control+Shift+Period");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(action);
    await page.keyboard.press("Enter");
  };
  const isTyping = (): Promise<unknown> =>
    page.waitForFunction(() => document.activeElement?.matches(".xterm-helper-textarea"));
  await typeIn(page, "echo found-$((30+1))\n");
  await shows(page, "found-31");
  await choose("terminal as plain text");
  const text = page.locator("textarea:focus");
  await text.waitFor();
  assert.match(await text.inputValue(), /found-31/);
  await page.keyboard.press("Escape");
  await isTyping();
  await choose("search in the terminal");
  await page.locator("input[type=search]:focus").waitFor();
  await page.keyboard.type("found");
  await page.keyboard.press("Escape");
  await isTyping();
  await page.keyboard.type("echo back-$((1+1))\n");
  await shows(page, "back-2");
});

test("search selects the newest match first and goes from one to the next; what is not there is said", async (context) => {
  const { page } = await open(context, "working");
  await typeIn(page, "for n in 1 2 3; do echo %needle-$n; seq 100; done; echo end-$((1+1))\n");
  await shows(page, "end-2");
  const copied = async (): Promise<string> => {
    await page.locator(".xterm-screen").click({ button: "right" });
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const isFound = async (text: string): Promise<void> => {
    await page.waitForFunction((wanted) => document.querySelector(".xterm-rows")?.textContent?.includes(wanted), text);
  };
  await button(page, "Search in the terminal").click();
  const field = page.locator("input[type=search]");
  // Letter by letter, as a person would: each one more must not pass over what the one before found.
  await field.pressSequentially("%needle-", { delay: 40 });
  await isFound("%needle-3");
  await field.fill("%needle-2");
  await isFound("%needle-2");
  const mark = page.locator(".xterm-selection div").first();
  assert.equal(
    await mark.evaluate((element) => getComputedStyle(element).backgroundColor),
    "rgb(95, 90, 166)",
    "seen while the focus is in the field",
  );
  assert.equal(await copied(), "%needle-2");
  await field.fill("needle-");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Shift+Enter");
  assert.equal(await page.locator(".terminal-search [role=status]").textContent(), "");
  await field.fill("nowhere-to-be-found");
  await page.locator(".terminal-search [role=status]:not(:empty)").waitFor();
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
});

test("all steps on one page come out of the printer, and nothing of the tools", async (context) => {
  const { page } = await open(context, "working");
  await button(page, "All actions").click();
  await page.getByRole("combobox").fill("all steps");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Print", exact: true }).waitFor();
  const steps = page.locator(".print__step");
  assert.ok((await steps.count()) > 1);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".terminal-pane").first().isVisible(), false);
  assert.equal(await page.getByRole("button", { name: "Print", exact: true }).isVisible(), false);
  for (const step of await steps.all()) assert.equal(await step.isVisible(), true);
  // The last step lies on paper too, not behind a scroll bar.
  const last = await steps.last().boundingBox();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  assert.ok(last !== null && last.y + last.height <= height, `${JSON.stringify(last)} of ${height}`);
});
