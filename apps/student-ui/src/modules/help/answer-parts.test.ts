import assert from "node:assert/strict";
import { test } from "node:test";
import { answerParts } from "./answer-parts.ts";

const shown = (answer: string): readonly string[] => answerParts(answer).map(({ kind, text }) => `${kind} ${text}`);

test("an answer is text, words in backticks and fenced code, and nothing else", () => {
  assert.deepEqual(shown("Say `ls -l`:\n\n```bash\nls -l\n```\nThen <b>look</b> [here](http://x) ![p](http://y)."), [
    "text Say ",
    "word ls -l",
    "text :\n\n",
    "code ls -l\n",
    "text Then <b>look</b> [here](http://x) ![p](http://y).",
  ]);
});

test("half an answer shows what there is, and its parts keep their places", () => {
  const whole = "One:\n```\na\nb\n```\ntwo `c`";
  for (let length = 1; length <= whole.length; length++) assert.ok(answerParts(whole.slice(0, length)).length > 0);
  assert.deepEqual(shown("One:\n```sh\na\nb"), ["text One:\n", "code a\nb"]);
  assert.deepEqual(shown("~~~\n```\n~~~"), ["code ```\n"]);
  assert.deepEqual(shown(""), []);
});
