import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@atelier/testkit";
import { randomOutput } from "../testing/random-output.ts";
import { createScreen } from "../testing/screen.ts";
import { createScreenMirror } from "./screen-mirror.ts";
import { freshStart } from "./viewer.ts";

const size = { cols: 60, rows: 12 } as const;

test("a snapshot at any safe point brings any other terminal to the same state, and so does what follows", async () => {
  for (let seed = 1; seed <= Number(process.env.ATELIER_SEEDS ?? 4); seed++) {
    const random = createRandom(seed);
    const mirror = await createScreenMirror(size);
    const direct = createScreen(size);
    const painted = createScreen(size);
    let stream = Buffer.alloc(0);
    for (let step = 0; step < 40; step++) {
      const added = Array.from({ length: 1 + random.below(12) }, () => randomOutput(random, size)).join("");
      const from = stream.length;
      stream = Buffer.concat([stream, Buffer.from(added)]);
      const before = mirror.fed;
      await mirror.write(stream.subarray(before));
      const context = JSON.stringify(stream.subarray(Math.max(0, mirror.fed - 150), mirror.fed).toString());
      await painted.write(`${freshStart}${mirror.snapshot()}`);
      await direct.write(stream.subarray(from, Math.max(from, mirror.fed)));
      if (mirror.fed >= from)
        assert.deepEqual(
          await painted.describe(),
          await direct.describe(),
          `seed ${seed}, step ${step}, after ${context}`,
        );
      await direct.write(stream.subarray(Math.max(from, mirror.fed)));
      await painted.write(stream.subarray(mirror.fed));
      assert.deepEqual(
        await painted.describe(),
        await direct.describe(),
        `seed ${seed}, step ${step}, tail ${JSON.stringify(stream.subarray(mirror.fed).toString())}, after ${context}`,
      );
    }
    mirror.dispose();
    direct.dispose();
    painted.dispose();
  }
});

test("after each slice the others have their turn", async () => {
  const mirror = await createScreenMirror(size);
  const seen: string[] = [];
  for (let slice = 0; slice < 3; slice++) {
    setImmediate(() => seen.push("others"));
    await mirror.write(Buffer.from("a line\r\n"));
    seen.push("slice");
  }
  mirror.dispose();
  assert.deepEqual(seen, ["others", "slice", "others", "slice", "others", "slice"]);
});
