// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { chromiumForTests } from "@atelier/testkit/chromium";
import { createAtelierCli } from "@atelier/testkit";
import { writeJourneyWorkshop } from "./journey-workshop.ts";
import { button, openWorkspacePage, saved, shows, typeIn } from "./open-desk.ts";

const browser = chromiumForTests();

test("a student's way through a real workspace: notice, check, swap, reload, away, two tabs, editor, files, phone", async () => {
  await using atelier = await createAtelierCli();
  await writeJourneyWorkshop(atelier);
  const link = (await atelier.succeed("run", "journey")).stdout.trim();
  await using session = await browser().newContext({ viewport: { width: 1280, height: 800 } });
  const { page, complaints } = await openWorkspacePage(session, link);

  // Before the first prompt stands what is recorded.
  await page.getByRole("heading", { name: "Before the first prompt" }).waitFor();
  await button(page, "Understood, open the terminal").click();
  await button(page, "Start the workshop").click();
  await page.getByRole("heading", { level: 1, name: "Pack" }).waitFor();
  await shows(page, "$");

  // A failing check, the block of the text, a passing one.
  await page
    .getByRole("button", { name: /^Check/ })
    .first()
    .click();
  await page.getByText("1 of 1 not there yet").waitFor();
  await page
    .getByRole("button", { name: /^Run in terminal/ })
    .first()
    .click();
  await shows(page, "echo map > ~/bag/map.txt");
  await page.getByText("All checks passed", { exact: true }).or(button(page, "Check again")).first().waitFor();
  if (!(await page.getByText("All checks passed", { exact: true }).isVisible()))
    await button(page, "Check again").click();
  await page.getByText("All checks passed", { exact: true }).waitFor();

  // The swap brings the files and the terminal along.
  await typeIn(page, "echo mine > ~/own.txt; cd ~/bag; echo before-$((20+2))\n");
  await shows(page, "before-22");
  await button(page, "Next").click();
  const go = page.getByRole("alertdialog").getByRole("button", { name: "Go on" });
  await go
    .or(page.getByRole("heading", { level: 1, name: "Leave" }))
    .first()
    .waitFor();
  if (await go.isVisible()) await go.click();
  await page.getByRole("heading", { level: 1, name: "Leave" }).waitFor();
  // The old screen stays above; what is typed into a shell that is going is lost, so it is asked until one answers.
  for (let attempt = 0; ; attempt++) {
    await page.locator(".xterm-screen").first().click();
    await page.keyboard.type(`echo after-${attempt}-$(cat ~/own.txt)\n`);
    const isThere = await page
      .waitForFunction(
        (wanted) => document.querySelector(".xterm-rows")?.textContent?.includes(wanted),
        `after-${attempt}-mine`,
        { timeout: 5000 },
      )
      .then(
        () => true,
        () => false,
      );
    if (isThere) break;
    assert.ok(attempt < 12, "the terminal comes back after the swap");
  }

  // A reload, and a network that is away, lose nothing.
  await page.reload();
  await shows(page, "-mine");
  await session.setOffline(true);
  await page.evaluate(() => window.dispatchEvent(new Event("offline")));
  await page.waitForTimeout(Number(process.env["ATELIER_OFFLINE_MS"] ?? 2000));
  await session.setOffline(false);
  await page.locator(".xterm-screen").first().click();
  await page.keyboard.type("echo back-$((30+3))\n");
  await shows(page, "back-33");

  // A second tab sees the same terminal, and types into it.
  const second = await session.newPage();
  second.setDefaultTimeout(60_000);
  await second.goto(page.url());
  await shows(second, "back-33");
  await typeIn(second, "echo from-$((1+1))nd-tab\n");
  await shows(page, "from-2nd-tab");
  await second.close();

  // The editor saves as the student; a file goes in and comes out.
  await page.getByRole("tab", { name: "Editor" }).click();
  await page.getByRole("treeitem", { name: "own.txt" }).click();
  await page.locator(".cm-content").getByText("mine").waitFor();
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("edited");
  await page.keyboard.press("Control+s");
  await page.locator(".editor__foot").getByText("Saved").waitFor();
  await writeFile(join(atelier.folder, "up.txt"), "uploaded");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button(page, "Upload files").click()]);
  await chooser.setFiles(join(atelier.folder, "up.txt"));
  await page.getByRole("treeitem", { name: "up.txt" }).click();
  assert.equal(await readFile(await saved(page, "Download up.txt"), "utf8"), "uploaded");
  await page.getByRole("tab", { name: "Terminal 1" }).click();
  await typeIn(page, "clear; stat -c '%U %n' ~/own.txt ~/up.txt; tail -n1 ~/own.txt; echo\n");
  await shows(page, "student /home/student/own.txt");
  await shows(page, "student /home/student/up.txt");
  await shows(page, "edited");
  await page.getByRole("tab", { name: "My work" }).click();
  await page.locator(".work__list").getByText("/home/student/up.txt").waitFor();
  const work = await text(createReadStream(await saved(page, "Download my work")).pipe(createGunzip()));
  assert.match(work, /files\/home\/student\/own\.txt/);
  assert.match(work, /recordings\/session-/);
  assert.match(work, /echo before-\$\(\(20\+2\)\)/);

  // What the terminal showed is played, over the swap and the reload.
  await page.getByRole("tab", { name: "Recording" }).click();
  await page.getByRole("searchbox", { name: "Search the timeline" }).fill("up.txt");
  await page
    .getByRole("button", { name: /Command, worked: clear; stat/ })
    .first()
    .click();
  await button(page, "Play").click();
  await page.locator(".cast-player .xterm-rows").getByText("/home/student/up.txt").first().waitFor();
  assert.match(await readFile(await saved(page, /^Download \(/), "utf8"), /^\{"version":2,[^\n]*\n\[/);

  // The same on the smallest screen: one pane at a time, nothing cut off sideways in any tool.
  await page.setViewportSize({ width: 320, height: 640 });
  for (const tab of ["Terminal 1", "Editor", "Help", "Recording", "My work"]) {
    await page.getByRole("tab", { name: tab }).click();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, tab);
  }
  await page.locator(".pane-switch").getByText("Text").click();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  await page.getByRole("heading", { level: 1, name: "Leave" }).waitFor();
  assert.deepEqual(complaints, []);
});
