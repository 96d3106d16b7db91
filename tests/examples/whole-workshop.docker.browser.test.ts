import { test } from "node:test";
import { chromiumForTests } from "@atelier/testkit/chromium";
import { doWorkshop } from "./do-workshop.ts";

const browser = chromiumForTests();

test("git-rescue, from its start page to its last, by its own text, watched by an instructor (the other examples: soak)", () =>
  doWorkshop(browser(), "git-rescue", { isWatched: true }));
