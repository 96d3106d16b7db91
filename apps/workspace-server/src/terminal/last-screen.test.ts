import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { encodeCastEvent, encodeCastHeader } from "@atelier/contract";
import { createScreen } from "../testing/screen.ts";
import { readLastScreen } from "./last-screen.ts";
import { freshStart } from "./viewer.ts";

test("a screen whose size was set long before the end is laid out at that size", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-last-screen-"));
  try {
    const line = "\u001b[2J\u001b[1;1Htop\u001b[99;1Hbottom\r";
    const events = [
      encodeCastEvent(1, "r", "80x24"),
      encodeCastEvent(2, "r", "60x20"),
      // Nobody's size, however it looks.
      encodeCastEvent(2, "o", ',"r","33x44"]'),
      ...Array.from({ length: 20_000 }, (_, index) => encodeCastEvent(3 + index, "o", line)),
    ];
    const header = encodeCastHeader({ width: 132, height: 43, atelier: { terminal: "1", part: 1, offset: 0 } });
    await writeFile(join(folder, "session-20260131T120000Z-1.cast"), header + events.join(""));
    const [name = ""] = await readdir(folder);
    const painted = createScreen({ cols: 60, rows: 20 });
    const direct = createScreen({ cols: 60, rows: 20 });
    const last = await readLastScreen(folder, "1", { noted: name });
    await painted.write(`${freshStart}${last?.text}`);
    await direct.write(`${line.repeat(2)}\r\n`);
    assert.deepEqual(last?.size, { cols: 60, rows: 20 });
    assert.deepEqual(await painted.describe(), await direct.describe());
    painted.dispose();
    direct.dispose();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

const header = (part: number, more: object = {}): string =>
  encodeCastHeader({ width: 80, height: 24, timestamp: 0, atelier: { terminal: "1", part, offset: 0, ...more } });
const shown = async (
  files: Readonly<Record<string, string>>,
  noted: string,
  more: { terminal?: string; isMove?: boolean } = {},
): Promise<unknown> => {
  const { terminal = "1", isMove = false } = more;
  const folder = await mkdtemp(join(tmpdir(), "atelier-last-screen-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const last = await readLastScreen(folder, terminal, { noted, isMove });
    if (last === undefined) return undefined;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a screen is painted with.
    return {
      text: last.text
        .replace(/\u001b[[(][?!\d;]*[a-zA-Z]/g, "")
        .trim()
        .split("\r\n"),
      from: last.recording,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
const output = (text: string): string => encodeCastEvent(1, "o", text);
const one = "session-20260101T000000Z-1.cast";
const two = "session-20260101T000000Z-1-2.cast";
const partOne = header(1) + output("the whole screen\r\n") + output("of part one\r\n");

test("a part that has just begun stands below the end of the one before it", async () => {
  assert.deepEqual(await shown({ [one]: partOne, [two]: header(2) + output("x") }, one), {
    text: ["the whole screen", "of part one", "x"],
    from: two,
  });
});

for (const [what, torn, from] of [
  ["nothing but a header", header(2), two],
  ["half a header", '{"version": 2', one],
  ["nothing", "", one],
  ["half an event", `${header(2)}[0.1,"o","x`, two],
] as const)
  test(`a last part that holds ${what} hides nothing`, async () => {
    assert.deepEqual(await shown({ [one]: partOne, [two]: torn }, one), {
      text: ["the whole screen", "of part one"],
      from,
    });
  });

test("a recording with half a header leaves the one before it, and no other terminal's", async () => {
  const next = "session-20260101T000001Z-1.cast";
  const others = { "session-20260101T000000Z-2.cast": header(1, { terminal: "2" }) + output("another") };
  assert.deepEqual(await shown({ [one]: partOne, [next]: '{"ver', ...others }, next), {
    text: ["the whole screen", "of part one"],
    from: one,
  });
  assert.equal(await shown({ [next]: '{"ver', ...others }, next), undefined);
});

test("a recording goes on where it says, also from part to part, and an empty one has no line", async () => {
  const [second, third] = ["session-20260101T000010Z-1.cast", "session-20260101T000020Z-1.cast"];
  const files = {
    [one]: partOne,
    [two]: header(2) + output("two\r\n"),
    [second]: header(1, { continues: two }),
    [third]: header(1, { continues: second }) + output("three\r\n"),
  };
  assert.deepEqual(await shown(files, third), {
    text: [
      "the whole screen",
      "of part one",
      "two",
      "── The shell was restarted at 00:00:00 UTC; above is what it showed before. ──",
      "three",
    ],
    from: third,
  });
  assert.deepEqual(await shown({ ...files, [third]: header(1) + output("three\r\n") }, third), {
    text: ["three"],
    from: third,
  });
});

test("who waits for a move gets the newest, and a restart all of them", async () => {
  const names = Array.from({ length: 5 }, (_, index) => `session-20260101T00000${index}Z-1.cast`);
  const files = Object.fromEntries(
    names.map((name, index) => [
      name,
      header(1, index === 0 ? {} : { continues: names[index - 1] }) + output(`shell ${index}\r\n`),
    ]),
  );
  const shells = async (isMove: boolean): Promise<unknown> =>
    ((await shown(files, names[4] ?? "", { isMove })) as { text: string[] }).text.filter((line) => /^shell/.test(line));
  assert.deepEqual(await shells(true), ["shell 2", "shell 3", "shell 4"]);
  assert.deepEqual(await shells(false), ["shell 0", "shell 1", "shell 2", "shell 3", "shell 4"]);
});

test("recordings that go on with each other in a circle come to an end", async () => {
  assert.ok(await shown({ [one]: header(1, { continues: one }) + output("x") }, one));
});

test("terminals whose names end in a number are no parts of others", async () => {
  const files = {
    "session-20260101T000000Z-web.cast": header(1, { terminal: "web" }) + output("web"),
    "session-20260101T000000Z-web-2.cast": header(1, { terminal: "web-2" }) + output("web-2, one\r\n"),
    "session-20260101T000000Z-web-2-2.cast": header(2, { terminal: "web-2" }) + output("two"),
  };
  const noted = "session-20260101T000000Z-web-2.cast";
  assert.deepEqual(await shown(files, noted, { terminal: "web-2" }), {
    text: ["web-2, one", "two"],
    from: "session-20260101T000000Z-web-2-2.cast",
  });
  assert.deepEqual(await shown(files, "session-20260101T000000Z-web.cast", { terminal: "web" }), {
    text: ["web"],
    from: "session-20260101T000000Z-web.cast",
  });
});

test("one event that is longer than what is read of an end is shown whole", async () => {
  const flood = "\u0000".repeat(64 * 1024);
  assert.deepEqual(await shown({ [one]: partOne + output(`${flood}after\r\n`) }, one), {
    text: ["the whole screen", "of part one", "after"],
    from: one,
  });
});
