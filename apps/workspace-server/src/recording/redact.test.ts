import assert from "node:assert/strict";
import { test } from "node:test";
import { readCases } from "@atelier/testkit";
import { z } from "zod";
import { createRedactor } from "./redact.ts";

const redact = createRedactor(["hunter22", "a b/c", "abc"]);
const caseSchema = z.strictObject({ input: z.string(), output: z.string() });
for (const { name, value } of readCases(new URL("cases/", import.meta.url))) {
  const { input, output } = caseSchema.parse(value);
  test(`redaction: ${name}`, () => {
    assert.equal(redact(input), output);
    assert.equal(redact(output), output, "what was redacted stays as it is");
  });
}

test("a long line is redacted in little time", () => {
  const started = process.cpuUsage();
  for (const piece of ["a ", "--password ", "mysql -p", "https://a:", "password=", "-----BEGIN PRIVATE KEY-----"])
    redact(piece.repeat(131_072 / piece.length));
  const { user } = process.cpuUsage(started);
  assert.ok(user < 20_000_000, `${user} µs of CPU`);
});
