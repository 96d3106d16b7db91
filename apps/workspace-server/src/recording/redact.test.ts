import assert from "node:assert/strict";
import { test } from "node:test";
import { readCases } from "@atelier/testkit";
import { z } from "zod";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { createRedactor, longestConsidered } from "./redact.ts";

const redact = createRedactor(knownSecrets(["hunter22", "a b/c", "abc"]));
const caseSchema = z.strictObject({ input: z.string(), output: z.string() });
for (const { name, value } of readCases(new URL("cases/", import.meta.url))) {
  const { input, output } = caseSchema.parse(value);
  test(`redaction: ${name}`, () => {
    assert.equal(redact(input), output);
    assert.equal(redact(output), output, "what was redacted stays as it is");
  });
}

const repeated = [
  ...["a ", "a-", "a.", "token-", "token_", "?token-", '"token', 'token="', "password=", " --token-", "--password "],
  ...["set -a ", "-set ", "mysql ", "mysql -p", "curl -u ", "sshpass ", "zip ", "https://a:", "eyJ-", "eyJaaaaaaaaaa."],
  "-----BEGIN PRIVATE KEY-----",
  ...[
    "password='",
    "password=$'",
    'password="\\"',
    "password=\\",
    "password='a'",
    'password=\\"',
    "'token=",
    '"token=a ',
  ],
  ...["mysql \\\n", "docker login ", "docker ", "login ", "openssl -k ", "Authorization: ", "Cookie: ", "password: "],
  ...[
    "https://",
    "https://a@",
    "?sig",
    "&a-key",
    "grep password: ",
    "token[",
    "'token':'",
    '\\"token\\":\\"',
    "a_pass",
    "mariadb-",
    "curl -u ';' ",
    "mysql '|' ",
  ],
];
for (const piece of repeated)
  test(`a long line is redacted in little time: ${piece}`, () => {
    const line = `echo ${piece.repeat(longestConsidered / piece.length)}`;
    const started = process.cpuUsage();
    redact(line);
    const { user } = process.cpuUsage(started);
    assert.ok(user < 200_000, `${user} µs of CPU`);
  });

test("what is hidden in a name that goes on for long is hidden still", () => {
  const name = `${"a_".repeat(60)}TOKEN`;
  assert.equal(redact(`${name}=x9`), `${name}=[redacted]`);
  assert.equal(redact(`${name}: x9`), `${name}: [redacted]`);
});

test("a secret that lies across the cut does not stay in part", () => {
  assert.equal(redact("echo hunter22 now", 8), "echo [re");
  assert.equal(redact(`PASSWORD="one two three" now`, 20), "PASSWORD=[redacted]");
  assert.equal(redact('grep "password=" a'), 'grep "password=[redacted] a');
});
