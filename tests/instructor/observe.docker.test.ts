import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openChromium } from "@atelier/testkit/chromium";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";
import type { Page } from "playwright-core";

/** Waits until a terminal on the page shows a text. */
const shows = (page: Page, text: string): Promise<unknown> =>
  page.waitForFunction(
    `[...document.querySelectorAll(".xterm-rows")].some((rows) => rows.textContent.replaceAll("\\u00a0", " ").includes(${JSON.stringify(text)}))`,
  );

/** Files of an archive by their path below its one folder. */
const unpack = async (file: string): Promise<ReadonlyMap<string, string>> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-export-"));
  try {
    await promisify(execFile)("tar", ["-xzf", file, "-C", folder, "--strip-components=1"]);
    const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const paths = names.map((entry) => join(entry.parentPath, entry.name));
    return new Map(
      await Promise.all(
        paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, "utf8")] as const),
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

test("an instructor watches a student live, plays what was, and takes it along, running and stopped", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  const studentLink = (await atelier.succeed("run", "mine")).stdout.trim();
  const instructorLink = (await atelier.succeed("instructor", "mine", "--print")).stdout.trim();
  assert.match(instructorLink, /^http:\/\/mine\.localhost:\d+\/login\?token=[A-Za-z0-9_-]{43}&to=\/instructor\/$/);
  const browser = await openChromium();
  try {
    const [student, instructor] = await Promise.all(
      [studentLink, instructorLink].map(async (link) => {
        const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
        page.setDefaultTimeout(60_000);
        await page.goto(link);
        return page;
      }),
    );
    assert.ok(student && instructor);
    await instructor.getByText("Student is here").waitFor();
    await student.getByText("An instructor is watching").first().waitFor();

    // The student works, by the contract: what the page is for has tests of its own.
    const client = await openWorkspace(studentLink);
    {
      using terminal = await client.terminal();
      await terminal.run("cat nothing-here");
      await terminal.run("echo seen-by-both");
      assert.equal((await client.check("first-file")).outcome, "failed");
    }
    await shows(instructor, "seen-by-both");
    await instructor.locator("code", { hasText: "echo seen-by-both" }).waitFor();
    const failed = instructor.locator("tr", { hasText: "cat nothing-here" });
    assert.equal(await failed.locator(".exit").textContent(), "1");
    await instructor.getByRole("tab", { name: "Checks" }).click();
    await instructor.locator(".check-entry[data-outcome=failed]").waitFor();

    // Whoever watches neither types nor sizes.
    await instructor.locator(".xterm-screen").click();
    await instructor.keyboard.type("touch ~/typed-by-the-instructor\n");
    {
      using terminal = await client.terminal();
      assert.doesNotMatch(await terminal.run("ls ~"), /typed-by-the-instructor/);
    }

    await instructor.getByRole("tab", { name: "Commands" }).click();
    await failed.getByRole("button").click();
    await instructor.locator(".timeline__entry", { hasText: "echo seen-by-both" }).click();
    await instructor.locator(".cast-player .xterm-rows").getByText("nothing-here").first().waitFor();

    // The student's link does not open this page, and the instructor's does not take the student's away.
    const foreign = await (await browser.newContext()).newPage();
    await foreign.goto(`${studentLink}&to=/instructor/`);
    await foreign.getByRole("heading", { name: "You are not logged in as an instructor" }).waitFor();
    await foreign.goto(instructorLink);
    await foreign.getByText("Needs attention").waitFor();
    const role = await foreign.evaluate(
      `fetch("/api/workspace").then((answer) => answer.json()).then((view) => view.role)`,
    );
    assert.equal(role, "student");

    const [download] = await Promise.all([
      instructor.waitForEvent("download"),
      instructor.getByRole("link", { name: "Export session" }).click(),
    ]);
    const byButton = await unpack(await download.path());
    await atelier.succeed("stop", "mine");
    await atelier.succeed("export", "mine", "-o", "mine.tar.gz");
    const byCommand = await unpack(join(atelier.folder, "mine.tar.gz"));
    for (const files of [byButton, byCommand]) {
      assert.match(files.get("commands.csv") ?? "", /,echo seen-by-both,/);
      assert.match(files.get("command-log.jsonl") ?? "", /"command":"cat nothing-here"/);
      assert.ok([...files.keys()].some((name) => /^recordings\/session-.*\.cast$/.test(name)));
      const { checks, missingRecords } = JSON.parse(files.get("summary.json") ?? "") as Record<string, number>;
      assert.deepEqual([checks, missingRecords], [1, 0]);
    }
    const again = await atelier.run("export", "mine", "-o", "mine.tar.gz");
    assert.equal(again.code, 1);
    assert.match(again.stderr, /is there already[\s\S]*--force/);
    assert.ok((await readFile(join(atelier.folder, "mine.tar.gz"))).length > 0);
  } finally {
    await browser.close();
  }
});
