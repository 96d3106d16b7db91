import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { button, desksInChromium } from "./open-desk.ts";

const open = desksInChromium();

describe("before the workspace is replaced the page shows", () => {
  test("by name what a move puts aside, what is lost for good and what ends, and a way back from the last one", async (context) => {
    const { page } = await open(context, "transitions");
    const asked: unknown[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/api/requests")) asked.push(request.postDataJSON());
    });
    await page.getByText("The step was started over.").waitFor();
    await page.getByRole("button", { name: "Undo starting over…" }).first().click();
    const dialog = page.getByRole("alertdialog");
    const listed = (title: RegExp) => dialog.getByRole("list", { name: title });
    await listed(/^3 files that are put aside/)
      .getByText("/home/student/notes/todo.txt")
      .waitFor();
    assert.deepEqual(
      await listed(/^3 files that are put aside/)
        .getByRole("listitem")
        .allInnerTexts(),
      ["/home/student/notes/todo.txt new", "/home/student/.bashrc changed", "/home/student/old.log deleted"],
    );
    await listed(/^Lost for good/)
      .getByText("/home/student/big.iso")
      .waitFor();
    await dialog.getByText("What you changed outside /home/student is not saved").waitFor();
    await button(page, "Undo it").click();
    await page.getByText(/vim notes\/todo\.txt/).waitFor();
    assert.deepEqual(asked, [{ kind: "undo" }]);
  });

  test("the programs that end with a move: who has read them is not asked again", async (context) => {
    const { page } = await open(context, "moved");
    const sent = page.waitForRequest((request) => request.url().endsWith("/api/requests"));
    const read = page.waitForRequest((request) => request.url().includes("/api/leaving"));
    await button(page, "Start this step over").click();
    // The manager hears what it is about, and makes it ready meanwhile.
    assert.equal(new URL((await read).url()).search, "?kind=reset&step=files");
    await page.getByRole("list", { name: "Programs that end:" }).getByText("python3").waitFor();
    await button(page, "Start over").click();
    assert.deepEqual((await sent).postDataJSON(), { kind: "reset", step: "files", confirmed: true });
  });
});
