import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { createGunzip, gunzipSync } from "node:zlib";
import { readTar } from "./read-tar.ts";
import { writeTarGz } from "./write-tar-gz.ts";

const large = 1024 * 1024;
/** Bytes without an end, which nothing makes small. */
async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield randomBytes(65_536);
}
const headersOf = async (source: Readable): Promise<readonly unknown[]> => {
  const found: unknown[] = [];
  for await (const entry of readTar(source)) {
    const { name, type } = entry.header;
    found.push([name, type, (await buffer(entry)).toString("utf8")]);
  }
  return found;
};

test("what is written is what is read, folders and links too", async () => {
  const archive = writeTarGz(async ({ add }) => {
    await add({ name: "folder", type: "directory" });
    await add({ name: "folder/link", type: "symlink", linkname: "text" });
    await add({ name: "folder/text" }, "é");
    await add({ name: "folder/empty" }, "");
    await add({ name: "folder/bytes", size: 3 }, Readable.from([Buffer.from("a"), Buffer.from("bc")]));
  });
  assert.deepEqual(await headersOf(archive.pipe(createGunzip())), [
    ["folder", "directory", ""],
    ["folder/link", "symlink", ""],
    ["folder/text", "file", "é"],
    ["folder/empty", "file", ""],
    ["folder/bytes", "file", "abc"],
  ]);
});

test("a tar that cannot be filled fails with the cause, wherever it happens", async () => {
  const cause = new Error("the disk is gone");
  const failing: readonly Parameters<typeof writeTarGz>[0][] = [
    async () => {
      throw cause;
    },
    async ({ add }) => {
      await add({ name: "first" }, "text");
      throw cause;
    },
    ({ add }) =>
      add(
        { name: "first", size: 2 * large },
        (async function* () {
          yield randomBytes(large);
          throw cause;
        })(),
      ),
  ];
  for (const fill of failing) await assert.rejects(buffer(writeTarGz(fill)), cause);
  await assert.rejects(
    buffer(writeTarGz(({ add }) => add({ name: "short", size: 10 }, Readable.from([Buffer.from("ab")])))),
    /Size mismatch/,
  );
});

test("when nobody reads any more, whoever fills it is told and lets its source go", async () => {
  for (const readBytes of [0, 1, 3 * large]) {
    let isLetGo = false;
    const refused = Promise.withResolvers<unknown>();
    const archive = writeTarGz(async ({ add, signal }) => {
      try {
        await add(
          { name: "large", size: 100 * large },
          (async function* () {
            try {
              yield* endless();
            } finally {
              isLetGo = true;
            }
          })(),
        );
      } catch (error) {
        if (!signal.aborted) refused.reject(new Error("the signal has not fired"));
        // Nothing can be added any more, and nothing is opened for it.
        refused.resolve(await add({ name: "more" }, "text").catch((next: unknown) => next));
        throw error;
      }
    });
    let bytes = 0;
    if (readBytes > 0)
      for await (const chunk of archive) {
        bytes += (chunk as Buffer).length;
        if (bytes >= readBytes) break;
      }
    else await once(archive, "readable");
    archive.destroy();
    assert.ok((await refused.promise) instanceof Error);
    assert.ok(isLetGo, `after ${readBytes} bytes`);
  }
});

const tarOf = async (size: number): Promise<Buffer> =>
  gunzipSync(await buffer(writeTarGz(({ add }) => add({ name: "large" }, randomBytes(size)))));

test("a source that breaks off fails the reading, between entries and within one", async () => {
  const whole = await tarOf(large);
  for (const [bytes, cause] of [
    [whole.subarray(0, large / 2), new Error("the engine is gone")],
    [whole.subarray(0, whole.length - 1024), new Error("the engine is gone")],
    [whole.subarray(0, 0), new Error("the engine is gone")],
  ] as const) {
    const source = new PassThrough();
    source.write(bytes);
    setTimeout(() => source.destroy(cause), 10);
    await assert.rejects(headersOf(source), cause);
  }
  await assert.rejects(headersOf(Readable.from([whole.subarray(0, large / 2)])), /Unexpected end/);
});

test("a source is let go when the loop is left, and when the signal fires", async () => {
  const whole = await tarOf(large);
  const left = new PassThrough();
  left.write(whole);
  for await (const entry of readTar(left)) {
    assert.equal(entry.header.name, "large");
    break;
  }
  assert.ok(left.destroyed);
  const stopped = new PassThrough();
  stopped.write(whole.subarray(0, 1000));
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 10);
  await assert.rejects(
    async () => {
      for await (const entry of readTar(stopped, stop.signal)) await buffer(entry);
    },
    { name: "AbortError" },
  );
  assert.ok(stopped.destroyed);
});
