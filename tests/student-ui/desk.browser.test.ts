// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { button, type DeskOptions, desksInChromium, shows, typeIn } from "./open-desk.ts";

const open = desksInChromium();

const editorText = (page: Page) => page.locator(".cm-content");
const openEditor = async (page: Page): Promise<void> => {
  await typeIn(page, "mkdir -p notes; echo one > notes/todo.txt; echo ready-$((1+1))\n");
  await shows(page, "ready-2");
  await page.getByRole("tab", { name: "Editor" }).click();
  await page.getByRole("treeitem", { name: "notes" }).click();
  await page.getByRole("treeitem", { name: "todo.txt" }).click();
  await editorText(page).getByText("one").waitFor();
};

test("the notice stands before the first prompt, once, and again when something else is recorded", async (context) => {
  const { page } = await open(context, "working", { keepsNotice: true });
  await page.getByRole("heading", { name: "Before the first prompt" }).waitFor();
  await page.getByText("The commands you type, with folder, time and exit code").waitFor();
  await page.setViewportSize({ width: 320, height: 640 });
  await page.locator(".pane-switch").getByText("Tools").click();
  const card = await page.locator(".gate__card").boundingBox();
  assert.ok(card !== null && card.x >= 0 && card.x + card.width <= 320, "nothing is cut off on the smallest screen");
  await page.setViewportSize({ width: 1280, height: 800 });
  assert.equal(await page.locator(".tool-area__panel--terminal").first().getAttribute("inert"), "");
  await button(page, "Run in terminal 1").first().click();
  await page.getByText("First read what is recorded").waitFor();
  await button(page, "Understood, open the terminal").click();
  await typeIn(page, "echo open-$((1+1)) $(ls -d ~/notes 2>&1 | wc -l) $(test -d ~/notes || echo untouched)\n");
  await shows(page, "open-2 1 untouched");
  await page.reload();
  await shows(page, "open-2");
  assert.equal(await page.getByText("Before the first prompt").count(), 0);
  await page.evaluate(() => localStorage.setItem("atelier.notice.w-sample", "none,no-model"));
  await page.reload();
  await page.getByRole("heading", { name: "Before the first prompt" }).waitFor();
});

test("a watching instructor is shown, and what is recorded", async (context) => {
  const { page } = await open(context, "tools");
  await page.getByText("An instructor is watching").waitFor();
  await button(page, "Recorded").click();
  await page.getByText("Commands and the terminal screen are recorded").waitFor();
});

describe("the editor", () => {
  test("edits and saves, and asks when the file has changed on disk", async (context) => {
    const { page, complaints } = await open(context, "tools");
    await openEditor(page);
    assert.equal(await button(page, "Save").isDisabled(), true);
    await editorText(page).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("two");
    await page.keyboard.press("Control+s");
    await page.locator(".editor__foot").getByText("Saved").waitFor();
    await page.getByRole("tab", { name: "Terminal 1" }).click();
    await typeIn(page, "tail -n1 notes/todo.txt; echo from-shell >> notes/todo.txt; echo done-$((2+2))\n");
    await shows(page, "two");
    await shows(page, "done-4");
    // A clean file follows the disk by itself; a text that names a file brings it to the front.
    await page.evaluate(() =>
      document.dispatchEvent(new CustomEvent("atelier:open-file", { detail: { path: "notes/todo.txt", line: 2 } })),
    );
    await editorText(page).getByText("from-shell").waitFor();
    await editorText(page).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("mine");
    await page.evaluate(async () => {
      const [path] = [...document.querySelectorAll("[role=treeitem][data-opened]")].map(
        (row) => row.getAttribute("title")?.split(" · ")[0],
      );
      await fetch(`/api/files/content?path=${encodeURIComponent(path ?? "")}`, { method: "PUT", body: "theirs\n" });
    });
    await button(page, "Save").click();
    await page.getByText("todo.txt has been changed on disk since you opened it.").waitFor();
    assert.ok((await editorText(page).textContent())?.includes("mine"), "nothing typed is lost by asking");
    await button(page, "Save mine over it").click();
    await page.locator(".editor__foot").getByText("Saved").waitFor();
    assert.deepEqual(
      complaints.filter((text) => !text.includes("412")),
      [],
    );
  });

  test("makes, renames and deletes by keyboard, and asks before it drops what was typed", async (context) => {
    const { page } = await open(context, "tools");
    await shows(page, "$");
    await page.getByRole("tab", { name: "Editor" }).click();
    await button(page, "New file").click();
    await page.getByLabel(/^Name of the new file/).fill("a.sh");
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "a.sh" }).waitFor();
    await editorText(page).click();
    await page.keyboard.type("echo hi");
    await button(page, "Close a.sh").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("treeitem", { name: "a.sh" }).focus();
    await button(page, "Rename").click();
    await page.getByLabel("New name of a.sh").fill("b.sh");
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "b.sh" }).waitFor();
    assert.equal(await editorText(page).textContent(), "echo hi");
    await page.getByRole("treeitem", { name: "b.sh" }).click();
    await button(page, "Delete").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("treeitem", { name: "b.sh" }).waitFor({ state: "detached" });
    await page.getByRole("tab", { name: "b.sh" }).waitFor({ state: "detached" });
  });
});

test("files are uploaded, a clash is asked about, and come back as a download with all the work", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-upload-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "data.txt"), "first");
  const { page } = await open(context, "tools");
  await shows(page, "$");
  await page.getByRole("tab", { name: "Editor" }).click();
  const upload = async (): Promise<void> => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button(page, "Upload files").click()]);
    await chooser.setFiles(join(folder, "data.txt"));
  };
  await upload();
  await page.getByRole("treeitem", { name: "data.txt" }).waitFor();
  await writeFile(join(folder, "data.txt"), "second");
  await upload();
  await page.getByRole("alertdialog").getByText("Replace data.txt?").waitFor();
  await button(page, "Replace it").click();
  await page.locator(".uploads li[data-state=done]").nth(1).waitFor();
  await button(page, "Dismiss").click();
  await page.getByRole("treeitem", { name: "data.txt" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download data.txt" }).click(),
  ]);
  assert.equal(await readFile(await download.path(), "utf8"), "second");

  // Dropped on the terminal it lands in the folder that shells start in.
  await page.getByRole("tab", { name: "Terminal 1" }).click();
  await page
    .locator(".drop")
    .first()
    .evaluate((zone) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["dropped"], "dropped.txt"));
      for (const type of ["dragover", "drop"])
        zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
    });
  await page.locator(".uploads li[data-state=done]").getByText("dropped.txt").waitFor();
  await typeIn(page, "cat dropped.txt; echo\n");
  await shows(page, "dropped");
  await page.getByRole("tab", { name: "My work" }).click();
  await page.getByText("2 files changed").waitFor();
  const [work] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download my work" }).click(),
  ]);
  assert.match(work.suggestedFilename(), /my-work\.tar\.gz$/);
});

test("every action has a name in the palette, which leaves Ctrl+K to the shell", async (context) => {
  const { page } = await open(context, "tools");
  await typeIn(page, "echo abcdef");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("echo cut-$((1+1))\n");
  await shows(page, "cut-2");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.keyboard.press("Control+Shift+Period");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("web app");
  await page.keyboard.press("Enter");
  await page.frameLocator("iframe").getByRole("heading", { name: "It works" }).waitFor();
  await button(page, "All actions").click();
  await page.getByRole("combobox").fill("theme contrast");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.documentElement.dataset["theme"] === "contrast");
});

describe("accessibility", () => {
  const states: readonly {
    readonly name: string;
    readonly options?: DeskOptions;
    readonly prepare: (page: Page) => Promise<unknown>;
  }[] = [
    {
      name: "notice",
      options: { keepsNotice: true },
      prepare: (page) => page.getByText("Before the first prompt").waitFor(),
    },
    { name: "editor", prepare: openEditor },
    {
      name: "palette",
      prepare: async (page) => {
        await button(page, "All actions").click();
        await page.getByRole("combobox").waitFor();
      },
    },
    {
      name: "my work",
      prepare: async (page) => {
        await shows(page, "$");
        await page.getByRole("tab", { name: "My work" }).click();
        await page.getByText("files changed").waitFor();
      },
    },
  ];
  for (const theme of ["light", "dark", "contrast"] as const)
    test(`axe finds nothing serious in the new tools, ${theme}`, async (context) => {
      // Colours are what differs between the themes, and the editor has most of them.
      for (const { name, options, prepare } of theme === "light"
        ? states
        : states.filter((state) => state.name === "editor")) {
        const { page } = await open(context, "tools", {
          ...options,
          colorScheme: theme === "dark" ? "dark" : "light",
          reducedMotion: "reduce",
        });
        if (theme === "contrast")
          await page.evaluate(() => {
            document.documentElement.dataset["theme"] = "contrast";
          });
        await prepare(page);
        const { violations } = await new AxeBuilder({ page }).exclude("iframe").analyze();
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        assert.deepEqual(
          serious.map(({ id, nodes }) => ({
            id,
            nodes: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
          })),
          [],
          name,
        );
        await page.context().close();
      }
    });
});
