import assert from "node:assert/strict";
import { test } from "node:test";
import { suggest } from "./suggest.ts";

test("a slip of the finger finds its word, another word finds nothing", () => {
  const keys = ["title", "requires", "onStart", "commands", "llm-docs", "cwd"];
  const wanted: Record<string, string | undefined> = {
    titel: "title",
    tittle: "title",
    Title: "title",
    on_start: "onStart",
    comands: "commands",
    llmdocs: "llm-docs",
    cdw: "cwd",
    favourite: undefined,
    x: undefined,
    "": undefined,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((word) => [word, suggest(word, keys)])), wanted);
});

test("the nearest of several wins", () => {
  assert.equal(suggest("step-tow", ["step-one", "step-two", "step-ten"]), "step-two");
});
