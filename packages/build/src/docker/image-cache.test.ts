import assert from "node:assert/strict";
import { test } from "node:test";
import { labels } from "@atelier/domain";
import { openImageCache } from "./image-cache.ts";

/** An engine that takes its time for a list, and what is remembered of it; `asked` says what it was asked for. */
const engineOf = (images: Readonly<Record<string, string>>, listMs: number) => {
  const asked: string[] = [];
  const held = new Map(Object.entries(images));
  const noted = new Map<string, string>();
  let time = 0;
  let listing: { ms: number; at: number } | undefined;
  return {
    asked,
    held,
    noted,
    pass: (ms: number) => {
      time += ms;
    },
    open: () =>
      openImageCache({
        now: () => time,
        memory: {
          imageOf: (key) => noted.get(key),
          noteImage: (key, id) => void noted.set(key, id),
          listing: () => listing,
          noteListing: (value) => {
            listing = value;
          },
        },
        engine: {
          listImages: async () => {
            asked.push("list");
            time += listMs;
            return [...held].map(([id, digest], index) => ({
              Id: id,
              Created: index,
              Labels: { [labels.layerDigest]: digest },
              RepoTags: [],
              Size: 1,
            }));
          },
          inspectImage: async (id) => {
            asked.push(id);
            const digest = held.get(id);
            if (digest === undefined) return undefined;
            return {
              Id: id,
              Os: "linux",
              Architecture: "amd64",
              Size: 1,
              RepoTags: ["a:1"],
              Config: { Labels: { [labels.layerDigest]: digest }, Env: [], Entrypoint: [], Cmd: [] },
            };
          },
        },
      }),
  };
};

test("an engine that lists quickly is asked once a build, and the newest of two images counts", async () => {
  const engine = engineOf({ old: "x", new: "x", other: "y" }, 10);
  for (const _build of [1, 2]) {
    const cache = await engine.open();
    assert.deepEqual(
      [(await cache.find("x"))?.id, (await cache.find("y"))?.id, await cache.find("z")],
      ["new", "other", undefined],
    );
    await cache.lookAtAll();
  }
  assert.deepEqual(engine.asked, ["list", "list"]);
});

test("where a list was slow, images are looked up by what is remembered of them", async () => {
  const engine = engineOf({ one: "x", two: "y" }, 300);
  await engine.open();
  engine.asked.length = 0;
  const cache = await engine.open();
  assert.deepEqual(await cache.find("x"), { id: "one", labels: { [labels.layerDigest]: "x" }, tags: ["a:1"] });
  await cache.find("x");
  assert.equal(await cache.find("z"), undefined);
  cache.remember("z", { id: "three", labels: {}, tags: [] });
  assert.deepEqual(engine.asked, ["one"], "each once, and nothing that nobody remembers");

  engine.held.set("three", "z").delete("one");
  const next = await engine.open();
  assert.deepEqual([await next.find("x"), (await next.find("z"))?.id], [undefined, "three"], "gone is gone");
  next.forget("z");
  assert.equal(await next.find("z"), undefined);

  engine.pass(25 * 60 * 60 * 1000);
  engine.asked.length = 0;
  await engine.open();
  assert.deepEqual(engine.asked, ["list"], "after a day it may have become quick");
});

test("what a build made is found by the next one, also when the list was slow for the first time", async () => {
  const engine = engineOf({ one: "x" }, 300);
  const cache = await engine.open();
  cache.remember("y", { id: "two", labels: {}, tags: [] });
  engine.held.set("two", "y");
  const next = await engine.open();
  assert.deepEqual([(await next.find("x"))?.id, (await next.find("y"))?.id], ["one", "two"]);
});

test("what a build finds in a long list is the newest that is remembered: the memory forgets the oldest", async () => {
  const engine = engineOf({ base: "d1", other: "d2", step: "d3" }, 100);
  const cache = await engine.open();
  await cache.find("d1");
  engine.noted.delete("d1");
  await cache.find("d1");
  assert.equal([...engine.noted].at(-1)?.[0], "d1");
});

test("before something long is made, everything is looked at: others made images too", async () => {
  const engine = engineOf({ one: "x" }, 300);
  await engine.open();
  engine.held.set("two", "y");
  const cache = await engine.open();
  assert.equal(await cache.find("y"), undefined);
  cache.remember("x", { id: "mine", labels: {}, tags: [] });
  await cache.lookAtAll();
  assert.equal((await cache.find("y"))?.id, "two");
  assert.equal((await cache.find("x"))?.id, "mine", "what this build made stays");
});
