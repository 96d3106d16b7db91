// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page, Route } from "playwright-core";
import { button, desksInChromium, shows, typeIn } from "../student-ui/open-desk.ts";

const open = desksInChromium();

/** As the server's renderer writes it. */
const text = `<p>A text.</p>
<pre data-lang="bash" data-block="0" data-does="run" data-terminal="web"><code>echo in-$((40+2))-web
</code></pre>
<pre data-lang="bash" data-block="1" data-does="run" data-terminal="web" data-interrupt="yes"><code>echo after-$((1+1))
</code></pre>
<pre data-lang="python" data-block="2" data-does="save" data-save="~/shop.py"><code>print("hello")  # a comment
</code></pre>
<pre data-lang="bash" data-block="3" data-does="plain"><code>rm -rf /
</code></pre>
<pre data-lang="bash" data-block="4" data-does="run"><code>echo in-$((50+3))-first
</code></pre>
<details class="hint" data-hint="1"><summary>Where to look</summary><p>In your home.</p></details>
<details class="hint" data-hint="2"><summary></summary><p>Really there.</p></details>
<p>See <code data-file="~/shop.py" data-line="3">~/shop.py:3</code>.</p>
<div data-quiz="mover"></div><div data-quiz="typed"></div><div data-quiz="shells"></div>`;

const mover = {
  id: "mover",
  type: "single",
  questionHtml: "<p>Which command <em>moves</em>?</p>",
  optionsHtml: ["<p><code>cp</code></p>", "<p><code>mv</code></p>"],
};
const typed = { id: "typed", type: "text", questionHtml: "<p>How many?</p>", optionsHtml: [] };

const shells = {
  id: "shells",
  type: "multiple",
  questionHtml: "<p>Which are shells?</p>",
  optionsHtml: ["<p>bash</p>", "<p>cat</p>", "<p>zsh</p>"],
};

/** The server's answers about this text, over the pretended one, and what it was asked. */
const pretend = async (page: Page): Promise<string[]> => {
  const asked: string[] = [];
  const body = (route: Route): string => route.request().postData() ?? "";
  const fulfill = (route: Route, status: number, json: unknown): Promise<void> => route.fulfill({ status, json });
  await page.route("**/api/steps/files", async (route) => {
    const answer = await route.fetch();
    const step = (await answer.json()) as object;
    await route.fulfill({ response: answer, json: { ...step, html: text, quizzes: [mover, typed, shells] } });
  });
  await page.route("**/api/steps/files/hints/*", (route) => {
    asked.push(`hint ${route.request().url().split("/").at(-1)}`);
    return route.fulfill({ status: 204 });
  });
  await page.route("**/api/steps/files/blocks/2/save", (route) => {
    asked.push(`save ${body(route)}`);
    return body(route).includes('"replace":true')
      ? fulfill(route, 200, { path: "/home/student/shop.py", outcome: "replaced" })
      : fulfill(route, 409, { code: "file-differs", message: "There is another one.", fields: [] });
  });
  await page.route("**/api/steps/files/quizzes/*", (route) => {
    asked.push(`answer ${body(route)}`);
    const { choices, text: words } = JSON.parse(body(route)) as { choices?: number[]; text?: string };
    const asks = [mover, typed, shells].find(({ id }) => route.request().url().endsWith(`/${id}`)) ?? mover;
    const isRight = asks === shells ? choices?.join() === "0,2" : choices?.[0] === 1 || words === "4";
    const answered = {
      answer: choices === undefined ? { text: words } : { choices },
      isRight,
      tries: 1,
      feedbackHtml: isRight ? [] : ["<p>That one copies.</p>"],
      ...(isRight ? { explanationHtml: "<p>It renames, too.</p>" } : {}),
    };
    return fulfill(route, 200, { ...asks, answered });
  });
  return asked;
};

test("blocks run in the terminal they name, are saved after a question, fold and ask", async (context) => {
  const { page, complaints } = await open(context, "working");
  const asked = await pretend(page);
  await typeIn(page, "echo first-terminal\n");
  await page.reload();
  await page.getByText("A text.").waitFor();

  await button(page, "Run in terminal web").click();
  await shows(page, "in-42-web");
  await page.getByRole("tab", { name: /web/ }).waitFor();
  await button(page, "Press Ctrl-C, then run in terminal web").click();
  await shows(page, "after-2");
  assert.equal(
    await page
      .locator(".code")
      .getByRole("button", { name: /^(Press|Run)/ })
      .count(),
    3,
    "no-run has no button",
  );

  // The named terminal is in front now, also by the student's own choice: it stays the named blocks' own.
  await page.getByRole("tab", { name: /web/ }).click();
  await button(page, "Run in terminal 1").click();
  await page.getByRole("tab", { name: "Terminal 1", selected: true }).waitFor();
  await page.locator(".xterm-rows:visible").getByText("in-53-first").first().waitFor();

  await button(page, "Save as ~/shop.py").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Replace it" }).click();
  await page.getByText("Saved over the old file").waitFor();
  assert.equal(await page.locator(".code .tok-string").first().textContent(), '"hello"');
  assert.equal(await page.locator(".code .tok-comment").first().textContent(), "# a comment");

  await page.getByText("Where to look").click();
  await page.getByText("In your home.").waitFor();
  await page.locator("summary").getByText("Hint", { exact: true }).click();
  await page.getByText("Really there.").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("details[data-hint][open]").length === 2);

  const question = page.locator(".quiz").first();
  assert.equal(await question.getByRole("button", { name: "Answer" }).isDisabled(), true);
  await question.getByRole("radio").first().check();
  await question.getByRole("button", { name: "Answer" }).click();
  await question.getByText("That one copies.").waitFor();
  await question.getByText("Not quite").waitFor();
  await question.getByRole("radio").nth(1).check();
  await question.getByRole("button", { name: "Answer again" }).click();
  await question.getByText("It renames, too.").waitFor();
  assert.equal(await question.getByRole("radio").first().isDisabled(), true);
  await page.getByLabel("Your answer").fill("4");
  await page.getByLabel("Your answer").press("Enter");
  await page.locator(".quiz").nth(1).getByText("That is right").waitFor();

  const of = page.locator(".quiz").nth(2);
  await of.getByText("Question, more than one answer may be right").waitFor();
  const boxes = of.getByRole("checkbox");
  assert.equal(await of.getByRole("button", { name: "Answer" }).isDisabled(), true);
  // In whatever order they are ticked; one that is ticked off again does not count.
  for (const box of [2, 1, 0]) await boxes.nth(box).check();
  await of.getByRole("button", { name: "Answer" }).click();
  await of.getByText("Not quite").waitFor();
  await boxes.nth(1).press("Space");
  await of.getByRole("button", { name: "Answer again" }).click();
  await of.getByText("That is right").waitFor();
  assert.deepEqual(await boxes.evaluateAll((list) => list.map((box) => (box as HTMLInputElement).checked)), [
    true,
    false,
    true,
  ]);
  assert.equal(await boxes.first().isDisabled(), true);

  assert.deepEqual(asked, [
    'save {"page":"content","replace":false}',
    'save {"page":"content","replace":true}',
    "hint 1",
    "hint 2",
    'answer {"choices":[0]}',
    'answer {"choices":[1]}',
    'answer {"text":"4"}',
    'answer {"choices":[0,1,2]}',
    'answer {"choices":[0,2]}',
  ]);
  assert.deepEqual(
    complaints.filter((complaint) => !/409/.test(complaint)),
    [],
  );
  if (process.env.ATELIER_SHOTS)
    await page.screenshot({ path: `${process.env.ATELIER_SHOTS}/content.png`, fullPage: true });
});

test("all steps that may be seen are on one page, to print", async (context) => {
  const { page, complaints } = await open(context, "finished");
  await page.getByRole("button", { name: "Wrap-up" }).first().click();
  await page.getByText("All steps on one page, to print").click();
  await page.getByRole("heading", { level: 2, name: "1. Look around" }).waitFor();
  await page.getByRole("heading", { level: 2, name: /Run a service/ }).waitFor();
  await page.getByText("A service is a program that waits.").waitFor();
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".dock").isVisible(), false);
  assert.equal(await page.locator(".xterm-screen").first().isVisible(), false);
  assert.equal(await page.getByText("A service is a program that waits.").isVisible(), true);
  assert.deepEqual(complaints, []);
  if (process.env.ATELIER_SHOTS)
    await page.screenshot({ path: `${process.env.ATELIER_SHOTS}/print.png`, fullPage: true });
});
