import assert from "node:assert/strict";
import { test } from "node:test";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { packSession, type SessionFile } from "./pack-session.ts";

const exportedAt = new Date("2026-01-02T03:04:05.678Z");

const unpack = async (files: readonly SessionFile[]): Promise<ReadonlyMap<string, string>> => {
  const stream = packSession({
    label: { workspace: "w", workspaceId: "id" },
    exportedAt,
    files: (async function* () {
      yield* files;
    })(),
  });
  const found = new Map<string, string>();
  for await (const entry of stream.pipe(createGunzip()).pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    found.set(entry.header.name, Buffer.concat(chunks).toString("utf8"));
  }
  return found;
};
const file = (name: string, text: string, size = Buffer.byteLength(text)): SessionFile => ({
  name,
  size,
  body: (async function* () {
    for (const byte of Buffer.from(text)) yield Buffer.of(byte);
  })(),
});
const event = (seq: number): string =>
  `${JSON.stringify({ v: 1, seq, ts: "2026-01-01T00:00:00.000Z", type: "step-entered", step: "é", by: "student" })}\n`;

test("logs and recordings as they are, tables and a summary of them, and nothing else of the folder", async () => {
  const cast = '{"version":2,"width":80,"height":24}\n[0.1,"o","é"]\n';
  const found = await unpack([
    file("state-events.jsonl", `${event(1)}broken\n${event(3)}`),
    file("session-20260101T000000Z-1.cast", cast),
    file("session-20260101T000000Z-1.cast.idx", "no"),
    file("lease", ""),
    file("../../etc/passwd", "no"),
  ]);
  assert.deepEqual(
    [...found.keys()].map((name) => name.replace("w-20260102T030405Z/", "")),
    [
      "state-events.jsonl",
      "recordings/session-20260101T000000Z-1.cast",
      "summary.json",
      "steps.csv",
      "commands.csv",
      "checks.csv",
      "help.csv",
    ],
  );
  assert.equal(found.get("w-20260102T030405Z/recordings/session-20260101T000000Z-1.cast"), cast);
  const { missingRecords, skippedLines, steps } = JSON.parse(
    found.get("w-20260102T030405Z/summary.json") ?? "",
  ) as Record<string, unknown>;
  assert.deepEqual(
    [missingRecords, skippedLines, (steps as { step: string }[]).map(({ step }) => step)],
    [1, 1, ["é"]],
  );
});

test("what is appended or cut off while it is read does not break the archive", async () => {
  const found = await unpack([
    file("command-log.jsonl", "grown while it was read", 5),
    file("llm-history.jsonl", "short", 10),
  ]);
  assert.deepEqual(
    ["command-log.jsonl", "llm-history.jsonl"].map((name) => found.get(`w-20260102T030405Z/${name}`)),
    ["grown", "short\0\0\0\0\0"],
  );
});
