// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { button, desksInChromium, shows, typeIn } from "./open-desk.ts";

const open = desksInChromium();

/** Opens the page again with another answer of the server about the workspace. */
const withWorkspace = async (page: Page, change: (workspace: Workspace) => object): Promise<void> => {
  await page.route("**/api/workspace", async (route) => {
    const answer = await route.fetch();
    const workspace = (await answer.json()) as Workspace;
    await route.fulfill({ response: answer, json: { ...workspace, ...change(workspace) } });
  });
  await page.reload();
};
interface Workspace {
  readonly workshop: object;
}

const withText = async (page: Page, html: string): Promise<void> => {
  await page.route("**/api/steps/files", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), html } });
  });
  await page.reload();
};

const stepRow = (page: Page, title: string) =>
  page.locator(".step-row").filter({ has: page.getByText(title, { exact: true }) });

describe("the layout", () => {
  test("shows the terminal alone and the text alone, after a reload too, and both again", async (context) => {
    const { page } = await open(context, "working");
    const seen = async (): Promise<readonly boolean[]> =>
      Promise.all([".text-pane", ".terminal-pane"].map((name) => page.locator(name).first().isVisible()));
    await shows(page, "$");
    assert.deepEqual(await seen(), [true, true]);
    await button(page, "Terminal only").click();
    assert.deepEqual(await seen(), [false, true]);
    await page.reload();
    await typeIn(page, "echo wide-$((1+1))-$COLUMNS\n");
    await shows(page, "wide-2");
    assert.deepEqual(await seen(), [false, true]);
    assert.equal(await button(page, "Terminal only").getAttribute("aria-pressed"), "true");
    const [terminal, body] = await Promise.all([
      page.locator(".terminal-pane").first().boundingBox(),
      page.locator(".workspace__panes").boundingBox(),
    ]);
    assert.ok(terminal !== null && body !== null && terminal.width > body.width * 0.9, "it has the place of both");
    await button(page, "Text only").click();
    assert.deepEqual(await seen(), [true, false]);
    await button(page, "Text and terminal").click();
    assert.deepEqual(await seen(), [true, true]);
  });

  test("leaves the page its room below any number of bars", async (context) => {
    const { page } = await open(context, "everything");
    await shows(page, "$");
    // What listens, and what became of the last move, are told at the same time.
    await page.getByText(/^Something listens on port/).waitFor();
    await page.getByText("This step brought its own versions").waitFor();
    const boxes = await page.evaluate(() =>
      [".header", ".notices", ".workspace__body", ".text-pane"].map((name) => {
        const { left, right, top, bottom } = document.querySelector(name)?.getBoundingClientRect() ?? new DOMRect();
        return { left, right, top, bottom };
      }),
    );
    const [header, notices, body, text] = boxes as [DOMRect, DOMRect, DOMRect, DOMRect];
    for (const box of [header, notices, body])
      assert.deepEqual([box.left, box.right], [0, 1280], JSON.stringify(boxes));
    assert.ok(notices.top >= header.bottom && body.top >= notices.bottom, JSON.stringify(boxes));
    assert.equal(body.bottom, 800);
    assert.ok(text.bottom - text.top > 400 && text.right - text.left > 300, JSON.stringify(boxes));
  });
});

describe("before the workspace moves", () => {
  for (const { name, at, press, title, says, yes, sent } of [
    {
      name: "to another step",
      at: "Look around",
      press: "Move my workspace here",
      title: "Move your workspace to this step?",
      says: "Your files of now are not taken along",
      yes: "Move there",
      sent: { kind: "goto", step: "look-around" },
    },
    {
      name: "to the solution",
      at: "Make files and folders",
      press: "Solve it for me",
      title: "Have this step solved for you?",
      says: "It counts as solved, not as passed.",
      yes: "Solve it",
      sent: { kind: "solve", step: "files" },
    },
  ])
    test(`${name}, it says what is lost; no means no, and yes asks once`, async (context) => {
      const { page } = await open(context, "transitions");
      const asked: unknown[] = [];
      await page.route("**/api/requests", (route) => {
        asked.push(route.request().postDataJSON());
        return route.fulfill({ status: 202, json: { id: "r-1", state: "outstanding" } });
      });
      await stepRow(page, at).click();
      await button(page, press).click();
      const dialog = page.getByRole("alertdialog", { name: title });
      await dialog.getByText(says).waitFor();
      await dialog.getByRole("list", { name: /^3 files that are put aside/ }).waitFor();
      await dialog
        .getByRole("list", { name: /^Lost for good/ })
        .getByText("/home/student/big.iso")
        .waitFor();
      await button(page, "Cancel").click();
      await dialog.waitFor({ state: "hidden" });
      await button(page, press).click();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
      assert.deepEqual(asked, []);
      await button(page, press).click();
      await button(page, yes).click();
      await page.locator(".request-progress[data-state=outstanding]").waitFor();
      assert.deepEqual(asked, [sent]);
    });
});

test("the time that is left is told, warns when it is short, and can be extended", async (context) => {
  const { page } = await open(context, "transitions");
  const badge = page.locator(".badge").filter({ has: page.getByRole("button", { name: "Extend" }) });
  await badge.getByText("47 min left").waitFor();
  assert.equal(await badge.getAttribute("data-tone"), "plain");
  await withWorkspace(page, () => ({ deadline: new Date(Date.now() + 5 * 60_000).toISOString() }));
  await badge.getByText("5 min left").waitFor();
  assert.equal(await badge.getAttribute("data-tone"), "warn");
  const asked: unknown[] = [];
  await page.route("**/api/requests", (route) => {
    asked.push(route.request().postDataJSON());
    return route.fulfill({ status: 202, json: { id: "r-1", state: "outstanding" } });
  });
  await button(page, "Extend").click();
  await page.getByText("Asking for more time…").waitFor();
  assert.deepEqual(asked, [{ kind: "extend" }]);
  await withWorkspace(page, () => ({ deadline: new Date(Date.now() - 1000).toISOString(), extendable: false }));
  await page.getByText("Time is up").waitFor();
  assert.equal(await button(page, "Extend").count(), 0);
});

describe("the settings", () => {
  test("make the terminal's letters larger, within bounds, and remember it", async (context) => {
    const { page } = await open(context, "working");
    const letters = () =>
      page
        .locator(".xterm-rows")
        .first()
        .evaluate((rows) => Number.parseFloat(getComputedStyle(rows).fontSize));
    await shows(page, "$");
    const before = await letters();
    await button(page, "Settings").click();
    for (let more = 0; more < 3; more++) await button(page, "Larger").click();
    await page.waitForFunction(
      (size) => Number.parseFloat(getComputedStyle(document.querySelector(".xterm-rows") as Element).fontSize) === size,
      before + 3,
    );
    while (await button(page, "Larger").isEnabled()) await button(page, "Larger").click();
    assert.equal(await page.locator(".settings output").textContent(), "24");
    await page.reload();
    await shows(page, "$");
    assert.equal(await letters(), 24);
  });

  test("turn on the terminal's text for screen readers, and remember it", async (context) => {
    const { page } = await open(context, "working");
    await shows(page, "$");
    assert.equal(await page.locator(".xterm-accessibility").count(), 0);
    await button(page, "Settings").click();
    await page.getByText("Screen reader mode", { exact: true }).click();
    await page.keyboard.press("Escape");
    await typeIn(page, "echo read-$((1+1))-aloud\n");
    const tree = page.locator(".xterm-accessibility-tree");
    await tree.getByText("read-2-aloud", { exact: true }).waitFor({ state: "attached" });
    await page.locator(".xterm-accessibility [aria-live=assertive]").waitFor({ state: "attached" });
    await page.reload();
    await tree.getByText("read-2-aloud", { exact: true }).waitFor({ state: "attached" });
  });
});

test("the page has the language of the workshop, its own words stay English", async (context) => {
  const { page } = await open(context, "working");
  await page.getByRole("heading", { level: 1 }).waitFor();
  const languages = () =>
    page.evaluate(() => [
      document.documentElement.lang,
      document.querySelector(".workspace")?.getAttribute("lang"),
      ...["h1", ".prose", ".header__workshop"].map((name) => document.querySelector(name)?.getAttribute("lang")),
    ]);
  assert.deepEqual(await languages(), ["en", "en", "en", "en", "en"]);
  await withWorkspace(page, ({ workshop }) => ({ workshop: { ...workshop, language: "pt-BR" } }));
  await page.locator(".prose p").first().waitFor();
  assert.deepEqual(await languages(), ["pt-BR", "en", "pt-BR", "pt-BR", "pt-BR"]);
});

describe("before the work begins", () => {
  test("the start page tells how long it takes, what is recorded, and the steps, and leads to the first", async (context) => {
    const { page } = await open(context, "fresh");
    await page.getByRole("heading", { level: 1, name: "Linux basics" }).waitFor();
    const facts = await page.locator(".facts > div").allInnerTexts();
    assert.deepEqual(
      facts.map((fact) => fact.split(/\n+/)),
      [
        ["Duration", "45 min"],
        ["Level", "Beginner"],
        ["Order", "One step after the other"],
        ["By", "Ada Example, Grace Sample"],
      ],
    );
    await page.getByText("Nothing here can break").waitFor();
    await page
      .locator(".page__box")
      .getByText(/^The commands you type, with their exit codes, and what the terminal shows are recorded/)
      .waitFor();
    assert.deepEqual(await page.locator(".overview li span[lang]").allInnerTexts(), [
      "Look around",
      "Make files and folders",
      "Who may read this?",
      "Watch processes",
      "Run a service",
    ]);
    await button(page, "Start the workshop").click();
    await page.getByRole("heading", { level: 1, name: "Look around" }).waitFor();
  });

  test("the notice says what is recorded, where, who sees it and for how long, and more where there is more", async (context) => {
    const { page } = await open(context, "working", { keepsNotice: true });
    const rows = async (): Promise<readonly (readonly [string, string])[]> => {
      await page.getByRole("heading", { name: "Before the first prompt" }).waitFor();
      return page
        .locator(".gate dl > div")
        .evaluateAll((list) =>
          list.map((row) => [row.querySelector("dt")?.textContent ?? "", row.querySelector("dd")?.textContent ?? ""]),
        ) as Promise<(readonly [string, string])[]>;
    };
    const people =
      "Whoever runs this workspace, and instructors whom they gave access. While an instructor is watching, the top of the page says so.";
    const place = "In files of this workspace, which you can download under “My work”. Nothing is sent anywhere else.";
    assert.deepEqual(await rows(), [
      [
        "What is recorded",
        "The commands you type, with folder, time and exit code, and everything the terminal shows. Besides that your progress, your check results and which help you open.",
      ],
      ["Where it is kept", place],
      ["Who can see it", people],
      ["For how long", "Until this workspace is removed."],
    ]);
    await withWorkspace(page, ({ workshop }) => ({
      recording: { commands: "off", terminal: "off" },
      retainUntil: "2030-01-01T12:00:00.000Z",
      llm: { provider: "anthropic", model: "m" },
      workshop: { ...workshop, privileged: true },
    }));
    const more = await rows();
    assert.deepEqual(
      more.map(([name]) => name),
      ["What is recorded", "Where it is kept", "Who can see it", "For how long", "Questions to a model", "Rights"],
    );
    assert.match(more[0]?.[1] ?? "", /^Neither your commands nor your screen\./);
    assert.match(more[3]?.[1] ?? "", /^Until this workspace is removed, at the latest .*2030/);
    assert.match(more[4]?.[1] ?? "", /goes to anthropic/);
  });
});

describe("in a text", () => {
  test("a place in a file opens the editor at its line", async (context) => {
    const { page, complaints } = await open(context, "tools");
    await typeIn(page, "for n in $(seq 40); do echo line-$n; done > shop.py; echo made-$((1+1))\n");
    await shows(page, "made-2");
    await withText(page, '<p>See <code data-file="~/shop.py" data-line="33">~/shop.py:33</code>.</p>');
    await page.getByRole("button", { name: "~/shop.py:33" }).click();
    await page.getByRole("tab", { name: "shop.py" }).waitFor();
    const line = page.locator(".cm-activeLine");
    await line.getByText("line-33", { exact: true }).waitFor();
    const [box, pane] = await Promise.all([line.boundingBox(), page.locator(".editor__text").boundingBox()]);
    assert.ok(box !== null && pane !== null && box.y >= pane.y && box.y < pane.y + pane.height, "the line is in sight");
    assert.deepEqual(complaints, []);
  });

  test("a link to a heading scrolls to it and leaves the address alone", async (context) => {
    const { page } = await open(context, "working");
    const filler = "<p>Some words to read before.</p>".repeat(60);
    await withText(
      page,
      `<p><a href="#what-to-reach">down</a></p>${filler}<h2 id="what-to-reach">What to reach</h2>${filler}`,
    );
    const heading = page.getByRole("heading", { name: "What to reach" });
    await heading.waitFor();
    const inSight = (): Promise<boolean> =>
      heading.evaluate((element) => {
        const pane = element.closest(".step-page__scroller")?.getBoundingClientRect() ?? new DOMRect();
        const { top, bottom } = element.getBoundingClientRect();
        return top >= pane.top && bottom <= pane.bottom;
      });
    assert.equal(await inSight(), false);
    const address = page.url();
    await page.getByRole("link", { name: "down" }).press("Enter");
    await page.waitForFunction(() => (document.querySelector(".step-page__scroller")?.scrollTop ?? 0) > 500);
    assert.equal(await inSight(), true);
    assert.equal(page.url(), address);
  });

  test("a table is one, and scrolls by itself where it is wider than the text", async (context) => {
    const { page } = await open(context, "working");
    const wide = "<th>a_rather_long_heading_of_a_column</th>".repeat(9);
    await withText(
      page,
      `<table><thead><tr>${wide}</tr></thead><tbody><tr><td align="right">x</td></tr></tbody></table>`,
    );
    const table = page.getByRole("table");
    await table.waitFor();
    assert.equal(await table.getByRole("columnheader").count(), 9);
    assert.equal(
      await table.getByRole("cell", { name: "x" }).evaluate((cell) => getComputedStyle(cell).textAlign),
      "right",
    );
    const widths = await table.evaluate((element) => {
      const scroller = element.parentElement as HTMLElement;
      const pane = element.closest(".step-page__scroller") as HTMLElement;
      return [scroller.scrollWidth > scroller.clientWidth, pane.scrollWidth <= pane.clientWidth];
    });
    assert.deepEqual(widths, [true, true]);
  });
});

test("a file dropped on a folder of the tree lands in it, and the folder comes back as one download", async (context) => {
  const { page } = await open(context, "tools");
  await typeIn(page, "mkdir -p notes; echo made-$((1+1))\n");
  await shows(page, "made-2");
  await page.getByRole("tab", { name: "Editor" }).click();
  const folder = page.getByRole("treeitem", { name: "notes" });
  await folder.evaluate((row) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["dropped on a folder"], "dropped.txt"));
    for (const type of ["dragover", "drop"])
      row.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  });
  await page.locator(".uploads li[data-state=done]").getByText("dropped.txt").waitFor();
  await folder.click();
  await page.getByRole("treeitem", { name: "dropped.txt" }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download notes" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "notes.tar.gz");
  assert.equal(gunzipSync(await readFile(await download.path())).toString(), "dropped.txt");
  await page.getByRole("tab", { name: "Terminal 1" }).click();
  await typeIn(page, "cat notes/dropped.txt; echo\n");
  await shows(page, "dropped on a folder");
});
