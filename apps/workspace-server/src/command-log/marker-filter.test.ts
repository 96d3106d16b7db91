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

test("a marker of ours that never ends is dropped, nonce and all, and the output goes on after it", () => {
  const filter = new MarkerFilter("abc123");
  const flood = Buffer.alloc(300 * 1024, "x");
  const pushed = [Buffer.from("before\u001b]7717;abc123;S;"), flood, flood, Buffer.from("y\u0007after")].map((chunk) =>
    filter.push(chunk),
  );
  assert.equal(Buffer.concat(pushed.map(({ output }) => output)).toString(), "beforeafter");
  assert.deepEqual(
    pushed.map(({ isBroken }) => isBroken),
    [false, true, false, false],
  );
});

test("what follows a marker without end is not swallowed for ever", () => {
  const filter = new MarkerFilter("abc123");
  filter.push(Buffer.from("\u001b]7717;abc123;S;"));
  for (let pushed = 0; pushed <= 1024; pushed += 64) filter.push(Buffer.alloc(64 * 1024, "x"));
  assert.equal(Buffer.from(filter.push(Buffer.from("after")).output).toString(), "after");
});

test("a marker that breaks off ends where the next sequence begins", () => {
  const broken = `a\u001b]7717;abc123;S;secret\u001b[1mb${marker("P;/x")}c`;
  const { output, markers, isBroken } = new MarkerFilter("abc123").push(Buffer.from(broken));
  assert.deepEqual(
    [Buffer.from(output).toString(), markers, isBroken],
    ["a\u001b[1mbc", [{ kind: "prompt", fields: ["/x"] }], true],
  );
});

test("another program's sequence that never ends passes", () => {
  const flood = Buffer.alloc(300 * 1024, "x");
  assert.equal(
    filterAll([Buffer.from("\u001b]7717;abc12;S;"), flood, flood]).output.length,
    600 * 1024 + "\u001b]7717;abc12;S;".length,
  );
});

test("what is ours is not released, however long it is waited for", () => {
  const filter = new MarkerFilter("abc123");
  filter.push(Buffer.from("\u001b]7717;abc123;S;sec"));
  assert.equal(filter.release().length, 0);
  assert.deepEqual(filter.push(Buffer.from("ret\u0007")).markers, [{ kind: "start", fields: ["secret"] }]);
});

test("it knows whether what it holds is one of ours", () => {
  const filter = new MarkerFilter("abc123");
  const seen = [..."\u001b]7717;abc123;S;a", "\u0007"].map((piece) => {
    filter.push(Buffer.from(piece));
    return filter.holding;
  });
  assert.deepEqual(seen, [...Array(12).fill("something"), ...Array(5).fill("ours"), "nothing"]);
});
