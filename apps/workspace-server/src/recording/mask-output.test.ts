import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@atelier/testkit";
import { createOutputMask } from "./mask-output.ts";

const secrets = ["hunter", "hunter22", "a b/c", "aaaa", "ab12", "no"];
const masked = (chunks: readonly string[]): string => {
  const mask = createOutputMask(secrets);
  return chunks.map((chunk) => mask.push(chunk)).join("") + mask.end();
};
const cases: readonly [string, string][] = [
  ["say hunter22!", "say [redacted]!"],
  ["say hunter2", "say [redacted]2"],
  ["hunter", "[redacted]"],
  ["hunte", "hunte"],
  ["hunthunter", "hunt[redacted]"],
  ["?q=a%20b%2Fc&a b/c", "?q=[redacted]&[redacted]"],
  ["aaaaaaaaa", "[redacted][redacted]a"],
  ["aaab12", "aa[redacted]"],
  ["no", "no"],
];
for (const [input, output] of cases)
  test(`${input} is written as ${output}, however it is cut`, () => {
    assert.equal(masked([input]), output);
    assert.equal(masked([...input]), output);
    for (let cut = 1; cut < input.length; cut++)
      assert.equal(masked([input.slice(0, cut), input.slice(cut)]), output, `cut at ${cut}`);
  });

test("what is cut at random is masked like the whole (2,000 texts)", () => {
  const random = createRandom(7);
  for (let count = 0; count < 2000; count++) {
    const text = Array.from({ length: random.below(12) }, () =>
      random.pick(["hunter", "hunter22", "hunt", "a", "ab", "ab12", "22", " ", "a b", "/c", "a%20b", "%2Fc"]),
    ).join("");
    const chunks: string[] = [];
    for (let at = 0; at < text.length; ) {
      const length = 1 + random.below(5);
      chunks.push(text.slice(at, at + length));
      at += length;
    }
    assert.equal(masked(chunks), masked([text]), text);
  }
});

test("nothing is held back that begins no secret", () => {
  const mask = createOutputMask(secrets);
  assert.equal(mask.push("$ "), "$ ");
  assert.equal(mask.push("h"), "");
  assert.equal(mask.push("i\r\n"), "hi\r\n");
});
