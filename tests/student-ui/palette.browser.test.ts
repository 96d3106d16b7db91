// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { button, desksInChromium, shows } from "./open-desk.ts";

const open = desksInChromium();

const stepRow = (page: Page, title: string) =>
  page.locator(".step-row").filter({ has: page.getByText(title, { exact: true }) });

const openPalette = async (page: Page, query = ""): Promise<void> => {
  await button(page, "All actions").click();
  await page.getByRole("combobox").fill(query);
};

/** What the palette offers now, by name. */
const actions = async (page: Page): Promise<readonly string[]> => {
  await openPalette(page);
  const names = await page.getByRole("option").locator("span:first-child").allInnerTexts();
  await page.keyboard.press("Escape");
  await page.getByRole("combobox").waitFor({ state: "detached" });
  return names;
};

/** The names of the buttons and downloads that are seen, beside the author's text and what is inside a tool. */
const buttons = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const outside = ".prose, .tool-area__panel, .uploads, form, dialog, [role=dialog], [role=tab]";
    return [...document.querySelectorAll<HTMLElement>("button, a.button")]
      .filter((element) => element.checkVisibility() && element.closest(outside) === null)
      .filter((element) => !element.matches(":disabled, [aria-disabled=true]"))
      .map((element) => {
        const named = element.querySelector(".step-row__title, .check-result__head > span:nth-child(2)") ?? element;
        return (element.getAttribute("aria-label") ?? (named as HTMLElement).innerText).trim();
      });
  });

/** Buttons whose action has a fuller name: in a list it stands without what is around the button. */
const fullerNames: readonly (readonly [RegExp, RegExp])[] = [
  [/^Steps$/, /^Hide the steps$/],
  [/^Previous$/, /^Previous page$/],
  [/^(Next|Finish)$/, /^Next page$/],
  [/^Start the workshop$|^Go on with/, /^Next page$|^Go to Make files and folders$/],
  [/^Back to the steps$/, /^Go to Make files and folders$/],
  [/^Check again$/, /^Check my work$/],
  [/not there yet/, /^(Hide|Show) the results$/],
  [/^Extend$/, /^Ask for more time$/],
  [/^Look at it$/, /^Look at port \d+$/],
];
/** The palette's own, and answers to a bar that is there until it has one. */
const without = /^(All actions|Dismiss|Not now: port \d+)$/;

describe("the palette", () => {
  test("has an action for every button of the page, on every page of a workshop with everything", async (context) => {
    const { page, complaints } = await open(context, "everything");
    await shows(page, "$");
    await button(page, "New terminal").click();
    await page.getByRole("tab", { name: "Terminal 2" }).waitFor();
    const seen = new Set<string>();
    const unnamed: string[] = [];
    const look = async (place: string): Promise<void> => {
      const names = await actions(page);
      for (const name of await buttons(page)) {
        seen.add(name);
        const wanted = fullerNames.find(([of]) => of.test(name))?.[1];
        const isStep = names.includes(`Go to ${name}`);
        const isThere = names.includes(name) || isStep || names.some((title) => wanted?.test(title));
        if (!isThere && !without.test(name)) unnamed.push(`${place}: ${name}`);
      }
    };
    await button(page, "Check my work").click();
    await button(page, "This check is wrong…").waitFor();
    await look("a step with a check");
    for (const [place, row, heading] of [
      ["a step that one marks", "Watch processes", "Watch processes"],
      ["a step done before", "Look around", "Look around"],
      ["introduction", "Introduction", "Linux basics"],
      ["wrap-up", "Wrap-up", "Almost there"],
    ] as const) {
      await stepRow(page, row).click();
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
      await look(place);
    }
    assert.deepEqual(unnamed, []);
    // Had they not been on the page, nothing would have been compared.
    for (const name of [
      ...["Start this step over", "Solve it for me", "Move my workspace here", "Undo starting over…", "Saved states…"],
      ...["Mark as done", "Show a hint", "Explain it", "Show the solution", "Ask a question", "Extend", "Compare"],
      ...["This check is wrong…", "Text only", "Terminal only", "Introduction", "Wrap-up", "Close this terminal"],
    ])
      assert.ok(seen.has(name), `${name} was not on the page`);
    assert.deepEqual(complaints, []);
  });

  test("offers what has a button now, and nothing else", async (context) => {
    const { page } = await open(context, "working");
    await shows(page, "$");
    const names = await actions(page);
    for (const name of ["Check my work", "Show a hint", "Saved states…", "Go to Wrap-up"])
      assert.ok(names.includes(name), `${name} in ${names.join(", ")}`);
    for (const name of [
      ...["Start this step over", "Solve it for me", "Move my workspace here", "Mark as done", "Ask a question"],
      ...["Ask for more time", "Next page", "Close this terminal", "Compare", "This check is wrong…", "Reconnect now"],
    ])
      assert.ok(!names.includes(name), `${name} is offered without a button`);
    assert.ok(!names.some((name) => name.startsWith("Undo")));
  });

  test("asks before it resets and solves, as the buttons do, and marks a step as done", async (context) => {
    const { page } = await open(context, "everything");
    await shows(page, "$");
    const asked: unknown[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/api/requests")) asked.push(request.postDataJSON());
    });
    for (const [query, title, yes] of [
      ["start this step over", "Start this step over?", "Start over"],
      ["solve it for me", "Have this step solved for you?", "Solve it"],
    ] as const) {
      await openPalette(page, query);
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("alertdialog", { name: title });
      await dialog.getByText("/home/student/notes/todo.txt").waitFor();
      await button(page, "Cancel").click();
      await dialog.waitFor({ state: "hidden" });
      assert.deepEqual(asked, [], "nothing is asked of the manager before the answer");
      await openPalette(page, query);
      await page.keyboard.press("Enter");
      const sent = page.waitForRequest((request) => request.url().endsWith("/api/requests"));
      await button(page, yes).click();
      await sent;
      asked.length = 0;
      await page.locator(".request-progress").getByRole("button", { name: "Dismiss" }).click();
    }
    await stepRow(page, "Watch processes").click();
    await page.getByRole("heading", { level: 1, name: "Watch processes" }).waitFor();
    await openPalette(page, "mark as done");
    await page.keyboard.press("Enter");
    await page.getByText("You marked this step as done").waitFor();
  });

  test("brings the text to the front for the help that it opens", async (context) => {
    const { page } = await open(context, "everything");
    await shows(page, "$");
    await button(page, "Terminal only").click();
    await openPalette(page, "show a hint");
    await page.keyboard.press("Enter");
    await page.locator(".text-pane").getByText("The folder must be below your home").waitFor();
    await openPalette(page, "ask a question");
    await page.keyboard.press("Enter");
    await page.locator(".text-pane").getByLabel("Your question").waitFor();
  });
});
