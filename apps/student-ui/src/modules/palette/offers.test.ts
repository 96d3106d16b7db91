import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "./actions.ts";
import { createOffers } from "./offers.ts";

const action = (id: string, title: string): Action => ({ id, title, group: "Step", run: () => undefined });

test("what two parts offer is there once, and goes with the last of them", () => {
  const offers = createOffers();
  let told = 0;
  const forget = offers.subscribe(() => {
    told++;
  });
  offers.put("list", [action("undo", "Undo"), action("saved", "Saved states")]);
  offers.put("bar", [action("undo", "Undo")]);
  const titles = () => offers.all().map(({ title }) => title);
  assert.deepEqual(titles(), ["Undo", "Saved states"]);
  assert.equal(offers.all(), offers.all(), "a list that has not changed is the same list");
  offers.remove("list");
  assert.deepEqual(titles(), ["Undo"]);
  offers.put("bar", []);
  assert.deepEqual(titles(), []);
  assert.equal(told, 4);
  forget();
  offers.put("nobody", []);
  offers.put("bar", [action("x", "X")]);
  assert.equal(told, 4, "whoever does not listen any more hears nothing, and nothing offered is no news");
});
