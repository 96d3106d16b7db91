import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeUtf8 } from "./utf8.ts";

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

test("valid text comes back whole, also across the chunks it is built from", () => {
  const text = `plain, é, €, 🎉, \uFEFF, \0 ${"ü🎉".repeat(5000)}`;
  assert.deepEqual(decodeUtf8(new TextEncoder().encode(text)), { text });
});

test("what a strict decoder refuses is refused, at its first byte", () => {
  const cases: readonly (readonly [string, Uint8Array, number])[] = [
    ["a lone continuation byte", bytes(0x61, 0x80), 1],
    ["an overlong slash", bytes(0xc0, 0xaf), 0],
    ["an overlong three-byte form", bytes(0xe0, 0x80, 0xaf), 0],
    ["a surrogate", bytes(0xed, 0xa0, 0x80), 0],
    ["beyond Unicode", bytes(0xf4, 0x90, 0x80, 0x80), 0],
    ["a cut sequence", bytes(0x61, 0x62, 0xe2, 0x82), 2],
    ["Latin-1", bytes(0x43, 0x61, 0x66, 0xe9, 0x0a), 3],
  ];
  for (const [name, input, invalidAt] of cases) assert.deepEqual(decodeUtf8(input), { invalidAt }, name);
});

test("agrees with the platform's decoder on random bytes", () => {
  let seed = 7;
  const next = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 16) & 0xff;
  };
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let round = 0; round < 5000; round++) {
    const input = Uint8Array.from({ length: 1 + (round % 6) }, () => (next() < 100 ? next() : next() | 0x80));
    let expected: string | undefined;
    try {
      expected = strict.decode(input);
    } catch {
      expected = undefined;
    }
    const decoded = decodeUtf8(input);
    assert.equal(decoded.invalidAt === undefined ? decoded.text : undefined, expected, `${[...input]}`);
  }
});
