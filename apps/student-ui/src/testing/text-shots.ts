import type { Page } from "playwright-core";

/** As the server's renderer writes it: one of every block that a text may hold. */
const blocks = `<p>Which of the two programs listens? Look at the ports, in a terminal of its own.</p>
<pre data-lang="bash" data-block="0" data-does="run" data-terminal="web"><code>ss --listening --tcp
</code></pre>
<pre data-lang="bash" data-block="1" data-does="run" data-terminal="web" data-interrupt="yes"><code>python3 -m http.server 8000
</code></pre>
<p>Keep this beside it; you find it in <code data-file="~/shop.py" data-line="3">~/shop.py:3</code>.</p>
<pre data-lang="python" data-block="2" data-does="save" data-save="~/shop.py"><code>import http.server

PORT = 8000  # as the text says
</code></pre>
<details class="hint" data-hint="1"><summary>Where to look</summary><p>In the last column: it names the program behind each port.</p></details>
<details class="hint" data-hint="2"><summary></summary><p>It is the one that was started last.</p></details>
<p>Three questions before you go on.</p>
<div data-quiz="mover"></div><div data-quiz="shells"></div><div data-quiz="typed"></div>`;

const quizzes = [
  {
    id: "mover",
    type: "single",
    questionHtml: "<p>Which command <em>moves</em> a file?</p>",
    optionsHtml: ["<p><code>cp</code></p>", "<p><code>mv</code></p>"],
    answered: {
      answer: { choices: [1] },
      isRight: true,
      tries: 2,
      feedbackHtml: [],
      explanationHtml: "<p>It renames, too: to a shell both are the same.</p>",
    },
  },
  {
    id: "shells",
    type: "multiple",
    questionHtml: "<p>Which of these are shells?</p>",
    optionsHtml: ["<p><code>bash</code></p>", "<p><code>cat</code></p>", "<p><code>zsh</code></p>"],
    answered: {
      answer: { choices: [0, 1] },
      isRight: false,
      tries: 1,
      feedbackHtml: ["<p><code>cat</code> is a program that shows files; it runs nothing.</p>"],
    },
  },
  { id: "typed", type: "text", questionHtml: "<p>On which port does the server listen?</p>", optionsHtml: [] },
];

const change = (page: Page, path: string, more: object): Promise<unknown> =>
  page.route(path, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), ...more } });
  });

/** The page again with a text of blocks and questions, scrolled to what `selector` finds. */
export const showBlocks = async (page: Page, selector: string): Promise<void> => {
  await change(page, "**/api/steps/files", { html: blocks, quizzes });
  await page.reload();
  await page.locator(".quiz").nth(2).waitFor();
  await page
    .locator(selector)
    .first()
    .evaluate((element) => element.scrollIntoView({ block: "start" }));
};

/** The page again with two things that the workshop asks each student. */
export const showVariables = async (page: Page): Promise<void> => {
  await change(page, "**/api/workspace", {
    variables: [
      { name: "PORT", question: "Which port shall your service have?", isAnswered: false },
      { name: "TEAM", question: "What is your team called?", isAnswered: false },
    ],
  });
  await page.route("**/api/variables", (route) =>
    route.fulfill({ status: 422, json: { code: "bad-value", message: "PORT: a port is a number.", fields: [] } }),
  );
  await page.reload();
  await page.getByLabel("Which port shall your service have?").fill("many");
  await page.getByLabel("What is your team called?").fill("Otters");
  await page.getByLabel("What is your team called?").press("Enter");
  await page.getByText("a port is a number").waitFor();
};
