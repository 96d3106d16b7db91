// What is handed to the page runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { button, desksInChromium } from "./open-desk.ts";

const open = desksInChromium();

const hasNothingSerious = async (page: Page): Promise<void> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    [],
  );
};

for (const colorScheme of ["light", "dark"] as const) {
  test(`replaced files: both versions, and one's own back by keyboard, ${colorScheme}`, async (context) => {
    const { page } = await open(context, "moved", { colorScheme, reducedMotion: "reduce" });
    await button(page, "Compare").press("Enter");
    const dialog = page.getByRole("dialog", { name: "Replaced by the step" });
    const difference = dialog.getByRole("group", { name: /server\.py/ });
    await difference.getByText("+ PORT = 9000").waitFor();
    await difference.getByText("- PORT = 8000").waitFor();
    await dialog.getByText("logo.png").first().waitFor();
    await hasNothingSerious(page);
    const takes = dialog.getByRole("button", { name: "Use mine" });
    assert.equal(await takes.count(), 2);
    await takes.first().press("Enter");
    await difference.waitFor({ state: "hidden" });
    assert.equal(await takes.count(), 1);
    // Esc leads back to where one was, also from the place of a button that is gone.
    await page.waitForFunction(() => document.activeElement?.closest("[role=dialog]"));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal(
      await button(page, "Compare").evaluate((element) => element === element.ownerDocument.activeElement),
      true,
    );
  });

  test(`saved states: which there are, what one replaces, brought back after a second press, ${colorScheme}`, async (context) => {
    const { page } = await open(context, "moved", { colorScheme, reducedMotion: "reduce" });
    await button(page, "Saved states…").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/big\.iso \(larger than 50 MiB/).waitFor();
    assert.equal(
      await dialog
        .getByRole("listitem")
        .filter({ has: page.locator("time") })
        .count(),
      2,
    );
    await dialog.getByRole("button", { name: "Bring back" }).first().press("Enter");
    const sure = dialog.getByRole("button", { name: "Replace my workspace with it" });
    await sure.waitFor();
    await dialog.getByText("python3").waitFor();
    await hasNothingSerious(page);
    const sent = page.waitForRequest((request) => request.url().endsWith("/api/requests"));
    await sure.press("Enter");
    assert.deepEqual((await sent).postDataJSON(), { kind: "restore", checkpoint: "c2", confirmed: true });
    await dialog.waitFor({ state: "hidden" });
  });

  test(`what a workshop asks once: filled in by keyboard, told when it is refused, ${colorScheme}`, async (context) => {
    const { page } = await open(context, "working", { colorScheme, reducedMotion: "reduce" });
    const asked: unknown[] = [];
    await page.route("**/api/workspace", async (route) => {
      const answer = await route.fetch();
      const workspace = (await answer.json()) as object;
      const variables = [{ name: "PORT", question: "Which port shall your service have?", isAnswered: false }];
      await route.fulfill({ response: answer, json: { ...workspace, variables } });
    });
    await page.route("**/api/variables", (route) => {
      asked.push(route.request().postDataJSON());
      return asked.length === 1
        ? route.fulfill({ status: 422, json: { code: "bad-value", message: "A port is a number.", fields: [] } })
        : route.fulfill({ status: 204 });
    });
    await page.reload();
    const field = page.getByLabel("Which port shall your service have?");
    await field.fill("many");
    await hasNothingSerious(page);
    await field.press("Enter");
    await page.getByText("A port is a number.").waitFor();
    await field.fill("8080");
    await field.press("Enter");
    await page.getByText("Filled in", { exact: true }).waitFor();
    assert.deepEqual(asked, [{ PORT: "many" }, { PORT: "8080" }]);
  });
}

test("what lies over the page has the language of its words, whatever the workshop's is", async (context) => {
  const { page } = await open(context, "moved");
  await page.locator("main h1").first().waitFor();
  await page.evaluate(() => {
    document.documentElement.lang = "de";
  });
  for (const [name, role] of [
    ["Saved states…", "dialog"],
    ["Settings", "dialog"],
    ["Show the solution", "alertdialog"],
  ] as const) {
    await button(page, name).click();
    const shown = page.getByRole(role);
    await shown.waitFor();
    assert.equal(await shown.evaluate((element) => element.closest("[lang]")?.getAttribute("lang")), "en", name);
    await page.keyboard.press("Escape");
    await shown.waitFor({ state: "hidden" });
  }
});
