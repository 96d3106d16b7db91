import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@atelier/testkit";
import { knownSecrets } from "./known-secrets.ts";

const key = ["MIIEvQIBADANBgkqhkiG9w0B", "AQEFAASCBKcwggSj/gEAAoIBAQ+x", "short", "C7VJTUt9Us8cKj=="];
const pem = `-----BEGIN PRIVATE KEY-----\n${key.join("\n")}\n-----END PRIVATE KEY-----\n`;
const tricky = `it's "a" $secret\`x\` <&> y/z+w`;
const secrets = knownSecrets(["hunter22", pem, tricky, "a".repeat(100)]);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** What of a value of several lines must not be seen: each line that is long enough to say something. */
const told = [key[0], key[1], key[3]] as string[];

const showsNothing: readonly [string, string][] = [
  ["as the file has it", pem],
  ["as a terminal shows it", pem.replaceAll("\n", "\r\n")],
  ["as a terminal shows a file that was written on Windows", pem.replaceAll("\n", "\r\r\n")],
  ["as a paste sends it", pem.replaceAll("\n", "\r")],
  ["as an unquoted word of a shell", pem.trim().replaceAll("\n", " ")],
  ["as a member of JSON", JSON.stringify({ key: pem })],
  ["as a word of bash", `$'${pem.replaceAll("\n", "\\n")}'`],
  ["in a URL", `?key=${encodeURIComponent(pem)}`],
  ["with an indentation, as in YAML", pem.replaceAll("\n", "\n    ")],
];
for (const [how, text] of showsNothing)
  test(`a value of several lines is masked ${how}`, () => {
    const masked = secrets.mask(text);
    for (const line of told) {
      assert.ok(!masked.includes(line), masked);
      assert.ok(!masked.includes(encodeURIComponent(line)), masked);
    }
    assert.match(masked, /\[redacted\]/);
  });

test("a file that was written on Windows is known by its lines", () => {
  const windows = knownSecrets([pem.replaceAll("\n", "\r\n")]);
  for (const line of told) assert.ok(!windows.mask(pem).includes(line));
});

const quoted: readonly [string, string][] = [
  ["JSON", JSON.stringify(tricky)],
  [
    "JSON of Go",
    JSON.stringify(tricky).replaceAll("<", "\\u003c").replaceAll("&", "\\u0026").replaceAll(">", "\\u003e"),
  ],
  ["single quotes", `'${tricky.replaceAll("'", "'\\''")}'`],
  ["double quotes", `"${tricky.replace(/["$`\\]/g, "\\$&")}"`],
  ["ANSI-C quotes", `$'${tricky.replace(/['\\]/g, "\\$&")}'`],
  ["backslashes", tricky.replace(/[^\w/+]/g, "\\$&")],
  ["a URL", encodeURIComponent(tricky)],
  ["a URL with everything encoded", encodeURIComponent(tricky).replaceAll("'", "%27")],
  ["a URL in lower case", encodeURIComponent(tricky).replace(/%../g, (code) => code.toLowerCase())],
  ["a form", encodeURIComponent(tricky).replaceAll("'", "%27").replaceAll("%20", "+")],
];
for (const [how, text] of quoted)
  test(`a value is masked in the quoting of ${how}`, () => {
    const masked = secrets.mask(`before ${text} after`);
    assert.match(masked, /^before [$'"]{0,2}\[redacted\]['"]? after$/);
  });

test("base64 of a value is masked alone, within something longer, wrapped and in the alphabet of URLs", () => {
  const long = "a".repeat(100);
  for (const text of [
    base64("hunter22"),
    base64("hunter22").replaceAll("=", ""),
    Buffer.from("hunter22").toString("base64url"),
  ])
    assert.equal(secrets.mask(`x ${text} y`), "x [redacted] y");
  for (const user of ["u", "us", "use", "user"]) {
    const masked = secrets.mask(base64(`${user}:hunter22`));
    assert.match(masked, /\[redacted\]/);
    assert.ok(
      !Buffer.from(masked.split("[")[0] ?? "", "base64")
        .toString()
        .includes("hunte"),
      masked,
    );
  }
  const wrapped = (base64(long).match(/.{1,76}/g) ?? []).join("\n");
  assert.equal(secrets.mask(wrapped).replaceAll("[redacted]", "").trim(), "");
  // The last character is of the line end, which is no secret.
  assert.match(secrets.mask(base64(pem)), /^\[redacted\].{0,2}$/);
});

test("one that begins within another is covered with it, and so is what touches it", () => {
  const some = knownSecrets(["abcdef", "defghi"]);
  assert.equal(some.mask("1abcdefghi2"), "1[redacted]2");
  assert.equal(some.mask("1abcdefabcdef2"), "1[redacted]2");
  assert.equal(some.mask("1abcdef abcdef2"), "1[redacted] [redacted]2");
});

test("words of less than four characters, empty values and frames of keys are left alone", () => {
  const some = knownSecrets(["", "abc", "\n", "-----BEGIN X-----\nab\n-----END X-----\n"]);
  const text = "abc\n-----BEGIN X-----\nab\n";
  assert.equal(some.mask(text), text);
});

test("a text is shortened after what is secret is gone, whatever lies across the cut", () => {
  assert.equal(secrets.maskStart("say hunter22 now", 6), "say [r…");
  assert.equal(secrets.maskStart("say hunter22", 40), "say [redacted]");
  const text = `${"x".repeat(50)}hunter22${"y".repeat(1_000_000)}`;
  for (let most = 40; most < 70; most++) assert.doesNotMatch(secrets.maskStart(text, most), /h(?:u|…)/, `${most}`);
  const many = `${"hunter22".repeat(20)}${pem}`;
  for (let most = 1; most < 400; most += 7) {
    const shown = secrets.maskStart(many, most);
    for (const line of told) assert.ok(!shown.includes(line.slice(0, 6)), shown);
  }
});

test("however a text is cut, it is masked like the whole (1,000 texts)", () => {
  const random = createRandom(11);
  const some = knownSecrets(["hunter22", "two\nlines of it\nin one", "22two"]);
  const pieces = [
    "hunter",
    "22",
    "two",
    "\n",
    "\r\n",
    "lines of it",
    "in one",
    " ",
    "hunt",
    "dHdv",
    "aHVudGVyMjI",
    "%0A",
  ];
  for (let count = 0; count < 1000; count++) {
    const text = Array.from({ length: random.below(12) }, () => random.pick(pieces)).join("");
    const stream = some.stream();
    let streamed = "";
    for (let at = 0; at < text.length; ) {
      const length = 1 + random.below(6);
      streamed += stream.push(text.slice(at, at + length));
      at += length;
    }
    assert.equal(streamed + stream.end(), some.mask(text), JSON.stringify(text));
  }
});

test("many forms cost a flood little", () => {
  const large = knownSecrets([
    Array.from({ length: 60 }, (_, line) => base64(`${line} line of a key that is long`)).join("\n"),
  ]);
  const stream = large.stream();
  const chunk = "Lorem ipsum dolor sit amet, consetetur sadipscing elitr MIIE 12 0x00\r\n".repeat(500);
  const started = process.cpuUsage();
  for (let time = 0; time < 100; time++) stream.push(chunk);
  const { user } = process.cpuUsage(started);
  assert.ok(user < 2_000_000, `${user} µs of CPU for 3.5 MB`);
});

test("nothing is held back that begins no secret", () => {
  const stream = knownSecrets(["hunter22"]).stream();
  assert.equal(stream.push("$ "), "$ ");
  assert.equal(stream.push("h"), "");
  assert.equal(stream.push("i\r\n"), "hi\r\n");
});
