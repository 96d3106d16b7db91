import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplayBuffer } from "./replay-buffer.ts";

test("any offset that is still here reads back exactly, whatever the chunks", () => {
  const buffer = new ReplayBuffer(500);
  let all = "";
  for (let n = 0; n < 200; n++) {
    const text = `${n}:`.repeat((n * 7) % 13);
    all += text;
    buffer.append(Buffer.from(text));
    for (let offset = buffer.start; offset <= buffer.head; offset += 17) {
      let got = "";
      for (let at = offset; at < buffer.head; ) {
        const part = Buffer.from(buffer.read(at, 50) ?? assert.fail()).toString();
        got += part;
        at += part.length;
      }
      assert.equal(got, all.slice(offset));
    }
  }
  assert.equal(buffer.read(buffer.start - 1, 1), undefined);
  assert.equal(buffer.read(buffer.head + 1, 1), undefined);
  assert.ok(buffer.head - buffer.start <= 500);
});
