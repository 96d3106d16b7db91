import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@atelier/testkit";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { createOutputMask } from "./mask-output.ts";

const secrets = ["hunter", "hunter22", "a b/c", "aaaa", "ab12", "no", "-----\nMIIE\nk\n-----\n"];
const known = knownSecrets(secrets);
const unseen = ["\r", "\n", "\r\n", " \r", "\u001b[1;3", "1m", "\u001b", "[A", "\u001b(", "B", "\u001b]0;", "\u0007"];
const masked = (chunks: readonly string[]): string => {
  const mask = createOutputMask(known);
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
  // Colours, titles and the edge of a narrow screen.
  ["a hun\u001b[1;31mter\u001b[0m22!", "a [redacted]\u001b[1;31m\u001b[0m!"],
  [
    "\u001b[31mh\u001b[32mu\u001b(Bn\u001b[3Cter22\u001b[0m",
    "\u001b[31m[redacted]\u001b[32m\u001b(B\u001b[3C\u001b[0m",
  ],
  ["\u001b]0;hunter22\u0007$ ", "\u001b]0;[redacted]\u0007$ "],
  ["\u001b]8;;http://host/hunter22\u001b\\x", "\u001b]8;;http://host/[redacted]\u001b\\x"],
  ["hun\r\nter22\r\n", "[redacted]\r\n\r\n"],
  ["hunt \r\u001b[Ke\rer2\u001b[A\r\r\n\u001b[C2 ", "[redacted] \r\u001b[K\r\u001b[A\r\r\n\u001b[C "],
  ["hunt \r\ner22", "hunt \r\ner22"],
  ["hunt er22", "hunt er22"],
  ["hunte\u001b[31", "hunte\u001b[31"],
  ["a\r\na\r\na\r\na\r\n", "a\r\na\r\na\r\na\r\n"],
  ["1\u001b[12", "1\u001b[12"],
  ["-----\r\nMIIE\r\nk\r\n-----", "[redacted]\r\n\r\n\r\n"],
];
for (const [input, output] of cases)
  test(`${input} is written as ${output}, however it is cut`, () => {
    assert.equal(masked([input]), output);
    assert.equal(masked([...input]), output);
    for (let cut = 1; cut < input.length; cut++)
      assert.equal(masked([input.slice(0, cut), input.slice(cut)]), output, `cut at ${cut}`);
  });

test("what is cut at random is masked like the whole (4,000 texts)", () => {
  const random = createRandom(7);
  for (let count = 0; count < 4000; count++) {
    const text = Array.from({ length: random.below(16) }, () =>
      random.pick([
        "hunter",
        "hunter22",
        "hunt",
        "a",
        "ab",
        "ab12",
        "22",
        " ",
        "a b",
        "/c",
        "a%20b",
        "%2Fc",
        ...unseen,
      ]),
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
  const mask = createOutputMask(known);
  assert.equal(mask.push("$ "), "$ ");
  assert.equal(mask.push("h"), "");
  assert.equal(mask.push("i\r\n"), "hi\r\n");
});

test("what is held is given to who cannot wait: half of a secret as one, less as it is", () => {
  const mask = createOutputMask(known);
  const keys = (text: string): string => [...text].map((key) => mask.push(key)).join("");
  assert.equal(keys("> hu\u001b[1m"), "> ");
  assert.equal(mask.held, 2);
  assert.equal(mask.release(), "hu\u001b[1m");
  assert.equal(mask.held, 0);
  assert.equal(keys("\u001b[2mnt"), "");
  assert.equal(mask.release(), "[redacted]\u001b[2m");
  assert.equal(keys("er2"), "");
  assert.equal(mask.release(), "");
  assert.equal(keys("2\u001b[m and hu"), "\u001b[m and ");
  assert.equal(mask.release(), "hu");
  assert.equal(keys("nter22 hu"), "[redacted] ");
  assert.equal(mask.release(), "hu");
  assert.equal(keys("g hunt"), "g ");
  assert.equal(mask.release(), "[redacted]");
  assert.equal(keys("ing"), "ing");
  assert.equal(mask.push("\u001b[3"), "");
  assert.equal(mask.release(), "\u001b[3");
  assert.equal(keys("1mhunter22 hunter"), "1m[redacted] ");
  assert.equal(mask.release(), "[redacted]");
  assert.equal(keys("!"), "!");
  assert.equal(mask.end(), "");
});

test("a long secret of one line is masked as a whole", () => {
  const secret = Array.from({ length: 4000 }, (_, index) => `key${index}`).join("");
  const mask = createOutputMask(knownSecrets([secret]));
  const text = `$ cat key\r\n${secret}\r\n$ `;
  let written = "";
  for (let at = 0; at < text.length; at += 4095) written += mask.push(text.slice(at, at + 4095));
  assert.equal(written + mask.end(), "$ cat key\r\n[redacted]\r\n$ ");
});

test("a secret that has no end is held up to a limit", () => {
  const mask = createOutputMask(known);
  let written = mask.push("hunt");
  for (let count = 0; count < 3000; count++) written += mask.push("\u001b[1m");
  assert.ok(written.startsWith("[redacted]\u001b[1m"), written.slice(0, 40));
  assert.ok(written.length > 8000, String(written.length));
});

test("a long key is masked line by line, however a terminal ends lines, and so are its quoted forms", () => {
  const lines = Array.from({ length: 40 }, (_, line) =>
    Buffer.from(`line ${line} of a key that is long`).toString("base64"),
  );
  const key = `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
  const long = knownSecrets([key]);
  for (const text of [
    key.replaceAll("\n", "\r\n"),
    key.replaceAll("\n", "\r\r\n"),
    key.replaceAll("\n", "\u001b[0m\r\n\u001b[1m"),
    JSON.stringify(key),
    Buffer.from(key).toString("base64"),
  ]) {
    const mask = createOutputMask(long);
    let written = "";
    for (let at = 0; at < text.length; at += 7) written += mask.push(text.slice(at, at + 7));
    written += mask.end();
    assert.match(written, /\[redacted\]/);
    for (const line of [...lines, Buffer.from(lines[20] ?? "").toString("base64")])
      assert.ok(!written.includes(line.slice(4, 16)), written);
  }
});
