import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { feedStart, formatFeedPosition, parseFeedPosition, runtimeFileNames } from "@atelier/contract";
import { type FeedClient, openTestFeed } from "../testing/open-test-feed.ts";

const line = (seq: number, text = ""): string => `${JSON.stringify({ v: 1, seq, ts: "t", type: "x", text })}\n`;
const until = async (isDone: () => boolean): Promise<void> => {
  for (const deadline = performance.now() + 30_000; !isDone(); await sleep(5))
    assert.ok(performance.now() < deadline, "it never came");
};
const typesOf = ({ events }: FeedClient): readonly string[] => events.map(({ type }) => type);
const seqsOf = ({ events }: FeedClient, type = "command"): readonly number[] =>
  events
    .filter((event) => event.type === type)
    .map(({ data }) => (JSON.parse(data) as { record: { seq: number } }).record.seq);

test("live state first, then everything that was there, then what is written", async () => {
  await using feed = await openTestFeed();
  feed.append("c", line(1) + line(2));
  feed.append("s", line(1));
  const client = feed.connect();
  await until(() => typesOf(client).includes("caught-up"));
  assert.deepEqual(
    [typesOf(client)[0], [...typesOf(client)].sort()],
    ["live", ["caught-up", "command", "command", "live", "state"]],
  );
  assert.equal(client.events.find(({ type }) => type === "command")?.data, `{"record":${line(1).trim()}}`);
  feed.append("l", line(1));
  feed.append("c", line(3));
  await until(() => typesOf(client).includes("exchange") && seqsOf(client).length === 3);
  await client.cut();
});

test("who comes back goes on where they were, by place or by number, also over a gap in the numbers", async () => {
  await using feed = await openTestFeed();
  feed.append("c", line(1) + line(2) + line(3));
  const first = feed.connect();
  await until(() => seqsOf(first).length === 3);
  await first.cut();
  feed.append("c", line(7));
  const second = feed.connect(first.lastId);
  await until(() => seqsOf(second).length === 1);
  assert.deepEqual(seqsOf(second), [7]);
  await second.cut();
  // A place that is none, as after a file was made smaller: the number alone decides.
  const third = feed.connect(formatFeedPosition({ ...feedStart, c: { seq: 2, offset: 7 } }));
  await until(() => seqsOf(third).length === 2);
  assert.deepEqual(seqsOf(third), [3, 7]);
  await third.cut();
});

test("who comes back to a log that began anew is told all of it, and so is who comes back to none", async () => {
  await using feed = await openTestFeed();
  feed.append("c", line(1) + line(2));
  const client = feed.connect(
    formatFeedPosition({ ...feedStart, c: { seq: 50, offset: 999 }, s: { seq: 9, offset: 9 } }),
  );
  await until(() => typesOf(client).includes("caught-up"));
  feed.append("c", line(3));
  feed.append("s", line(1));
  await until(() => seqsOf(client).length === 3 && seqsOf(client, "state").length === 1);
  assert.deepEqual([seqsOf(client), seqsOf(client, "state")], [[1, 2, 3], [1]]);
  await client.cut();
});

test("a line that is no record is reported and passed over", async () => {
  await using feed = await openTestFeed();
  feed.append("c", `${line(1)}not \u0007json\n\n[1]\n${line(2)}`);
  const client = feed.connect();
  await until(() => seqsOf(client).length === 2);
  assert.deepEqual(
    client.events.filter(({ type }) => type === "skipped").map(({ data }) => JSON.parse(data) as unknown),
    [
      { stream: "commands", excerpt: "not �json", cause: "not a record" },
      { stream: "commands", excerpt: "[1]", cause: "not a record" },
    ],
  );
  await client.cut();
});

test("a file that was made anew is told from its beginning", async () => {
  await using feed = await openTestFeed();
  feed.append("c", line(1, "old") + line(2, "old"));
  const client = feed.connect();
  await until(() => seqsOf(client).length === 2);
  rmSync(join(feed.folder, runtimeFileNames.commandLog));
  await sleep(20);
  feed.append("c", line(1, "new"));
  await until(() => seqsOf(client).length === 3);
  assert.deepEqual(seqsOf(client), [1, 2, 1]);
  await client.cut();
});

test("who does not read holds nothing up, costs a bounded queue, and misses nothing", async () => {
  await using feed = await openTestFeed();
  const slow = feed.connect();
  const quick = feed.connect();
  await until(() => typesOf(slow).includes("caught-up") && typesOf(quick).includes("caught-up"));
  slow.pause();
  const lines = 3000;
  for (let seq = 1; seq <= lines; seq++) feed.append("c", line(seq, "x".repeat(4000)));
  await until(() => seqsOf(quick).length === lines);
  assert.ok(seqsOf(slow).length < lines, "the pause had no effect");
  slow.resume();
  await until(() => seqsOf(slow).length === lines);
  assert.deepEqual(seqsOf(slow), seqsOf(quick));
  await Promise.all([slow.cut(), quick.cut()]);
});

test("who is there is counted, and who goes is not", async () => {
  await using feed = await openTestFeed();
  const clients = [feed.connect(), feed.connect()];
  await until(() => feed.presence.read().instructors === 2);
  await Promise.all(clients.map((client) => client.cut()));
  await until(() => feed.presence.read().instructors === 0);
});

test("a position is read back as it was written, and nothing else is one", () => {
  const position = { c: { seq: 12, offset: 3456 }, s: { seq: 40, offset: 9000 }, l: { seq: 0, offset: 0 } };
  assert.deepEqual(parseFeedPosition(formatFeedPosition(position)), position);
  for (const text of ["", "1", "abc-12", "c1:2.s3:4", "c1:2.s3:4.l5:6.x", "c-1:2.s3:4.l5:6", "c1:2.s3:4.l5:6\n"])
    assert.equal(parseFeedPosition(text), undefined, text);
});
