import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeCastEvent } from "./cast-event.ts";
import { type CastHeader, encodeCastHeader } from "./cast-header.ts";
import { decodeCastIndex, encodeCastIndexEntry, seekCast } from "./cast-index.ts";
import { type CastItem, createCastDecoder } from "./decode-cast.ts";
import { createCastExport } from "./export-cast.ts";
import { parseRecordingFileName, recordingFileName, recordingStart } from "./recording-name.ts";
import { createReplacementCounter } from "./replacements.ts";

const header: CastHeader = {
  width: 80,
  height: 24,
  timestamp: 1_700_000_000,
  title: "terminal 1",
  env: { SHELL: "/bin/bash", TERM: "xterm-256color" },
};

test("what is written as v2 comes back equal, in chunks cut anywhere", () => {
  const events = [
    { t: 0.000001, code: "o", data: "\u001b[31mé漢🎉\r\n\u0000\u2028" },
    { t: 1.5, code: "m", data: 'step: "one"' },
    { t: 2, code: "r", data: "100x30" },
    { t: 2.25, code: "i", data: "\u0003" },
  ] as const;
  const text = encodeCastHeader(header) + events.map(({ t, code, data }) => encodeCastEvent(t, code, data)).join("");
  assert.equal(text.split("\n").length, events.length + 2);
  const decoder = createCastDecoder();
  const items = [...text].flatMap((character) => decoder.push(character));
  assert.deepEqual(items, [{ kind: "header", header }, ...events.map((event) => ({ kind: "event", event }))]);
  assert.deepEqual([decoder.badLines, decoder.pending], [[], ""]);
});

test("bad lines are reported and skipped, unknown codes and torn ends pass", () => {
  const decoder = createCastDecoder();
  const text = `${encodeCastHeader(header)}[1,"o","a"]\n[1,"o"\n{"no":"event"}\n[-1,"o","b"]\n[2,"z","?"]\n[3,"o","c"]\n[4,"o","to`;
  assert.deepEqual(
    decoder.push(text).map((item) => (item.kind === "event" ? item.event.data : "header")),
    ["header", "a", "c"],
  );
  assert.deepEqual(
    decoder.badLines.map(({ line, cause }) => [line, cause.slice(0, 8)]),
    [
      [3, "Expected"],
      [4, "no event"],
      [5, "no event"],
    ],
  );
  assert.equal(decoder.pending, '[4,"o","to');
});

test("a time that no date can say makes no header", () => {
  for (const version of ['"version":2,"width":80,"height":24', '"version":3,"term":{"cols":80,"rows":24}']) {
    const decoder = createCastDecoder();
    assert.deepEqual(decoder.push(`{${version},"timestamp":1e300}\n`), [], version);
    assert.equal(decoder.badLines.length, 1);
  }
});

test("v3 with comments and intervals reads as v2 does", () => {
  const text =
    '{"version": 3, "term": {"cols": 80, "rows": 24, "type": "xterm-256color"}, "timestamp": 1700000000, "title": "terminal 1", "env": {"SHELL": "/bin/bash"}}\n# a comment\n[0.25, "o", "a"]\n[1.5, "r", "90x30"]\n[0.25, "x", "0"]\n';
  const decoder = createCastDecoder();
  assert.deepEqual(decoder.push(text), [
    { kind: "header", header },
    { kind: "event", event: { t: 0.25, code: "o", data: "a" } },
    { kind: "event", event: { t: 1.75, code: "r", data: "90x30" } },
    { kind: "event", event: { t: 2, code: "x", data: "0" } },
  ] satisfies readonly CastItem[]);
  assert.deepEqual(decoder.badLines, []);
});

const part = (offset: number, size: readonly [number, number]): CastItem => ({
  kind: "header",
  header: { ...header, width: size[0], height: size[1], atelier: { terminal: "1", part: 1, offset } },
});
const event = (t: number, data: string): CastItem => ({ kind: "event", event: { t, code: "o", data } });

test("parts become one recording whose time goes on, with the size of each", () => {
  const items = [
    part(0, [80, 24]),
    event(1, "a"),
    part(10, [90, 30]),
    event(0.5, "b"),
    part(10.2, [90, 30]),
    event(0, "c"),
  ];
  assert.equal(
    items.map(createCastExport("v2")).join(""),
    `${encodeCastHeader(header)}[1.000000,"o","a"]\n[10.000000,"r","90x30"]\n[10.500000,"o","b"]\n[10.500000,"o","c"]\n`,
  );
});

test("v3 tells intervals in milliseconds whose sum never drifts", () => {
  const write = createCastExport("v3");
  const times = Array.from({ length: 10_000 }, (_, index) => index * 0.0123456);
  const text = [part(0, [80, 24]), ...times.map((t) => event(t, "x"))].map(write).join("");
  assert.equal(
    text.split("\n", 1)[0],
    '{"version":3,"term":{"cols":80,"rows":24,"type":"xterm-256color"},"timestamp":1700000000,"title":"terminal 1","env":{"SHELL":"/bin/bash"}}',
  );
  const read = createCastDecoder()
    .push(text)
    .flatMap((item) => (item.kind === "event" ? item.event.t : []));
  assert.equal(read.length, times.length);
  read.forEach((t, index) => assert.ok(Math.abs(t - (times[index] ?? 0)) < 0.0006, `event ${index} at ${t}`));
});

test("an index finds the last place before a time, and bad lines do not matter", () => {
  const entries = [
    { t: 1.5, offset: 100 },
    { t: 2, offset: 200, marker: 'echo "\n"' },
    { t: 4, offset: 300 },
  ];
  const index = decodeCastIndex(`${entries.map(encodeCastIndexEntry).join("")}{"t":9,"off`);
  assert.deepEqual(index, entries);
  assert.deepEqual(
    [0, 1.5, 3.9, 4, 99].map((t) => seekCast(index, t)),
    [
      { t: 0, offset: 0 },
      { t: 1.5, offset: 100 },
      { t: 2, offset: 200 },
      { t: 4, offset: 300 },
      { t: 4, offset: 300 },
    ],
  );
});

test("names of recordings and of their parts", () => {
  const start = recordingStart(new Date("2026-01-31T23:59:59.123Z"));
  assert.equal(start, "20260131T235959Z");
  for (const name of [
    { start, terminal: "1", part: 1 },
    { start, terminal: "1", part: 12 },
    { start, terminal: "build-logs", part: 2 },
  ])
    assert.deepEqual(parseRecordingFileName(recordingFileName(name)), name);
  for (const other of ["session.cast", `session-${start}-1.cast.idx`, `session-${start}-../x.cast`, "x.cast"])
    assert.equal(parseRecordingFileName(other), undefined, other);
});

test("replaced bytes are counted, printed replacement characters are not", () => {
  const count = createReplacementCounter();
  const decoder = new TextDecoder();
  const feed = (...bytes: number[]): number => {
    const chunk = Uint8Array.from(bytes);
    return count(chunk, decoder.decode(chunk, { stream: true }));
  };
  assert.equal(feed(0x61, 0xff, 0xc3), 1);
  assert.equal(feed(0xa9), 0);
  assert.equal(feed(0xef), 0);
  assert.equal(feed(0xbf), 0);
  assert.equal(feed(0xbd, 0xef, 0xbf, 0xbd, 0x80), 1);
  assert.equal(feed(0xe6, 0xbc), 0);
  assert.equal(feed(0x0a), 1);
});
