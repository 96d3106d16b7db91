import assert from "node:assert/strict";
import { test } from "node:test";
import { createReplacementCounter } from "@atelier/contract";
import { createRandom } from "@atelier/testkit";
import { createOutputText } from "./output-text.ts";

const samples = ["plain text\r\n", "é漢🎉", "\u0080\u07ff\u0800\uffff", "\ufffd", "\ufeff", "\u001b[1m", '"\\'];
const broken = [
  [0xff],
  [0xc3],
  [0xe6, 0xbc],
  [0xf0, 0x9f, 0x8e],
  [0x80, 0x80],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xef],
];

/** Random text with a broken piece now and then. */
const randomBytes = (random: ReturnType<typeof createRandom>, brokenShare: number): Buffer =>
  Buffer.concat(
    Array.from({ length: 40 }, () =>
      random.chance(brokenShare)
        ? Buffer.from(broken[random.below(broken.length)] as number[])
        : Buffer.from((samples[random.below(samples.length)] as string).repeat(random.below(20))),
    ),
  );

for (const [name, share] of [
  ["valid", 0],
  ["broken now and then", 0.1],
] as const)
  test(`output that is ${name}, cut anywhere, becomes the same text as when decoded at once, and is counted alike`, () => {
    const random = createRandom(11);
    let latin1 = 0;
    for (let round = 0; round < 400; round++) {
      const all = randomBytes(random, share);
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      const whole = decoder.decode(all, { stream: true });
      const count = createReplacementCounter()(all, whole);
      const rest = decoder.decode();
      const text = createOutputText(false);
      let got = Buffer.alloc(0);
      let replaced = 0;
      const take = (part: ReturnType<typeof text.push>): void => {
        got = Buffer.concat([got, Buffer.from(part.text, part.encoding)]);
        replaced += part.replaced;
        if (part.encoding === "latin1") latin1++;
      };
      for (let at = 0; at < all.length; ) {
        const length = random.chance(0.3) ? 1 + random.below(3) : 1 + random.below(300);
        take(text.push(all.subarray(at, at + length)));
        at += length;
      }
      take(text.end());
      assert.equal(got.toString("utf8"), whole + rest, `round ${round}`);
      assert.equal(replaced, count + (rest === "" ? 0 : 1), `round ${round}`);
    }
    assert.ok(latin1 > 400, "the short way was taken");
  });

test("whoever has to look at the characters gets them decoded", () => {
  assert.deepEqual(createOutputText(true).push(Buffer.from("é")), { text: "é", encoding: "utf8", replaced: 0 });
  assert.deepEqual(createOutputText(false).push(Buffer.from("é")), { text: "Ã©", encoding: "latin1", replaced: 0 });
});
