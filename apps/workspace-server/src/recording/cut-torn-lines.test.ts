import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openJsonlAppender } from "@atelier/node-kit";
import { createRuntimeWatch } from "../integrity/watch-runtime-files.ts";
import { cutTornLines } from "./cut-torn-lines.ts";

test("what a killed server left half written is cut off, and nobody is said to have touched it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-torn-"));
  try {
    const at = (name: string): string => join(folder, name);
    const whole = `{"v":1,"seq":1}\n${"x".repeat(40_000)}\n`;
    const [log, recording, rest] = ["command-log.jsonl", "session-20260101T000000Z-1.cast", "terminals.json"];
    for (const name of [log, recording, rest]) writeFileSync(at(name), `${whole}[1.0,"o","torn${"y".repeat(70_000)}`);
    writeFileSync(at("session-20260101T000000Z-1-2.cast"), '{"version":2,"wid');
    symlinkSync(rest, at("session-20260101T000000Z-2.cast"));
    await cutTornLines(folder);
    const told: string[] = [];
    const look = createRuntimeWatch({ folder, onTouched: (file, cause) => told.push(`${file}: ${cause}`) });
    const appender = openJsonlAppender({ path: at(log), now: () => new Date(0) });
    assert.equal(appender.lastSeq, 1);
    appender.close();
    look();
    assert.deepEqual(told, []);
    assert.deepEqual(
      [log, recording, "session-20260101T000000Z-1-2.cast"].map((name) => readFileSync(at(name), "utf8")),
      [whole, whole, ""],
    );
    assert.equal(readFileSync(at(rest)).length, whole.length + 70_014, "not by a link, and nothing else");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
