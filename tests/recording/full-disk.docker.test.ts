import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type CastItem, createCastDecoder } from "@atelier/contract";

const script = fileURLToPath(
  new URL("../../apps/workspace-server/src/testing/terminals-on-full-disk.ts", import.meta.url),
);

test("a disk that is really full is told, stops no terminal, and recording goes on by itself when there is room", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-full-disk-"));
  try {
    // A disk of two megabytes that only the script sees; what is on it comes out by its output.
    const { stdout } = await promisify(execFile)(
      "unshare",
      [
        ...["--user", "--map-root-user", "--mount", "sh", "-c"],
        'mount -t tmpfs -o size=2m none "$1" && "$2" "$3" "$1" && cat "$1"/session-*.cast',
        ...["sh", folder, process.execPath, script],
      ],
      { maxBuffer: 8 * 1024 * 1024 },
    );
    const lines = stdout.split("\n");
    const told = lines.slice(0, 3).map((line) => (JSON.parse(line) as { told: string[] }).told);
    assert.deepEqual([told[0], told[2]], [[], []]);
    assert.ok(
      told[1]?.includes(
        "storage-failed recording 1: The recording of terminal 1 has stopped (ENOSPC: no space left on device, write). Terminals and checks go on.",
      ),
      JSON.stringify(told[1]),
    );
    const items = partsOf(lines.slice(3).join("\n"));
    const output = items
      .map((item) => (item.kind === "event" && item.event.code === "o" ? item.event.data : ""))
      .join("");
    assert.match(output, /before-2\r\n[\s\S]*after-2\r\n/);
    assert.doesNotMatch(output, /still-2\r\n/);
    const missing = items.flatMap((item) =>
      item.kind === "event" && item.event.code === "m" && item.event.data.includes("missing") ? [item.event.data] : [],
    );
    assert.equal(missing.length, 1, JSON.stringify(missing));
    assert.match(missing[0] ?? "", /^recording: \d+ events? (is|are) missing here$/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Each part is a file of its own, whole; here they come in the order of their names. */
const partsOf = (text: string): readonly CastItem[] => {
  const parts = text
    .split(/^(?=\{"version")/m)
    .filter((part) => part !== "")
    .map((part) => {
      const decoder = createCastDecoder();
      const items = decoder.push(part);
      assert.deepEqual([decoder.badLines, decoder.pending], [[], ""]);
      return items;
    });
  return parts.toSorted((a, b) => partNumber(a) - partNumber(b)).flat();
};

const partNumber = ([first]: readonly CastItem[]): number =>
  first?.kind === "header" ? (first.header.atelier?.part ?? 0) : 0;
