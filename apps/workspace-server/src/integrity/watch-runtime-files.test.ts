import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createRuntimeWatch } from "./watch-runtime-files.ts";

const log = "command-log.jsonl";
const recording = "session-20260101T000000Z-1.cast";

/** Does something to the files and answers what the next look tells. */
const toldAfter = (touch: (path: (name: string) => string) => void): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-touched-"));
  try {
    const path = (name: string): string => join(folder, name);
    for (const name of [log, recording]) writeFileSync(path(name), `{"a line of":"${name}"}\n`, { mode: 0o600 });
    const told: string[] = [];
    const look = createRuntimeWatch({ folder, onTouched: (file, cause) => told.push(`${file}: ${cause}`) });
    appendFileSync(path(log), "another\n".repeat(500));
    look();
    assert.deepEqual(told, [], "the server's own appending");
    touch(path);
    look();
    const once = [...told];
    look();
    assert.deepEqual(told, once, "each change is told once");
    return once;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const cases: readonly (readonly [string, (path: (name: string) => string) => void, readonly string[]])[] = [
  ["nothing", () => {}, []],
  ["appending", (path) => appendFileSync(path(recording), "more\n"), []],
  ["a new part", (path) => writeFileSync(path("session-x-1-2.cast"), "{}\n", { mode: 0o600 }), []],
  ["a file of somebody else", (path) => writeFileSync(path("notes.txt"), "", { mode: 0o644 }), []],
  ["rm", (path) => rmSync(path(log)), [`${log}: removed`]],
  ["truncate", (path) => truncateSync(path(recording), 3), [`${recording}: shortened from 48 to 3 bytes`]],
  ["chmod", (path) => chmodSync(path(log), 0o644), [`${log}: other owner or rights`]],
  [
    "sed -i",
    (path) => {
      writeFileSync(path("draft"), "", { mode: 0o600 });
      renameSync(path("draft"), path(log));
    },
    [`${log}: replaced by another file`],
  ],
  [
    "a link in its place",
    (path) => {
      rmSync(path(log));
      symlinkSync("/etc/passwd", path(log));
    },
    [`${log}: replaced by something that is no file`],
  ],
  [
    "writing over the last line",
    (path) => {
      const file = openSync(path(log), "r+");
      writeSync(file, "forged!", 3990);
    },
    [`${log}: rewritten`],
  ],
  [
    "writing over the first line while appending",
    (path) => {
      writeSync(openSync(path(log), "r+"), "{", 2);
      appendFileSync(path(log), "more\n");
    },
    [`${log}: rewritten`],
  ],
  [
    "a recording that is not ours",
    (path) => {
      writeFileSync(path("session-forged-1.cast"), "{}\n");
      chmodSync(path("session-forged-1.cast"), 0o644);
    },
    ["session-forged-1.cast: made with rights that the server does not give"],
  ],
];

for (const [name, touch, wanted] of cases)
  test(`runtime files: ${name}`, () => {
    assert.deepEqual(toldAfter(touch), wanted);
  });

test("a line that the server could not finish and cuts off again is no touch, what stood before it is", () => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-touched-"));
  try {
    const path = join(folder, recording);
    writeFileSync(path, "whole\n", { mode: 0o600 });
    const told: string[] = [];
    const look = createRuntimeWatch({ folder, onTouched: (file, cause) => told.push(`${file}: ${cause}`) });
    appendFileSync(path, "x".repeat(5000));
    look();
    truncateSync(path, 6);
    look();
    appendFileSync(path, "torn");
    look();
    truncateSync(path, 6);
    appendFileSync(path, "another whole one\n");
    look();
    assert.deepEqual(told, []);
    appendFileSync(path, "torn");
    look();
    truncateSync(path, 5);
    look();
    assert.deepEqual(told, [`${recording}: shortened from 28 to 5 bytes`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("rights of the folder, and a folder that is gone", () => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-touched-"));
  const told: string[] = [];
  const look = createRuntimeWatch({ folder, onTouched: (file, cause) => told.push(`${file}: ${cause}`) });
  chmodSync(folder, 0o777);
  look();
  rmSync(folder, { recursive: true });
  look();
  assert.deepEqual(told, [".: other owner or rights", ".: the folder is gone"]);
});
