import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { pack } from "tar-stream";
import { extractLayers } from "./extract-layers.ts";

test("an engine that goes away in the middle of an image is a failure, and no silence", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-layers-"));
  context.after(() => rm(folder, { recursive: true }));
  const whole = pack();
  whole.entry({ name: "layer.tar" }, Buffer.alloc(100_000, "x"));
  whole.finalize();
  const bytes = Buffer.concat(await Array.fromAsync(whole as AsyncIterable<Buffer>));
  const broken = Readable.from(
    (async function* () {
      yield bytes.subarray(0, 60_000);
      throw new Error("socket hang up");
    })(),
  );
  await assert.rejects(extractLayers(broken, { wanted: ["sha256:0"], folder }), /socket hang up/);
});
