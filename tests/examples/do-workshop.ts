// What is handed to the page runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { createAtelierCli } from "@atelier/testkit";
import type { Browser, Locator, Page } from "playwright-core";
import { button, openWorkspacePage, saved } from "../student-ui/open-desk.ts";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

/** The last thing that the terminal in front shows is a prompt. */
const isPrompting = (page: Page): Promise<boolean> =>
  page
    .waitForFunction(
      () => {
        const rows = [...document.querySelectorAll<HTMLElement>(".xterm-rows")].find((each) => each.checkVisibility());
        const lines = [...(rows?.children ?? [])].map((row) =>
          (row.textContent ?? "").replaceAll("\u00a0", " ").trimEnd(),
        );
        return /[$#]$/.test(lines.findLast((line) => line !== "") ?? "");
      },
      undefined,
      { timeout: 5000 },
    )
    .then(
      () => true,
      () => false,
    );

/** Waits for a prompt; where a job in the background has written below it, Enter brings the next one. */
const prompts = async (page: Page): Promise<void> => {
  for (let attempt = 0; !(await isPrompting(page)); attempt++) {
    assert.ok(attempt < 12, "the shell prompts again");
    await page.locator(".xterm-screen:visible").first().click();
    await page.keyboard.press("Enter");
  }
};

/** Presses the buttons of a text's blocks, in their order, as a student does who reads on when a command is over. */
const doBlocks = async (page: Page, prose: Locator): Promise<number> => {
  let pressed = 0;
  for (const block of await prose.locator(".code").all()) {
    const save = block.getByRole("button", { name: /^Save as/ });
    if ((await save.count()) > 0) {
      await save.click();
      const replace = button(page.getByRole("alertdialog"), "Replace it");
      const saved = block.getByText(/^Saved/);
      await replace.or(saved).first().waitFor();
      if (await replace.isVisible()) await replace.click();
      await saved.waitFor();
      pressed += 1;
    }
    const named = block.getByRole("button", { name: /^Press Ctrl-C, then run in terminal/ });
    const run = block.getByRole("button", { name: /^Run in terminal/ });
    if ((await named.count()) > 0) {
      await named.click();
      await block.getByText("Typed into the terminal").waitFor();
    } else if ((await run.count()) > 0) {
      // Where a named terminal is in front, the first one comes back by itself.
      if (await page.getByRole("tab", { name: "Terminal 1", selected: true }).isVisible()) await prompts(page);
      await run.click();
      await block.getByText("Typed into the terminal").waitFor();
      await prompts(page);
    } else continue;
    pressed += 1;
  }
  return pressed;
};

/** Until it passes: what a block started may need a moment. */
const check = async (page: Page): Promise<void> => {
  const passed = page.getByText("All checks passed", { exact: true });
  for (let attempt = 0; ; attempt++) {
    await page.getByRole("button", { name: /^Check (?:my work|again)$/ }).click();
    await page.getByRole("button", { name: /^Check again$/ }).waitFor();
    if (await passed.isVisible()) return;
    assert.ok(attempt < 10, `the check passes: ${await page.locator(".check-result").textContent()}`);
    await page.waitForTimeout(1000);
  }
};

const goOn = async (page: Page, title: string | undefined): Promise<void> => {
  await button(page, title === undefined ? "Finish" : "Next").click();
  const heading = page.getByRole("heading", { level: 1, name: title ?? "Well done!", exact: true });
  const sure = button(page.getByRole("alertdialog"), "Go on");
  await sure.or(heading).first().waitFor();
  if (await sure.isVisible()) await sure.click();
  // Who goes on before what ends with it is listed is asked about running programs by themselves.
  const insist = button(page, "Go on all the same");
  await insist.or(heading).first().waitFor();
  if (await insist.isVisible()) await insist.click();
  await heading.waitFor();
};

/** Titles of the steps, in their order. */
const titlesOf = async (folder: string): Promise<readonly string[]> => {
  const workshop = await readFile(join(folder, "workshop.yaml"), "utf8");
  const ids = [...workshop.slice(workshop.indexOf("\nsteps:")).matchAll(/^ {2}- ([\w-]+)$/gm)].map(
    ([, id]) => id ?? "",
  );
  assert.deepEqual([...ids].sort(), (await readdir(join(folder, "steps"))).sort());
  return Promise.all(
    ids.map(async (id) => {
      const title = /^title: "?(.+?)"?$/m.exec(await readFile(join(folder, "steps", id, "step.yaml"), "utf8"))?.[1];
      assert.ok(title !== undefined, id);
      return title;
    }),
  );
};

export interface DoWorkshopOptions {
  /** What is right, of each question of the workshop. */
  readonly answers?: readonly string[];
  /** Another browser watches as the instructor. */
  readonly isWatched?: boolean;
}

/**
 * Does a whole example as a student, in a real container: start page, each step by the buttons of its own
 * text and of its solution, the questions, the check, the way on, the last page, and the work to take home.
 */
export const doWorkshop = async (
  browser: Browser,
  example: string,
  { answers = [], isWatched = false }: DoWorkshopOptions = {},
): Promise<void> => {
  await using atelier = await createAtelierCli();
  const folder = join(examples, example);
  const titles = await titlesOf(folder);
  const link = (await atelier.succeed("run", folder)).stdout.trim();
  await using session = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const { page, complaints } = await openWorkspacePage(session, link);
  await button(page, "Understood, open the terminal").click();
  await using watching = isWatched ? await browser.newContext({ viewport: { width: 1440, height: 900 } }) : undefined;
  const instructor = await watching?.newPage();
  instructor?.setDefaultTimeout(60_000);
  await instructor?.goto((await atelier.succeed("instructor", example, "--print")).stdout.trim());
  await instructor?.getByText("Student is here").waitFor();
  if (isWatched) await page.getByText("An instructor is watching").first().waitFor();

  await button(page, "Start the workshop").click();
  for (const [index, title] of titles.entries()) {
    await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    const text = page.locator(".page > .prose");
    await text.waitFor();
    await doBlocks(page, text);
    for (const quiz of await page.locator(".quiz").all()) {
      await quiz.getByRole("radio", { name: answers[index] ?? "", exact: true }).check();
      await button(quiz, "Answer").click();
      await quiz.getByText("That is right").waitFor();
    }
    await button(page, "Show the solution").click();
    await button(page, "Show it").click();
    const solution = page.getByRole("region", { name: "Solution" }).locator(".prose");
    await solution.waitFor();
    assert.ok((await doBlocks(page, solution)) > 0, `the solution of “${title}” can be run`);
    await check(page);
    if (instructor !== undefined) {
      await instructor.getByRole("tab", { name: "Checks" }).click();
      await instructor.locator(".check-entry[data-outcome=passed]").nth(index).waitFor();
    }
    await goOn(page, titles[index + 1]);
  }

  // The last page, and the work to take home.
  await page.getByText("You have finished").waitFor();
  const work = await text(createReadStream(await saved(page, "Download my work")).pipe(createGunzip()));
  assert.match(work, /recordings\/session-/);
  assert.match(work, /files\/home\/student\//);
  assert.deepEqual(complaints, []);
};
