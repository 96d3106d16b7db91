import { test } from "node:test";
import { chromiumForTests } from "@atelier/testkit/chromium";
import { doWorkshop } from "./do-workshop.ts";

const browser = chromiumForTests();

test("linux-basics, from its start page to its last, by its own text, watched by an instructor", () =>
  doWorkshop(browser(), "linux-basics", { isWatched: true }));

test("http-service, from its start page to its last, by its own text and its question", () =>
  doWorkshop(browser(), "http-service", { answers: ["", "the customer's"] }));
