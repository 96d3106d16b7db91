import assert from "node:assert/strict";
import { test } from "node:test";
import type { Assertion } from "@atelier/contract";
import { keepDiscriminating } from "./keep-discriminating.ts";

const saw = (all: Readonly<Record<string, Assertion["status"]>>): readonly Assertion[] =>
  Object.entries(all).map(([id, status]) => ({ id, title: id, status }));

test("only what fails before and passes after is kept, with what goss needs beside it", () => {
  const resource = (rest: object) => ({ title: "t", meta: { message: "m" }, ...rest });
  const draft = {
    file: {
      "/new": resource({ exists: true, mode: "0600", contents: ["x"] }),
      "/same": resource({ exists: true }),
      "/changed": resource({ exists: true, contents: ["y"] }),
      "/never": resource({ exists: true, contents: ["z"] }),
    },
    http: { "http://127.0.0.1:1/": resource({ status: 200, body: ["b"], timeout: 3000 }) },
  };
  const before = saw({
    "file: /new: exists": "failed",
    "file: /new: mode": "skipped",
    "file: /new: contents": "skipped",
    "file: /same: exists": "passed",
    "file: /changed: exists": "passed",
    "file: /changed: contents": "failed",
    "file: /never: exists": "passed",
    "file: /never: contents": "failed",
    "http: http://127.0.0.1:1/: status": "error",
    "http: http://127.0.0.1:1/: Body": "skipped",
  });
  const after = saw({
    "file: /new: exists": "passed",
    "file: /new: mode": "passed",
    "file: /new: contents": "failed",
    "file: /same: exists": "passed",
    "file: /changed: exists": "passed",
    "file: /changed: contents": "passed",
    "file: /never: exists": "passed",
    "file: /never: contents": "failed",
    "http: http://127.0.0.1:1/: status": "passed",
    "http: http://127.0.0.1:1/: Body": "passed",
  });
  assert.deepEqual(keepDiscriminating(draft, before, after), {
    file: {
      "/new": resource({ exists: true, mode: "0600" }),
      "/changed": resource({ exists: true, contents: ["y"] }),
    },
    http: { "http://127.0.0.1:1/": resource({ status: 200, body: ["b"], timeout: 3000 }) },
  });
});
