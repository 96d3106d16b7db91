import assert from "node:assert/strict";
import { test } from "node:test";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { readGossResult } from "./read-goss-result.ts";

const hide = knownSecrets([]).maskStart;

const one = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  "resource-id": "/etc/motd",
  "resource-type": "File",
  property: "exists",
  title: "",
  successful: true,
  skipped: false,
  result: 0,
  err: null,
  duration: 12_345_678,
  "matcher-result": { actual: true, expected: true, message: "to equal" },
  ...over,
});
const failing = {
  successful: false,
  result: 1,
  "matcher-result": { actual: false, expected: true, message: "to equal" },
};
const skipped = { skipped: true, result: 2, "matcher-result": null };
const document = (results: readonly object[] | null, counts: Record<string, number> = {}): string =>
  `${JSON.stringify({ results, summary: { "test-count": results?.length ?? 0, "failed-count": 0, "skipped-count": 0, "total-duration": 99_000_000, ...counts } })}\n`;

const read = (results: readonly object[]) =>
  readGossResult({ stdout: document(results), stderr: "", exitCode: 1 }, hide);

interface Trap {
  readonly stdout: string;
  readonly stderr?: string;
  readonly exit?: number | null;
  readonly outcome: "passed" | "failed" | "error";
  readonly statuses?: readonly string[];
  readonly cause?: RegExp;
}

const traps: Readonly<Record<string, Trap>> = {
  "one that holds": { stdout: document([one()]), outcome: "passed", statuses: ["passed"] },
  "one that does not": { stdout: document([one(failing)]), exit: 1, outcome: "failed", statuses: ["failed"] },
  "a skip, which goss calls successful, beside one that holds": {
    stdout: document([one(), one(skipped)]),
    outcome: "passed",
    statuses: ["passed", "skipped"],
  },
  "a skip marked by its result only": {
    stdout: document([one(), one({ skipped: null, result: 2 })]),
    outcome: "passed",
    statuses: ["passed", "skipped"],
  },
  "nothing but skips": {
    stdout: document([one(skipped), one(skipped)]),
    outcome: "error",
    statuses: ["skipped", "skipped"],
    cause: /asserts nothing/,
  },
  "no results at all (null), exit 0": {
    stdout: document(null),
    outcome: "error",
    statuses: [],
    cause: /asserts nothing/,
  },
  "an empty list and test-count 0": { stdout: document([]), outcome: "error", statuses: [], cause: /asserts nothing/ },
  "a result of kind unknown": {
    stdout: document([one({ successful: false, result: 3, err: "permission denied" })]),
    exit: 1,
    outcome: "failed",
    statuses: ["error"],
  },
  "a file that goss does not take": {
    stdout: "",
    stderr: "Error: line 3: mapping values are not allowed\n",
    exit: 78,
    outcome: "error",
    cause: /^The check's goss file is not valid: Error: line 3/,
  },
  "a death by signal": { stdout: "", exit: null, outcome: "error", cause: /ended with a signal and said nothing/ },
  "text around the document": { stdout: `Attempt #1:\n${document([one()])}Retrying\n`, outcome: "passed" },
  "half a document": { stdout: document([one()]).slice(0, 80), exit: 0, outcome: "error", cause: /goss ended with 0/ },
  "JSON of another kind": { stdout: '{"hello":1}\n', outcome: "error", cause: /goss ended with 0/ },
  "an exit code that says less than the results": { stdout: document([one()]), exit: 1, outcome: "passed" },
};
for (const [name, { stdout, stderr = "", exit = 0, outcome, statuses, cause }] of Object.entries(traps))
  test(`${name}: ${outcome}`, () => {
    const reading = readGossResult({ stdout, stderr, exitCode: exit }, hide);
    assert.equal(reading.outcome, outcome);
    if (statuses)
      assert.deepEqual(
        reading.assertions.map(({ status }) => status),
        statuses,
      );
    if (cause) assert.match(reading.cause ?? "", cause);
  });

test("what goss said without being understood is quoted in a line, not by the megabyte", () => {
  const long = "x".repeat(3_000_000);
  for (const { cause = "" } of [
    readGossResult({ stdout: `{"results":"${long}`, stderr: "", exitCode: 1 }, hide),
    readGossResult({ stdout: "", stderr: long, exitCode: 78 }, hide),
  ])
    assert.ok(cause.length > 400 && cause.length < 600, `${cause.length} characters`);
  const { assertions } = read([one({ successful: false, result: 3, err: long })]);
  assert.equal(assertions[0]?.found?.length, 2001);
});

test("what was expected, what was found, and the author's words", () => {
  const { assertions } = read([
    one({ ...failing, title: "The greeting is there", meta: { message: "Write it first." } }),
    one({
      ...failing,
      "resource-type": "Command",
      "resource-id": "git log",
      property: "stdout",
      "matcher-result": {
        actual: "object: *bytes.Reader",
        expected: ["fix"],
        message: "to contain elements matching",
        "missing-elements": ["fix"],
      },
    }),
    one({
      ...failing,
      property: "mode",
      "matcher-result": { actual: "0644", expected: "0600", message: "to equal" },
    }),
    one({ ...failing, title: "twice", property: "exists" }),
    one({ ...failing, title: "twice", property: "owner", err: { Err: 2 } }),
  ]);
  assert.deepEqual(
    assertions.map(({ id, title, message, expected, found }) => [id, title, message, expected, found]),
    [
      ["file: /etc/motd: exists", "The greeting is there", "Write it first.", "true", "false"],
      [
        "command: git log: stdout",
        "command git log: stdout",
        undefined,
        "to contain elements matching fix",
        "output without fix",
      ],
      ["file: /etc/motd: mode", "file /etc/motd: mode", undefined, "0600", "0644"],
      ["file: /etc/motd: exists", "twice (exists)", undefined, "true", "false"],
      ["file: /etc/motd: owner", "twice (owner)", undefined, "true", '{"Err":2}'],
    ],
  );
});

test("a result that says a novel is cut", () => {
  const long = "x".repeat(100_000);
  const { assertions } = read([
    one({ ...failing, "matcher-result": { actual: long, expected: long, message: "to equal" } }),
  ]);
  assert.ok((assertions[0]?.found?.length ?? 0) <= 2001 && (assertions[0]?.expected?.length ?? 0) <= 2001);
});

test("what nobody may see is gone before a text is cut, wherever it stands in the answer", () => {
  const secret = "s3cret-value-of-some-length";
  const secrets = knownSecrets([secret]);
  for (let before = 1970; before <= 2000; before += 3) {
    const text = `${"x".repeat(before)}${secret}${"y".repeat(3000)}`;
    const answer = one({
      ...failing,
      "resource-id": `https://user:${secret}@example.org`,
      title: `title ${secret}`,
      meta: { message: text },
      "matcher-result": { actual: [text, "two"], expected: text, message: "to equal" },
    });
    const { assertions } = readGossResult({ stdout: document([answer]), stderr: "", exitCode: 1 }, secrets.maskStart);
    assert.doesNotMatch(JSON.stringify(assertions), /s3|xs/);
    assert.equal(assertions[0]?.title, "title [redacted]");
  }
  const { cause = "" } = readGossResult(
    { stdout: "", stderr: `${"x".repeat(480)}${secret}`, exitCode: 78 },
    secrets.maskStart,
  );
  assert.doesNotMatch(cause, /xs/);
});
