import assert from "node:assert/strict";
import { test } from "node:test";
import { findActions } from "./actions.ts";

test("every word counts, wherever it stands; beginnings come first; accents do not matter", () => {
  const action = (id: string, title: string, group = "Steps") => ({ id, title, group, run: () => {} });
  const all = [action("a", "Go to Résumé"), action("b", "Reset the step"), action("c", "Show the result", "Tools")];
  const found = (query: string): string =>
    findActions(all, query)
      .map(({ id }) => id)
      .join("");
  assert.deepEqual(
    [found(""), found("res"), found("resume go"), found("tools"), found("nothing")],
    ["abc", "bac", "a", "c", ""],
  );
});
