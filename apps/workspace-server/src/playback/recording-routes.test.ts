import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { encodeCastEvent, encodeCastHeader, recordingViewSchema } from "@atelier/contract";
import { z } from "zod";
import { openTestFeed, type TestFeed } from "../testing/open-test-feed.ts";
import { byteRangeOf } from "./byte-range.ts";

const second = 1_767_225_600;
const header = (part: number, offset: number) =>
  encodeCastHeader({
    width: 80,
    height: 24,
    timestamp: second + Math.floor(offset),
    title: "terminal 1",
    atelier: { terminal: "1", part, offset },
  });
const first = `${header(1, 0)}${encodeCastEvent(0.5, "o", "a é")}${encodeCastEvent(2, "m", "ls")}`;
const secondPart = `${header(2, 10.25)}${encodeCastEvent(0.25, "o", "b")}[1.0,"o","torn`;
const path = "/api/instructor/recordings";

const fill = (feed: TestFeed): void => {
  const at = (name: string): string => join(feed.folder, name);
  writeFileSync(at("session-20260101T000000Z-1.cast"), first);
  writeFileSync(at("session-20260101T000000Z-1-2.cast"), secondPart);
  // A terminal of that name, begun in the same second, and no part of the first one.
  writeFileSync(
    at("session-20260101T000001Z-web-2.cast"),
    encodeCastHeader({
      width: 80,
      height: 24,
      timestamp: second + 1,
      atelier: { terminal: "web-2", part: 1, offset: 0 },
    }),
  );
  writeFileSync(at("session-20260101T000002Z-1.cast"), "no header\n");
  writeFileSync(
    at("session-20260101T000006Z-1.cast"),
    encodeCastHeader({ width: 80, height: 24, timestamp: second }).replace(String(second), "1e300"),
  );
  writeFileSync(at("secret.txt"), "canary");
  mkdirSync(at("session-20260101T000003Z-1.cast"));
  symlinkSync("/etc/passwd", at("session-20260101T000004Z-1.cast"));
  symlinkSync("session-20260101T000000Z-1.cast", at("session-20260101T000005Z-1.cast"));
  symlinkSync("session-20260101T000000Z-1.cast", at("session.cast"));
};

test("recordings are listed newest first, parts together; links, folders and other files are none", async () => {
  await using feed = await openTestFeed();
  fill(feed);
  const list = z.array(recordingViewSchema).parse(JSON.parse((await feed.get(path)).body.toString()));
  assert.deepEqual(
    list.map(({ terminal, startedAt, parts, bytes, live }) => [terminal, startedAt, parts.length, bytes, live]),
    [
      ["web-2", "2026-01-01T00:00:01.000Z", 1, 111, false],
      ["1", "2026-01-01T00:00:00.000Z", 2, Buffer.byteLength(first + secondPart), false],
    ],
  );
});

test("a rotated recording comes as one, with times that go on and without its torn end", async () => {
  await using feed = await openTestFeed();
  fill(feed);
  const [, { id = "" } = {}] = JSON.parse((await feed.get(path)).body.toString()) as { id?: string }[];
  const { status, body, headers } = await feed.get(`${path}/${id}`);
  assert.equal(status, 200);
  const [line = "", ...events] = body.toString().split("\n");
  const { atelier, ...whole } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual([atelier, whole["width"], whole["timestamp"]], [undefined, 80, second]);
  assert.deepEqual(events, ['[0.500000,"o","a é"]', '[2.000000,"m","ls"]', '[10.500000,"o","b"]', ""]);
  assert.match(String(headers["content-disposition"]), /^attachment; filename="20260101T000000Z-1\.cast"$/);
  const part = await feed.get(`${path}/${id}/parts/2`);
  assert.deepEqual([part.status, part.body.toString()], [200, secondPart]);
  for (const number of ["0", "3", "-1", "1.5", "x", "%00", "1e0x"])
    assert.equal((await feed.get(`${path}/${id}/parts/${number}`)).status, 404, number);
});

test("a recording of one part comes without its torn end as well, which players refuse; the part as it is on disk", async () => {
  await using feed = await openTestFeed();
  const whole = first.slice(0, -1).slice(0, first.slice(0, -1).lastIndexOf("\n") + 1);
  writeFileSync(join(feed.folder, "session-20260101T000000Z-1.cast"), first.slice(0, -1));
  const [{ id = "" } = {}] = JSON.parse((await feed.get(path)).body.toString()) as { id?: string }[];
  const { body, headers } = await feed.get(`${path}/${id}`);
  assert.equal(body.toString(), whole);
  assert.equal(headers["content-length"], String(Buffer.byteLength(whole)));
  assert.equal((await feed.get(`${path}/${id}/parts/1`)).body.toString(), first.slice(0, -1));
});

test("a part is served in pieces as they are asked for", async () => {
  await using feed = await openTestFeed();
  fill(feed);
  const [, { id = "" } = {}] = JSON.parse((await feed.get(path)).body.toString()) as { id?: string }[];
  const size = Buffer.byteLength(first);
  const ask = async (range: string): Promise<readonly unknown[]> => {
    const { status, headers, body } = await feed.get(`${path}/${id}/parts/1`, { range });
    return [status, headers["content-range"], body.toString("utf8")];
  };
  const bytes = Buffer.from(first);
  const piece = (from: number, to: number): string => bytes.subarray(from, to + 1).toString("utf8");
  assert.deepEqual(await ask("bytes=0-9"), [206, `bytes 0-9/${size}`, piece(0, 9)]);
  assert.deepEqual(await ask("bytes=5-"), [206, `bytes 5-${size - 1}/${size}`, piece(5, size - 1)]);
  assert.deepEqual(await ask("bytes=-4"), [206, `bytes ${size - 4}-${size - 1}/${size}`, piece(size - 4, size - 1)]);
  assert.deepEqual(await ask(`bytes=${size}-`), [416, `bytes */${size}`, ""]);
  for (const whole of ["bytes=0-1,3-4", "bytes=9-2", "lines=1-2", "bytes=", "bytes=-", "bytes=a-b"])
    assert.deepEqual(await ask(whole), [200, undefined, first], whole);
  assert.equal(byteRangeOf("bytes=-0", 5), "none");
  assert.equal(byteRangeOf("bytes=0-", 0), "none");
});

/** Everything by which somebody might hope to name a file: 160 and more. */
const hostileIds = (): readonly string[] => {
  const targets = ["secret.txt", "etc/passwd", "command-log.jsonl", "session.cast", "session-20260101T000004Z-1.cast"];
  const climbs = [
    "",
    "../",
    "..%2f",
    "..%2F",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%5c",
    "..\\",
    "....//",
    "..;/",
    "%252e%252e%252f",
    "..%c0%af",
    "%c0%ae%c0%ae/",
    "..%00/",
    "/",
    "//",
    "%2f",
    "file:///",
    "./",
    ".%2f",
    "~/",
    "%7e/",
    "..%ef%bc%8f",
    "%uff0e%uff0e/",
    "x/../",
    "x%2f..%2f",
    "../../../../../../",
    "..%2f..%2f..%2f..%2f..%2f",
    "AAAAAAAAAAAAAAAA/../",
    "AAAAAAAAAAAAAAAA%00",
  ];
  const odd = [
    "%",
    "%zz",
    "%00",
    "*",
    "?",
    "#",
    "..",
    ".",
    "%2e",
    "a".repeat(5000),
    "constructor",
    "__proto__",
    "1;ls",
    "$(ls)",
    "`ls`",
    "|ls",
  ];
  return [...climbs.flatMap((climb) => targets.map((target) => `${climb}${target}`)), ...odd];
};

test("no id leads to a file that is no recording", async () => {
  await using feed = await openTestFeed();
  fill(feed);
  const ids = hostileIds();
  assert.ok(ids.length >= 150, `${ids.length}`);
  for (const id of ids)
    for (const wanted of [`${path}/${id}`, `${path}/${id}/parts/1`]) {
      const { status, body } = await feed.get(wanted).catch(() => ({ status: 400, body: Buffer.alloc(0) }));
      // `?` and `#` end the path: what is left of it is the list, which names nothing.
      const isList = /\/recordings\/?([?#]|$)/.test(wanted);
      assert.ok(status === 404 || status === 400 || isList, `${wanted}: ${status}`);
      assert.doesNotMatch(body.toString(), /canary|root:/, wanted);
    }
});
