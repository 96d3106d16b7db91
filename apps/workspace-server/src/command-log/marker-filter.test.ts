import assert from "node:assert/strict";
import { test } from "node:test";
import { MarkerFilter } from "./marker-filter.ts";

const marker = (body: string, nonce = "abc123"): string => `\u001b]7717;${nonce};${body}\u0007`;
const filterAll = (chunks: readonly Buffer[]): { output: string; markers: unknown[] } => {
  const filter = new MarkerFilter("abc123");
  const results = chunks.map((chunk) => filter.push(chunk));
  return {
    output: Buffer.concat([...results.map(({ output }) => output), filter.release()]).toString(),
    markers: results.flatMap(({ markers }) => [...markers]),
  };
};

const stream = Buffer.from(
  `before\u001b[31mred${marker("S;echo \\x3b\\x0a\\\\ é")}mid\u001b]0;title\u0007${marker("E;0;/home/a b")}${marker("P;/x")}after\u001b]7717;wrong;S;forged\u0007end\u001b]77`,
);
const expected = {
  output: "before\u001b[31mredmid\u001b]0;title\u0007after\u001b]7717;wrong;S;forged\u0007end\u001b]77",
  markers: [
    { kind: "start", fields: ["echo ;\n\\ é"] },
    { kind: "end", fields: ["0", "/home/a b"] },
    { kind: "prompt", fields: ["/x"] },
  ],
};

test("markers come out and everything else passes, wherever the chunks break", () => {
  assert.deepEqual(filterAll([stream]), expected);
  for (let cut = 0; cut <= stream.length; cut++)
    assert.deepEqual(filterAll([stream.subarray(0, cut), stream.subarray(cut)]), expected, `cut at ${cut}`);
  assert.deepEqual(filterAll([...stream].map((byte) => Buffer.from([byte]))), expected);
});

test("a marker that never ends does not swallow the output for ever", () => {
  const flood = Buffer.alloc(300 * 1024, "x");
  assert.equal(
    filterAll([Buffer.from("\u001b]7717;abc123;S;"), flood, flood]).output.length,
    600 * 1024 + "\u001b]7717;abc123;S;".length,
  );
});

test("it knows whether what it holds is one of ours", () => {
  const filter = new MarkerFilter("abc123");
  const seen = [..."\u001b]7717;abc123;S;a", "\u0007"].map((piece) => {
    filter.push(Buffer.from(piece));
    return filter.holding;
  });
  assert.deepEqual(seen, [...Array(13).fill("something"), ...Array(4).fill("ours"), "nothing"]);
});
