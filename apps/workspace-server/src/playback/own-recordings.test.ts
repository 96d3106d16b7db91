import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import {
  type CommandRecord,
  encodeCastEvent,
  encodeCastHeader,
  playbackApi,
  recordingViewSchema,
  timelineCommandLength,
  timelineViewSchema,
} from "@atelier/contract";
import { z } from "zod";
import { bearer, openTestServer, type TestServer, tokens } from "../testing/open-test-server.ts";

const student = bearer(tokens.student);
const second = 1_767_225_600;
const at = (seconds: number): string => new Date((second + seconds) * 1000).toISOString();

/** Two parts of terminal 1, the second one in a wider window. */
const record = async (server: TestServer): Promise<string> => {
  const part = (width: number, number: number, offset: number): string =>
    encodeCastHeader({
      width,
      height: 24,
      timestamp: second + offset,
      atelier: { terminal: "1", part: number, offset },
    });
  const first = part(80, 1, 0) + encodeCastEvent(1, "o", "$ ls\r\n");
  await server.write("runtime/session-20260101T000000Z-1.cast", first);
  await server.write(
    "runtime/session-20260101T000000Z-1-2.cast",
    part(100, 2, 60) + encodeCastEvent(1, "o", "later\r\n"),
  );
  return first;
};

test("students play their own recordings, whole and in pieces, by ids that name no file", async () => {
  await using server = await openTestServer();
  const first = await record(server);
  const listed = await server.call("GET", playbackApi.recordings, student);
  const [recording, ...more] = z.array(recordingViewSchema).parse(JSON.parse(listed.text));
  assert.deepEqual([recording?.terminal, recording?.parts.length, recording?.live, more], ["1", 2, true, []]);
  const path = `${playbackApi.recordings}/${recording?.id}`;
  const whole = await server.call("GET", path, student);
  assert.deepEqual(
    [whole.status, whole.headers["content-type"], whole.text.split("\n").slice(1)],
    [
      200,
      "application/x-asciicast",
      ['[1.000000,"o","$ ls\\r\\n"]', '[60.000000,"r","100x24"]', '[61.000000,"o","later\\r\\n"]', ""],
    ],
  );
  const piece = await server.call("GET", `${path}/parts/1`, { ...student, Range: "bytes=0-9" });
  assert.deepEqual([piece.status, piece.text], [206, first.slice(0, 10)]);
  for (const wanted of ["session.cast", "..%2f..%2fworkshop%2fworkshop.json", "session-20260101T000000Z-1.cast"])
    assert.equal((await server.call("GET", `${playbackApi.recordings}/${wanted}`, student)).status, 404, wanted);
});

test("the recording that goes on is the one that is written, also when the clock was set back before it", async () => {
  await using server = await openTestServer();
  await record(server);
  const header = { width: 80, height: 24, timestamp: second - 3600, atelier: { terminal: "1", part: 1, offset: 0 } };
  await server.write("runtime/session-20251231T230000Z-1.cast", encodeCastHeader(header));
  const live = async (): Promise<readonly string[]> =>
    z
      .array(recordingViewSchema)
      .parse(JSON.parse((await server.call("GET", playbackApi.recordings, student)).text))
      .flatMap(({ startedAt, live: isLive }) => (isLive ? [startedAt] : []));
  assert.deepEqual(await live(), [at(0)]);
  const recording = "session-20251231T230000Z-1.cast";
  await server.write("runtime/terminals.json", JSON.stringify({ v: 1, terminals: [{ name: "1", recording }] }));
  assert.deepEqual(await live(), [at(-3600)]);
});

test("what was run, checked and begun comes beside them, long commands shortened and bad lines left out", async () => {
  await using server = await openTestServer();
  const command: CommandRecord = {
    v: 1,
    seq: 1,
    ts: at(2),
    type: "command",
    terminal: "1",
    command: `echo ${"x".repeat(5000)}`,
    cwd: "/",
    exitCode: 2,
    startedAt: at(1),
    durationMs: 5,
    verified: false,
    doubt: "the student need not know",
    shell: "bash",
  };
  await writeFile(server.at("runtime/command-log.jsonl"), `${JSON.stringify(command)}\nno record\n{"torn`);
  for (const action of ["enter", "check"]) {
    const headers = { ...student, Origin: server.origin };
    assert.equal((await server.call("POST", `/api/steps/one/${action}`, headers)).status, 200);
  }
  const { status, text } = await server.call("GET", playbackApi.timeline, student);
  const timeline = timelineViewSchema.parse(JSON.parse(text));
  assert.equal(status, 200);
  assert.deepEqual(timeline.commands, [
    {
      seq: 1,
      terminal: "1",
      command: command.command.slice(0, timelineCommandLength),
      startedAt: at(1),
      exitCode: 2,
    },
  ]);
  assert.doesNotMatch(text, /need not know/);
  assert.deepEqual(
    [timeline.checks.map(({ step, outcome }) => [step, outcome]), timeline.visits.map(({ step }) => step)],
    [[["one", "failed"]], ["one"]],
  );
});

test("an instructor's token has the instructor's surface for that, not the student's", async () => {
  await using server = await openTestServer();
  await record(server);
  for (const path of [playbackApi.recordings, `${playbackApi.recordings}/none`, playbackApi.timeline]) {
    const { status, text } = await server.call("GET", path, bearer(tokens.instructor));
    assert.deepEqual([status, JSON.parse(text).code], [403, "not-yours"], path);
  }
});
